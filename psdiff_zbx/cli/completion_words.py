"""The ids and the names of daemons that a shell offers for the last word of a command line."""

from __future__ import annotations

import re
from typing import Iterator, List

from ..core.accept import list_changes
from ..core.daemon_id import name_of
from ..core.model import PsdiffError, State
from ..host.monitor import Monitor

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")  # no shell takes it for anything else


def completion_words(command: str, monitor: Monitor) -> List[str]:
    """What can follow ``accept``, ``count`` or another command that takes a daemon, in order.
    Where nobody can tell what runs, nothing is offered."""
    try:
        state = monitor.check(min_age=0).look()
    except PsdiffError:
        return []
    return sorted({word for word in _words(command, state) if _PLAIN.fullmatch(word)})


def _words(command: str, state: State) -> Iterator[str]:
    daemons = state.comparison.daemons
    if command == "start":
        missing = (each for each in daemons if each.is_missing)
        yield from (word for each in missing for word in (each.id, each.name))
        return
    if command != "accept":
        yield from (each.id for each in daemons)
    if command != "count":
        changes = list_changes(state.comparison)
        yield from (each.id for each in changes)
        yield from map(name_of, (each.line.cmdline for each in changes))
    if command not in ("accept", "count"):
        yield from (each.name for each in daemons)
