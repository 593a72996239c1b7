"""What is started for what is missing, and what is said of it."""

from __future__ import annotations

from typing import Sequence

import pytest

from psdiff_zbx.core.compare import against, expect
from psdiff_zbx.core.model import Comparison, Units, UnknownDaemonError
from psdiff_zbx.core.start import (
    ENDED,
    FAILS,
    IDLE,
    LATE,
    NO_UNIT,
    RUNS,
    Outcome,
    Task,
    missing_ids,
    outcome_line,
    plan,
)
from psdiff_zbx.core.tree import build
from tests.builders import INIT, process, tree

CRON, TTY, SH, ATD = ("cron-f1f5b22a", "agetty-1b53a0a3", "sh-46e7f3a0", "atd-1a2b3c4d")
UNITS: Units = (
    (("root", "/usr/sbin/cron -f"), "cron.service"),
    (("root", "agetty"), "getty@tty1.service"),
    (("root", "agetty"), "getty@tty2.service"),
    (("root", "atd"), "atd.service"),
)


def found(*live: str) -> Comparison:
    """A host that expects cron, two agetty, a script without a unit and atd."""
    baseline = tree("/usr/sbin/cron -f\nagetty\nagetty\nsh\natd")
    running = [process(pid, each) for pid, each in enumerate(live, 10)]
    return against(expect(baseline, units=UNITS), build([INIT, *running]))


def ids(comparison: Comparison) -> dict[str, str]:
    return {each.name: each.id for each in comparison.daemons}


def test_all_that_is_missing() -> None:
    seen = found("atd", "agetty")
    id_of = ids(seen)
    assert missing_ids(seen) == [id_of["cron"], id_of["agetty"], id_of["sh"]]
    tasks, hopeless, running = plan(seen, ())
    assert tasks == (
        Task("cron.service", (id_of["cron"],), True),
        Task("getty@tty1.service", (id_of["agetty"],), False),
        Task("getty@tty2.service", (id_of["agetty"],), False),
    )
    (line,) = hopeless
    assert line == f"{id_of['sh']}: {NO_UNIT}"
    assert running == ()


@pytest.mark.parametrize("word", ["cron", "*cron*", "cron.service", "/usr/sbin/cron -f"])
def test_what_a_word_means(word: str) -> None:
    tasks, hopeless, running = plan(found(), (word,))
    assert [task.unit for task in tasks] == ["cron.service"]
    assert (hopeless, running) == ((), ())


def test_what_runs_already() -> None:
    seen = found("atd")
    assert plan(seen, ("atd",)) == ((), (), (f"{ids(seen)['atd']} runs",))
    assert not any(plan(found("atd", "sh", "agetty", "agetty", "/usr/sbin/cron -f"), ()))


@pytest.mark.parametrize("word", ["", "nginx", "poweroff.target", "--force", "x" * 1000])
def test_what_the_baseline_does_not_hold(word: str) -> None:
    with pytest.raises(UnknownDaemonError) as caught:
        plan(found(), ("cron", word))
    assert str(caught.value) == (
        f"the baseline holds no {word[:64]!r}; 'psdiff-zbx show-missing' lists what is "
        "missing; nothing is started"
    )


WORDS = ("no such file", "bye")
FAILED = "x.service was started and has failed"


@pytest.mark.parametrize(
    ("outcome", "words", "line"),
    [
        (Outcome(RUNS), (), "x.service was started: a-1 runs"),
        (
            Outcome(FAILS, "exit-code"),
            WORDS,
            f"{FAILED} (exit-code); a-1 is still missing: no such file | bye",
        ),
        (Outcome(FAILS), (), "x.service was started and has failed; a-1 is still missing"),
        (Outcome(ENDED), (), "x.service was started and does not run; a-1 is still missing"),
        (Outcome(IDLE), (), "x.service was started and is active; a-1 is still missing"),
        (Outcome(LATE), (), "x.service was started and has not come up yet; a-1 is still missing"),
    ],
)
def test_one_line_for_each_unit(outcome: Outcome, words: Sequence[str], line: str) -> None:
    assert outcome_line(Task("x.service", ("a-1",), True), "started", outcome, words) == line


def test_one_unit_of_two_daemons() -> None:
    task = Task("x.service", ("a-1", "b-2"), True)
    assert task.text == "x.service for a-1, b-2"
    line = outcome_line(task, "restarted", Outcome(RUNS), ())
    assert line == "x.service was restarted: a-1, b-2 run"
