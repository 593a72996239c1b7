"""The kind of a process in words."""

from __future__ import annotations

from ..line import escape
from ..model import DAEMON, JOB, ON_DEMAND, SESSION, WORKER
from .rule import Subject

_WHY = {
    WORKER: "it has not called exec, so it runs its parent's program",
    SESSION: "it belongs to a login",
    JOB: "a timer starts it, or it ends when its work is done",
    ON_DEMAND: "D-Bus or a socket starts it when it is needed",
    DAEMON: "nothing says that it is to end",
}


def kind_and_why(subject: Subject) -> str:
    """``worker: it has not called exec, …``; empty for a line of a baseline."""
    kind, unit = subject.kind, subject.unit
    where = f" ({escape(unit.name)})" if unit else ""
    return f"{kind}: {_WHY[kind]}{where}" if kind else ""
