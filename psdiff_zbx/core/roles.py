"""Baselines that add up: the host's own, and those of its roles.

In: what each file holds.  Out: one tree for all of them, which daemon stands in which file, what a
host runs beyond its roles, and what it can accept without changing them.
"""

from __future__ import annotations

from collections import Counter
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .accept import PLUS, Change
from .baseline import tree_digest
from .compare import Expected, against, places_of
from .model import (
    EXACT,
    OPTIONAL,
    Baseline,
    BaselineError,
    Comparison,
    Daemon,
    Key,
    Line,
    Source,
    Tree,
)
from .pick import pick_lines
from .removal import without
from .tree import arrange


class Part(NamedTuple):
    """A baseline's file: where it is, what it holds, when it was written (Unix time), by whom."""

    path: str
    baseline: Baseline
    written: int
    by: str


def added_up(trees: Sequence[Tree]) -> Tree:
    """One tree for all: lines of the same daemon are counted together.  What one of them requires
    is required, even if it may run or not for another."""
    if len(trees) < 2:
        return trees[0] if trees else ()
    required = {line.key for tree in trees for line in tree if line.mode != OPTIONAL}
    beside: List[Line] = []
    below: List[Line] = []
    for line, in_init in (each for tree in trees for each in _lines(tree)):
        if line.mode != OPTIONAL or line.key not in required:
            (below if in_init else beside).append(line)
    return arrange((trees[0][0], *beside, *_inits(trees), *below))


def _lines(tree: Tree) -> Iterator[Tuple[Line, bool]]:
    """All lines but root and INIT, and whether they stand below INIT."""
    in_init = False
    for line in tree[1:]:
        in_init = line.is_frame if line.depth == 1 else in_init
        if not line.is_frame:
            yield line, in_init


def _inits(trees: Iterable[Tree]) -> Tree:
    """The first INIT, if there is any."""
    return tuple(line for tree in trees for line in tree[1:] if line.is_frame)[:1]


def holders(trees: Mapping[str, Tree]) -> Dict[Key, Tuple[str, ...]]:
    """In which files, by their paths, a daemon stands."""
    found: Dict[Key, Tuple[str, ...]] = {}
    for path, tree in trees.items():
        for key in places_of(tree):
            found[key] = (*found.get(key, ()), path)
    return found


def source_of(parts: Sequence[Part]) -> Source:
    """The source of a state: the path is that of the first, the host's own, time and author are
    those of the newest, and lines and digest cover all of them."""
    newest = max(parts, key=lambda part: part.written)
    tree = added_up([part.baseline.tree for part in parts])
    return Source(parts[0].path, newest.written, newest.by, len(tree), tree_digest(tree))


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
