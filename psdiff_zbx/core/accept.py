"""Which changes are accepted, and what the baseline then is.

In: the expected tree, the current one, and how they differ.  Out: the tree that expects what was
extra, and no more what was missing.  It touches no other line.
"""

from __future__ import annotations

from collections import deque
from fnmatch import fnmatchcase
from typing import (
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Sequence,
    Set,
    Tuple,
    TypeVar,
)

from .daemon_id import daemon_ids, name_of
from .model import (
    EXACT,
    Comparison,
    Key,
    Line,
    Tree,
    UnknownDaemonError,
)
from .removal import gone_places, without
from .tree import Branch, arrange, flatten, grow

MINUS, PLUS = "-", "+"
T = TypeVar("T")


class Change(NamedTuple):
    """All lines of one daemon that are missing (sign ``-``) or extra (``+``).  As many of them as
    are ``held`` are expected by the ``roles`` (paths), so the host's own baseline cannot give
    them up."""

    sign: str
    id: str
    lines: Tuple[Line, ...]
    roles: Tuple[str, ...] = ()
    held: int = 0

    @property
    def line(self) -> Line:
        """One for all: they differ in their place only."""
        return self.lines[0]

    @property
    def is_held(self) -> bool:
        """Whether none of it can be accepted."""
        return self.held == len(self.lines)


class Picked(NamedTuple):
    """The changes that are accepted, and those whose processes are ignored for good."""

    accepted: Sequence[Change]
    ignored: Sequence[Change] = ()


def list_changes(found: Comparison) -> List[Change]:
    """A comparison's changes, daemon by daemon: the missing ones, then the extra ones."""
    known = {(each.user, each.cmdline): each.id for each in found.daemons}
    ids = {**daemon_ids([*known, *(line.key for line in found.extra)]), **known}
    return [*_by_daemon(MINUS, found.missing, ids), *_by_daemon(PLUS, found.extra, ids)]


def _by_daemon(sign: str, lines: Iterable[Line], ids: Mapping[Key, str]) -> List[Change]:
    found: Dict[Key, List[Line]] = {}
    for line in lines:
        found.setdefault(line.key, []).append(line)
    return [Change(sign, ids[key], tuple(alike)) for key, alike in found.items()]


def named_changes(found: Sequence[Change], wanted: Sequence[str]) -> List[Change]:
    """Those that the words mean: ids, names of programs, patterns of whole command lines.

    Raises UnknownDaemonError for a word that means none.
    """
    return those_meant(
        found,
        wanted,
        _means,
        lambda word: (
            f"nothing that is missing or extra is {word!r}; 'psdiff-zbx show' shows "
            "what is; nothing is accepted"
        ),
    )


def those_meant(
    found: Sequence[T],
    words: Sequence[str],
    means: Callable[[str, T], bool],
    refusal: Callable[[str], str],
) -> List[T]:
    """Those that one of the words means, in their order.

    Raises UnknownDaemonError, with the ``refusal`` of it, for a word that means none.
    """
    for word in words:
        if not any(means(word, each) for each in found):
            raise UnknownDaemonError(refusal(word))
    return [each for each in found if any(means(word, each) for word in words)]


def _means(word: str, change: Change) -> bool:
    return is_meant(word, change.id, change.line.cmdline)


def is_meant(word: str, daemon_id: str, cmdline: str) -> bool:
    """Whether a word is a daemon's id, its program's name, or a pattern of its command line."""
    return word in (daemon_id, cmdline, name_of(cmdline)) or fnmatchcase(cmdline, word)


def as_comparison(accepted: Iterable[Change]) -> Comparison:
    """The lines of changes, for those who show lines."""
    rows = list(accepted)
    sides = [
        tuple(line for change in rows if change.sign == sign for line in change.lines)
        for sign in (MINUS, PLUS)
    ]
    return Comparison((), sides[0], sides[1])


def accept(expected: Tree, current: Tree, found: Comparison, accepted: Sequence[Change]) -> Tree:
    """The expected tree under the accepted changes.  ``current`` is in its own order."""
    varying = {(each.user, each.cmdline) for each in found.daemons if each.mode != EXACT}
    lines = as_comparison(accepted)
    less = without(expected, gone_places(expected, lines.missing, varying))
    return _with(less, current, lines.extra)


def _with(tree: Tree, current: Tree, extra: Sequence[Line]) -> Tree:
    """With more lines, each below the nearest of its ancestors that is expected."""
    top = grow(tree)
    branches: Dict[Key, Branch] = {}
    for branch in _all(top):
        branches.setdefault(branch.line.key, branch)
    above = _ancestors(current, {line.processes for line in extra})
    for line in extra:
        parents = (branches[key] for key in reversed(above[line.processes]) if key in branches)
        added = Branch(Line(0, line.cmdline, line.user, mode=line.mode))
        next(parents, top).children.append(added)
        branches.setdefault(line.key, added)
    return arrange(flatten(top))


def _all(top: Branch) -> Iterable[Branch]:
    """The branches above before those below."""
    waiting = deque(top.children)
    while waiting:
        branch = waiting.popleft()
        yield branch
        waiting.extend(branch.children)


def _ancestors(
    current: Tree, wanted: Set[Tuple[object, ...]]
) -> Dict[Tuple[object, ...], List[Key]]:
    """The keys above the lines of some processes, the root's first."""
    found: Dict[Tuple[object, ...], List[Key]] = {}
    path: List[Line] = []
    for line in current:
        while path and path[-1].depth >= line.depth:
            path.pop()
        if line.processes in wanted:
            found[line.processes] = [each.key for each in path]
        path.append(line)
    return found
