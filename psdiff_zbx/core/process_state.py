"""What a process does by its state (proc(5), ps(1)), and where a daemon only seems to run."""

from __future__ import annotations

from typing import Iterable

ZOMBIE, DEAD = "Z", "X"
ENDED = frozenset((ZOMBIE, DEAD, "x"))
"""The states in which nothing of a process runs."""

HALF_ENDED = "Zl"
"""As ps shows a process whose main thread has ended while others still work."""

RUNNING, NOT_RUNNING = "running", "not running"
_CONDITIONS = {
    "T": "stopped",
    "t": "stopped",  # by a debugger
    HALF_ENDED: "main thread ended",
    "D": "disk sleep",
}
"""The conditions in which nobody may be served, the worst first."""

_MEANINGS = {
    "T": "a signal has stopped it (SIGSTOP); kill -CONT lets it go on",
    "t": "a debugger has stopped it",
    HALF_ENDED: "its main thread has ended, others still work",
    "D": "it waits for a disk or a network's file system, and cannot be killed meanwhile",
}


def condition(states: Iterable[str]) -> str:
    """The condition of a daemon by the states of its processes: the worst of them."""
    found = set(states)
    if not found:
        return NOT_RUNNING
    if found.isdisjoint(_CONDITIONS):
        return RUNNING
    return next(name for state, name in _CONDITIONS.items() if state in found)


def meaning(state: str) -> str:
    """``T: a signal has stopped it …``; empty if it works, or waits for work."""
    return f"{state}: {_MEANINGS[state]}" if state in _MEANINGS else ""
