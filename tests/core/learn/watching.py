"""Hosts that are made up, watched: which processes ran in which samples."""

from __future__ import annotations

from functools import partial
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.learn.findings import Report, report
from psdiff_zbx.core.learn.watch import Sample, Watch
from psdiff_zbx.core.model import INIT as INIT_LINE
from psdiff_zbx.core.model import Key, Process, Tree, Unit
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, SHIPPED, process

EVERY = MIN_AGE = 60.0
SAMPLES = 12
LONG_AGO = -1e6


class Ran(NamedTuple):
    """A process, and in which samples it ran: ``0-3 6-8``; started anew at each of these.  ``{n}``
    in its command line is the number of the sample."""

    pid: int
    cmdline: str
    at: str = f"0-{SAMPLES - 1}"
    ppid: int = 1
    user: str = "root"
    is_title: bool = False
    began: Optional[int] = None
    """The sample in which it started, where that is another one."""

    def in_sample(self, number: int) -> Iterable[Process]:
        for turn, span in enumerate(self.at.split()):
            first, _, last = span.partition("-")
            if int(first) <= number <= int(last or first):
                yield self._process(number, turn, int(first))

    def _process(self, number: int, turn: int, first: int) -> Process:
        cmdline = self.cmdline.format(n=number)
        began = first if self.began is None else self.began
        started = began * EVERY if began else LONG_AGO
        pid = self.pid + 1000 * turn
        found = process(pid, cmdline, self.ppid, user=self.user, started=started, name="app")
        return found._replace(cmdline=(cmdline,)) if self.is_title else found


def samples_of(ran: Sequence[Ran], number: int = SAMPLES) -> List[List[Process]]:
    """The processes of each sample.  Those that ran from the first one on are old."""
    return [[INIT, *(each for row in ran for each in row.in_sample(at))] for at in range(number)]


def watched(samples: Iterable[Sequence[Process]], rules: Rules = SHIPPED) -> Report:
    """What is found in them under some rules."""
    watch = Watch()
    for number, processes in enumerate(samples):
        limit = number * EVERY - MIN_AGE
        found = apply(build(processes), rules)
        watch.add(Sample(number * EVERY, found, partial(started_by, limit), unit_of))
    return report(watch, MIN_AGE)


def started_by(limit: float, found: Process) -> bool:
    return found.started <= limit


def unit_of(found: Process) -> Optional[Unit]:
    return found.unit


def under(found: Report, rules: Rules = SHIPPED) -> Rules:
    """The rules with all that was proposed before them, as they come from a file."""
    learnt = tuple(rule for each in found.proposals for rule in each.rules)
    return Rules((*learnt, *rules.rows))


def trees(samples: Iterable[Sequence[Process]], rules: Rules) -> List[Tree]:
    return [apply(build(processes), rules) for processes in samples]


def differences(found: Sequence[Tree]) -> List[Tuple[int, int, str]]:
    """What the second of two samples would tell, had the first one become the baseline when its
    young processes were left out, unless they were expected: sample, sample, line."""
    told = []
    for one, before in enumerate(found):
        expected = {line.key for line in found[max(one - 1, 0)]}
        written = tuple(
            line
            for line in before
            if line.key in expected
            or any(started_by(one * EVERY - MIN_AGE, each) for each in line.processes)
        )
        for other, now in enumerate(found):
            limit = other * EVERY - MIN_AGE
            known = compare(written, now, limit)
            told += [(one, other, f"- {line.cmdline}") for line in known.missing]
            told += [(one, other, f"+ {line.cmdline}") for line in known.extra]
    return told


def merged(samples: Iterable[Sequence[Process]], before: Rules, after: Rules) -> List[List[Key]]:
    """Lines that were there at the same time, and are one line under other rules."""
    found = []
    for processes in samples:
        names = {
            each.pid: line.key
            for line in apply(build(processes), before)
            for each in line.processes
            if line.cmdline != INIT_LINE
        }
        lines: dict[Key, dict[Key, None]] = {}
        for line in apply(build(processes), after):
            for each in line.processes:
                if each.pid in names:
                    lines.setdefault(line.key, {})[names[each.pid]] = None
        found += [list(keys) for keys in lines.values() if len(keys) > 1]
    return found
