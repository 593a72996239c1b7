"""What came of the reboots: a row for each watcher, and whether that is how it should be.

In: what each watcher told after each reboot.  Out: lines of a table, and what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.reboots.watchers import Problem

INFORMATION = 1
RESTARTED = "psdiff: Host has been restarted"
LIST = "psdiff: Processes are missing"
HEADINGS = (
    "server, its clock, checks",
    "reboots",
    "samples with missing lines",
    "problems above information",
    "*Host has been restarted*",
    "other information",
    "one is gone: its problem after, s",
    "others",
)


def fewer(daemon: str) -> str:
    """The name of the problem of one daemon."""
    return f"psdiff: {daemon}: Fewer processes than expected"


class Boot(NamedTuple):
    """What one watcher told after a boot, at `booted` by the clock that its server goes by; and
    in how many samples something was missing."""

    booted: float
    problems: Sequence[Problem]
    missing: int


class Story(NamedTuple):
    """All reboots with one watcher; `last` is the one before which `daemon` was disabled."""

    watcher: str
    boots: Sequence[Boot]
    last: Boot
    daemon: str

    @property
    def row(self) -> str:
        """Its line of the table."""
        told = [each for boot in self.boots for each in boot.problems]
        cells = (
            self.watcher,
            len(self.boots),
            sum(boot.missing for boot in self.boots),
            len(loud(told)),
            sum(each.name == RESTARTED for each in told),
            len(told) - len(loud(told)) - sum(each.name == RESTARTED for each in told),
            f"{self.delay:.0f}",
            len(self._others()),
        )
        return "| " + " | ".join(map(str, cells)) + " |"

    @property
    def delay(self) -> float:
        """Seconds from the last boot to the problem of the daemon; infinite without one."""
        found = [each.clock for each in self.last.problems if each.name == fewer(self.daemon)]
        return min(found, default=float("inf")) - self.last.booted

    def wrong(self, within: float) -> list[str]:
        """What is not as it should be; the daemon's problem has to come `within` seconds."""
        found = [
            f"{self.watcher}: reboot {number}: {each.name}"
            for number, boot in enumerate(self.boots, 1)
            for each in loud(boot.problems)
        ]
        found += [f"{self.watcher}: the others: {name}" for name in self._others()]
        for number, boot in enumerate((*self.boots, self.last), 1):
            told = sum(each.name == RESTARTED for each in boot.problems)
            if told != 1:
                found.append(f"{self.watcher}: reboot {number}: told {told} times")
        if self.delay > within:
            found.append(f"{self.watcher}: {fewer(self.daemon)} after {self.delay:.0f} s")
        return found

    def _others(self) -> list[str]:
        expected = {fewer(self.daemon), LIST}
        return [each.name for each in loud(self.last.problems) if each.name not in expected]


def loud(problems: Iterable[Problem]) -> list[Problem]:
    """Those that are more than an information."""
    return [each for each in problems if each.severity > INFORMATION]


def table(stories: Iterable[Story]) -> list[str]:
    """One row for each."""
    rule = "|" + "|".join(("---", *["--:"] * (len(HEADINGS) - 1))) + "|"
    return ["| " + " | ".join(HEADINGS) + " |", rule, *(each.row for each in stories)]
