"""Numbers in a command line that are pids of the next of kin, and those that are not."""

from __future__ import annotations

from typing import List

import pytest

from psdiff_zbx.core.model import Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, outline, process


def titled(pid: int, title: str, ppid: int = 1) -> Process:
    return process(pid, "x", ppid)._replace(cmdline=(title,))


def shown(*live: Process) -> List[str]:
    return [line.strip() for line in outline(apply(build([INIT, *live]), Rules()))[1:]]


PIDS = {
    "its-own-in-a-title": ([titled(700, "odoo: Cron 700 shop")], "odoo: Cron <PID> shop"),
    "its-parents": (
        [process(700, "a"), process(701, "helper --of 700", 700)],
        "helper --of <PID>",
    ),
    "its-childs-in-a-title": (
        [titled(700, "supervising 701, 702"), process(701, "b", 700), process(702, "c", 700)],
        "supervising <PID>, <PID>",
    ),
    "its-siblings": (
        [process(700, "a"), process(701, "old", 700), process(702, "new -sf 701", 700)],
        "new -sf <PID>",
    ),
    "in-brackets": ([titled(700, "waiter process(700)")], "waiter process(<PID>)"),
    "with-a-name": (
        [process(700, "a"), titled(701, "w: ppid=700;start=1", 700)],
        "w: ppid=<PID>;start=1",
    ),
}


@pytest.mark.parametrize(("live", "line"), PIDS.values(), ids=PIDS)
def test_a_pid_of_the_next_of_kin_is_left_out(live: List[Process], line: str) -> None:
    assert line in shown(*live)


STAYS = {
    "its-own-in-arguments": ([process(700, "app 700")], "app 700"),
    "a-strangers": ([process(700, "a"), process(701, "app 700")], "app 700"),
    "a-port": ([process(700, "a"), titled(701, "app --port 700", 700)], "app --port 700"),
    "an-address": ([process(700, "a"), process(701, "app :700", 700)], "app :700"),
    "part-of-a-name": (
        [process(700, "a"), process(701, "app-700 /700.sock", 700)],
        "app-700 /700.sock",
    ),
    "a-small-number": ([process(70, "a"), titled(71, "worker 70", 70)], "worker 70"),
    "the-pid-of-init": ([titled(301, "app 1")], "app 1"),
}


@pytest.mark.parametrize(("live", "line"), STAYS.values(), ids=STAYS)
def test_any_other_number_stays(live: List[Process], line: str) -> None:
    assert line in shown(*live)
