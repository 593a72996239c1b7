"""The one use case: look at the host, compare with the baseline, look again if asked to.

Clocks, the reader, the rules and sleep are arguments.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Callable, Mapping, NamedTuple, Optional, Sequence, TypeVar

from .cache import Cache
from .compare import Expected, against
from .model import Comparison, Filtered, Key, Process, Source, State, Times, Tree
from .orphans import without_orphans
from .process_state import ZOMBIE
from .tree import build

T = TypeVar("T")
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 0.5


class Check(NamedTuple):
    """What a look needs: what is expected and where that came from, how to read the
    processes, our own pid (None in a recording), the rules, how to find so many of each key
    among what they ignore, how old an extra process must be (seconds), the time now by the
    clock that tells when they started (Unix time), a clock that never jumps (seconds), until when
    the host is paused (Unix time, 0 if it is not), and since when what is extra has been seen."""

    source: Source
    expected: Expected
    read: Callable[[], Sequence[Process]]
    own: Optional[int]
    apply: Callable[[Tree], Filtered]
    ignored: Callable[[Tree, Mapping[Key, int]], Tree]
    min_age: float
    now: Callable[[], float]
    clock: Callable[[], float]
    paused: Callable[[], int]
    seen: Optional[Cache] = None

    def look(self) -> State:
        """The state of the host now."""
        began = self.clock()
        processes = self.read()
        tree = build(processes, self.own)
        current, ignored = self.apply(tree)
        comparison = self.compare(tree, current)
        zombies = [process.state for process in processes].count(ZOMBIE)
        seconds, times = self.clock() - began, self._times(processes)
        return State(self.source, comparison, len(processes), seconds, ignored, zombies, times)

    def _times(self, processes: Sequence[Process]) -> Times:
        """A recording knows of no later moment than the start of its youngest process."""
        boot = next((each.started for each in processes if each.pid == 1), None)
        if boot is None:
            return Times(paused=self.paused())
        now = self.now() if self.own else max(each.started for each in processes)
        return Times(int(boot), max(0, int(now - boot)), self.paused())

    def compare(self, tree: Tree, current: Tree) -> Comparison:
        """A tree of what runs now, and the same under the rules, compared with the baseline.
        What is expected and runs is not missing, although the rules ignore it."""
        now = self.now()
        if self.seen is not None:
            self.seen.turn()
        started_before = now - self.min_age if self.min_age else math.inf
        found = against(self.expected, current, started_before, now, self.seen)
        if not found.missing:
            return found
        more = self.ignored(tree, Counter(line.key for line in found.missing))
        if more:
            found = against(self.expected, (*current, *more), started_before, now, self.seen)
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
