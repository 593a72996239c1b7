"""What of a tree has settled: a baseline is a snapshot of one instant, and takes a backup that
just runs for a daemon.

In: a tree under the rules.  Out: the tree less what is young, and what that is.
"""

from __future__ import annotations

from typing import Callable, Container, Iterable, Tuple

from .model import Key, Line, Process, Tree
from .removal import without
from .tree import arrange, below_init


def settled(
    tree: Tree,
    expected: Container[Key],
    limit: float,
    is_main: Callable[[Process], bool],
) -> Tuple[Tree, Tuple[Line, ...]]:
    """The tree less the lines of which every process started after ``limit`` (Unix time), and
    these lines.  What was ``expected`` before stays, and so does the main process of a daemon's
    unit."""

    def is_young(line: Line) -> bool:
        if line.key in expected or not line.processes:
            return False
        return all(each.started > limit and not is_main(each) for each in line.processes)

    gone = {at for at, line in enumerate(tree) if not line.is_frame and is_young(line)}
    return arrange(without(tree, gone)), tuple(tree[at] for at in sorted(gone))


def with_more(tree: Tree, lines: Iterable[Line]) -> Tree:
    """The tree with more lines, below INIT."""
    at, depth = below_init(tree)
    more = [line._replace(depth=depth) for line in lines]
    return arrange((*tree[:at], *more, *tree[at:])) if more else tree
