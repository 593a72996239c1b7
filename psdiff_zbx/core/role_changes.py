"""What a host's own baseline holds beside its roles, which no command changes.

In: what runs, what the roles expect, changes.  Out: what is stored, and what can be accepted.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterable, List, Tuple

from .accept import PLUS, Change
from .compare import Expected, against, places_of
from .model import EXACT, OPTIONAL, BaselineError, Comparison, Daemon, Line, Tree
from .pick import pick_lines
from .removal import without
from .tree import arrange


def beyond(running: Tree, roles: Expected) -> Tree:
    """What runs, less what the roles expect of it."""
    if not roles.places:
        return running
    more = {line.processes for line in against(roles, running).extra}

    def is_kept(line: Line) -> bool:
        free = line.mode == OPTIONAL and line.key not in roles.places  # it is never extra
        return line.is_frame or free or line.processes in more

    gone = {at for at, line in enumerate(running) if not is_kept(line)}
    return arrange(without(running, gone))


def lacking(found: Comparison) -> Tuple[Daemon, ...]:
    """The daemons of which processes are missing."""
    keys = {line.key for line in found.missing}
    return tuple(each for each in found.daemons if (each.user, each.cmdline) in keys)


def with_roles(changes: Iterable[Change], found: Comparison, own: Tree) -> List[Change]:
    """The changes, each with the roles that expect it.  ``own`` is what the host's own baseline
    expects."""
    roles = {(each.user, each.cmdline): each for each in found.daemons if each.roles}
    if not roles:
        return [*changes]
    numbers = Counter(line.key for line in own)
    return [
        _held(change, roles[change.line.key], numbers[change.line.key])
        if change.sign != PLUS and change.line.key in roles
        else change
        for change in changes
    ]


def _held(change: Change, daemon: Daemon, own: int) -> Change:
    """Of a daemon whose number varies, a role expects one, whatever else does."""
    free = own if daemon.mode == EXACT else 0
    return change._replace(roles=daemon.roles, held=max(0, len(change.lines) - free))


def of_own(changes: Iterable[Change], own: Tree) -> List[Change]:
    """What of the changes the host's own baseline can make, with its own lines."""
    places, found = places_of(own), []
    for change in changes:
        number = len(change.lines) - change.held
        if not change.roles:
            found.append(change)
        elif number:
            lines = pick_lines(own, places, {change.line.key: number})
            found.append(change._replace(lines=lines))
    return found


def refuse_held(changes: Iterable[Change]) -> None:
    """Raise BaselineError for a change that only a role's file could make."""
    for change in changes:
        if change.is_held:
            raise BaselineError(
                f"{change.id} is expected by {' and '.join(change.roles)}, which no command "
                "changes: edit it there; nothing is accepted"
            )
