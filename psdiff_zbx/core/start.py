"""What to start so that missing daemons run again: the units that the baseline names.

In: a comparison, and words that mean daemons.  Out: units, and why the others cannot be started.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence, Tuple

from .accept import is_meant, those_meant
from .model import Comparison, Daemon, PsdiffError

NO_UNIT = (
    "the baseline names no unit that starts it: start it yourself; if a unit does, "
    "'psdiff-zbx accept --units' notes it then"
)


class StartError(PsdiffError):
    """Nothing can be started at all."""


class Task(NamedTuple):
    """A unit to start, and the ids of the daemons that are missing without it.  It is the ``only``
    unit of one of them, or one of several."""

    unit: str
    ids: Tuple[str, ...]
    only: bool

    @property
    def text(self) -> str:
        """``cron.service for cron-45c3353f``"""
        return f"{self.unit} for {_all_of(self.ids)}"


RUNS, FAILS, ENDED, IDLE, LATE = "runs", "fails", "ended", "idle", "late"
"""What came of a unit.  ``idle``: it is active, and the daemon is missing all the same."""


_TOLD = {
    FAILS: " and has failed",
    ENDED: " and does not run",
    IDLE: " and is active",
    LATE: " and has not come up yet",
}


class Outcome(NamedTuple):
    """One of these words, and the reason that the service manager gives."""

    kind: str
    why: str = ""


class Plan(NamedTuple):
    """The units to start, and a line for each daemon that has none; ``lines`` are those of daemons
    that run already."""

    tasks: Tuple[Task, ...]
    hopeless: Tuple[str, ...] = ()
    lines: Tuple[str, ...] = ()


def missing_ids(found: Comparison) -> List[str]:
    """The ids of the daemons that have too few processes."""
    return [each.id for each in found.daemons if each.is_missing]


def how_to_start(daemon: Daemon) -> str:
    """The command that starts a missing daemon, or why there is none."""
    units = " and ".join(daemon.unit.split())
    return f"'psdiff-zbx start {daemon.id}' starts {units}" if units else NO_UNIT


def plan(found: Comparison, words: Sequence[str]) -> Plan:
    """What to start of all that is missing, or of what the words mean: ids, names of programs or
    units, patterns of whole command lines.

    Raises UnknownDaemonError for a word that means no daemon.
    """
    chosen = _named(found.daemons, words) if words else found.daemons
    gone = [each for each in chosen if each.is_missing]
    units: Dict[str, List[Daemon]] = {}
    for daemon in gone:
        for unit in daemon.unit.split():
            units.setdefault(unit, []).append(daemon)
    return Plan(
        tuple(_task(unit, daemons) for unit, daemons in units.items()),
        tuple(f"{each.id}: {NO_UNIT}" for each in gone if not each.unit),
        tuple(f"{each.id} runs" for each in chosen if words and each not in gone),
    )


def _task(unit: str, daemons: Sequence[Daemon]) -> Task:
    only = any(each.unit == unit for each in daemons)
    return Task(unit, tuple(each.id for each in daemons), only)


def _named(daemons: Sequence[Daemon], words: Sequence[str]) -> List[Daemon]:
    return those_meant(
        daemons,
        words,
        _means,
        lambda word: (
            f"the baseline holds no {word[:64]!r}; 'psdiff-zbx show-missing' lists what is "
            "missing; nothing is started"
        ),
    )


def _means(word: str, daemon: Daemon) -> bool:
    return is_meant(word, daemon.id, daemon.cmdline) or word in daemon.unit.split()


def outcome_line(task: Task, done: str, found: Outcome, words: Sequence[str]) -> str:
    """One line about a unit that was ``done`` (started or restarted); ``words`` are the last ones
    that it has written."""
    if found.kind == RUNS:
        return f"{task.unit} was {done}: {_all_of(task.ids)} {_verb(task.ids, 'runs', 'run')}"
    reason = f" ({found.why})" if found.why else ""
    said = f": {' | '.join(words)}" if words else ""
    return f"{task.unit} was {done}{_TOLD[found.kind]}{reason}; {still_missing(task.ids)}{said}"


def still_missing(ids: Sequence[str]) -> str:
    """``cron-45c3353f is still missing``"""
    return f"{_all_of(ids)} {_verb(ids, 'is', 'are')} still missing"


def _all_of(ids: Sequence[str]) -> str:
    return ", ".join(ids)


def _verb(ids: Sequence[str], one: str, more: str) -> str:
    return one if len(ids) == 1 else more
