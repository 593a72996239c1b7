"""The one use case: look at the host, compare with the baseline, look again if asked to.

Clocks, the reader, the rules and sleep are arguments.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Callable, Mapping, NamedTuple, Optional, Sequence, TypeVar

from .compare import Expected, against
from .model import Comparison, Key, Process, Source, State, Tree
from .orphans import without_orphans
from .tree import build

T = TypeVar("T")
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 0.5


class Check(NamedTuple):
    """What a look needs: what is expected and where that came from, how to read the
    processes, our own pid (None in a recording), the rules, how to find so many of each key
    among what they ignore, how old an extra process must be (seconds), the time now by the
    clock that tells when they started (Unix time), and a clock that never jumps (seconds)."""

    source: Source
    expected: Expected
    read: Callable[[], Sequence[Process]]
    own: Optional[int]
    apply: Callable[[Tree], Tree]
    ignored: Callable[[Tree, Mapping[Key, int]], Tree]
    min_age: float
    now: Callable[[], float]
    clock: Callable[[], float]

    def look(self) -> State:
        """The state of the host now."""
        began = self.clock()
        processes = self.read()
        tree = build(processes, self.own)
        comparison = self.compare(tree, self.apply(tree))
        return State(self.source, comparison, len(processes), self.clock() - began)

    def compare(self, tree: Tree, current: Tree) -> Comparison:
        """A tree of what runs now, and the same under the rules, compared with the baseline.
        What is expected and runs is not missing, although the rules ignore it."""
        now = self.now()
        started_before = now - self.min_age if self.min_age else math.inf
        found = against(self.expected, current, started_before, now)
        if not found.missing:
            return found
        more = self.ignored(tree, Counter(line.key for line in found.missing))
        if more:
            found = against(self.expected, (*current, *more), started_before, now)
        return found._replace(extra=without_orphans(found))


def look_again(
    look: Callable[[], T],
    differs: Callable[[T], bool],
    limit: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> T:
    """The first look that does not differ, or the last one that ``limit`` seconds have room
    for: the agents wait no longer than their timeout."""
    end = clock() + limit
    pause = _FIRST_PAUSE
    while True:
        began = clock()
        found = look()
        now = clock()
        left = end - now - (now - began)
        if left <= 0 or not differs(found):
            return found
        sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
