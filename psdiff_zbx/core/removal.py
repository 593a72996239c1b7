"""Lines that leave a tree: which of several equal ones go, and what is then left.

Each step costs no more than the line's depth, however many lines are alike.
"""

from __future__ import annotations

import heapq
from typing import Dict, List, Sequence, Set, Tuple

from .model import Key, Line, Tree
from .pick import surroundings

_Place = Tuple[object, ...]
"""The depth, the command line and the user of a line: all that tells lines of a file apart."""


def gone_places(tree: Tree, missing: Sequence[Line], varying: Set[Key]) -> Set[int]:
    """Where the missing lines stand.  Of a daemon whose number varies all lines go; of equal
    lines those that keep the least below them."""
    absent = varying & {line.key for line in missing}
    gone = {at for at, line in enumerate(tree) if line.key in absent}
    single = [line for line in missing if line.key not in varying]
    twins = _Twins(tree, gone, {line[:3] for line in single})
    for line in reversed(single):
        twins.take(line)
    return gone


class _Twins:
    """Lines of which some are to go, in queues by what they keep below them.  Where a line goes,
    those above it keep one less, and get one more place in their queue, before the old one."""

    def __init__(self, tree: Tree, gone: Set[int], wanted: Set[_Place]) -> None:
        around = surroundings(tree, gone)
        self._tree, self._gone = tree, gone
        self._kept = [size - below for size, below in zip(around.size, around.below)]
        self._queues: Dict[_Place, List[Tuple[int, int]]] = {place: [] for place in wanted}
        for at, line in enumerate(tree):
            if line[:3] in wanted and at not in gone:
                self._queues[line[:3]].append((self._kept[at], -at))
        self._above = self._nearest(around.parent)
        for queue in self._queues.values():
            heapq.heapify(queue)

    def _nearest(self, parents: Sequence[int]) -> List[int]:
        """Of each line the nearest one above it that has equals, -1 where there is none: of
        the others it does not matter what they keep."""
        found: List[int] = []
        for parent in parents:
            has_equals = len(self._queues.get(self._tree[parent][:3], ())) > 1
            found.append(parent if parent < 0 or has_equals else found[parent])
        return found

    def take(self, line: Line) -> None:
        """Let one of the equals go: of those that keep the least, the last."""
        queue = self._queues[line[:3]]
        while queue:
            at = -heapq.heappop(queue)[1]
            if at not in self._gone:
                self._gone.add(at)
                self._tell_above(at)
                return

    def _tell_above(self, at: int) -> None:
        above = self._above[at]
        while above >= 0:
            self._kept[above] -= 1
            if above not in self._gone:
                queue = self._queues[self._tree[above][:3]]
                heapq.heappush(queue, (self._kept[above], -above))
            above = self._above[above]


def without(tree: Tree, gone: Set[int]) -> Tree:
    """Less some lines; what is below them moves up."""
    kept: List[Line] = []
    above: List[int] = []
    for at, line in enumerate(tree):
        while above and above[-1] >= line.depth:
            above.pop()
        if at in gone:
            above.append(line.depth)
        else:
            kept.append(line._replace(depth=line.depth - len(above)))
    return tuple(kept)
