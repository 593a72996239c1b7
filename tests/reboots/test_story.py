"""What of the reboots is right, and what is not."""

from __future__ import annotations

import pytest

from tests.reboots.story import LIST, RESTARTED, Boot, Story, fewer, table
from tests.reboots.watchers import Problem

INFO = Problem(RESTARTED, 1, 1010)
GONE = (Problem(fewer("atd"), 4, 1330), Problem(LIST, 2, 1331))
QUIET = Boot(1000.0, (INFO,), 2)
LAST = Boot(1000.0, (INFO, *GONE), 5)


def story(boot: Boot = QUIET, last: Boot = LAST) -> Story:
    return Story("7.0 +0 s, agent2 passive", (QUIET, boot), last, "atd")


def test_quiet_reboots_and_one_that_is_named() -> None:
    assert story().wrong(400) == []
    assert table([story()])[2:] == ["| 7.0 +0 s, agent2 passive | 2 | 4 | 0 | 2 | 0 | 330 | 0 |"]


@pytest.mark.parametrize(
    ("boot", "last", "said"),
    [
        (QUIET._replace(problems=(INFO, GONE[0])), LAST, f"reboot 2: {fewer('atd')}"),
        (QUIET._replace(problems=()), LAST, "reboot 2: told 0 times"),
        (QUIET._replace(problems=(INFO, INFO)), LAST, "reboot 2: told 2 times"),
        (QUIET, LAST._replace(problems=(INFO,)), f"{fewer('atd')} after inf s"),
        (QUIET, LAST._replace(booted=900.0), f"{fewer('atd')} after 430 s"),
        (
            QUIET,
            LAST._replace(problems=(INFO, *GONE, Problem(fewer("cron"), 4, 1330))),
            f"the others: {fewer('cron')}",
        ),
    ],
)
def test_what_is_wrong_is_said(boot: Boot, last: Boot, said: str) -> None:
    (line,) = story(boot, last).wrong(400)
    assert line == f"7.0 +0 s, agent2 passive: {said}"
