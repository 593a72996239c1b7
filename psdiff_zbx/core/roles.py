"""Baselines that add up: the host's own, and those of its roles.

In: what each file holds.  Out: one tree for all of them, and which daemon stands in which file.
"""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .baseline import tree_digest
from .compare import places_of
from .model import OPTIONAL, Baseline, Key, Line, Source, Tree
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
