"""What is kept of the lines that were seen: records, and how many there may be."""

from __future__ import annotations

import math
from typing import Dict, List, Set, Tuple

from ..model import Key
from .timeline import NONE, Count, Moment, Timeline

_OF_GROUP, _OF_USER = 64, 500
"""How many lines that come after the first sample are kept of a group, and of a user."""

_CHANGES_OF_GROUP, _CHANGES_OF_USER = 2_000, 20_000
_FEW = 4

Origin = Tuple[str, ...]
"""The user of a line, the program above it, its unit and its own program."""


class Seen:
    """A line: its texts before the rules, the lines above it, the lines that the same processes
    had before or after, and whether a process of it was ever old."""

    __slots__ = ("linked", "origin", "parents", "texts", "was_old")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.texts: Dict[str, None] = {}
        self.parents: Set[Key] = set()
        self.linked: Set[Key] = set()
        self.was_old = False

    def note(self, text: str, parent: Key, is_old: bool) -> None:
        """A few texts and parents will do."""
        if len(self.texts) < _FEW:
            self.texts[text] = None
        if len(self.parents) < _FEW:
            self.parents.add(parent)
        self.was_old = self.was_old or is_old


class Room:
    """How much room there is for what a user starts after the first sample."""

    __slots__ = ("changes", "lines")

    def __init__(self) -> None:
        self.lines, self.changes = _OF_USER, _CHANGES_OF_USER


class Group:
    """Lines of which one may be the variant of another.  ``stopped`` is when there was no more
    room for what came (infinite: there always was)."""

    def __init__(self, began: float, room: Room) -> None:
        self.lines: Dict[Key, Seen] = {}
        self.stopped = math.inf
        self._room = room
        self._now: Dict[Key, Count] = {}
        self._late: Set[Key] = set()
        self._changes = 0
        self._moments: List[Moment] = [Moment(began, {})]

    def timeline(self, end: float) -> Timeline:
        """What was there when, until the end of the watch."""
        return Timeline(self._moments, min(end, self.stopped))

    @property
    def has_room(self) -> bool:
        """Whether there is room for one more line after the first sample."""
        return self.stopped == math.inf and len(self._late) < _OF_GROUP and self._room.lines > 0

    def stop(self, time: float) -> None:
        """Something came for which there was no room: nothing is known of what follows."""
        self.stopped = min(self.stopped, time)

    def add(self, key: Key, origin: Origin, is_late: bool) -> None:
        """A new line.  ``is_late``: it came after the first sample."""
        if is_late:
            self._late.add(key)
            self._room.lines -= 1
        self.lines[key] = Seen(origin)

    def record(self, counts: Dict[Key, Count], time: float) -> None:
        """What is there now."""
        gone = {key: NONE for key in self._now if key not in counts}
        changed = {key: count for key, count in counts.items() if self._now.get(key) != count}
        self._now = counts
        if self.stopped < math.inf or not (gone or changed):
            return
        if time == self._moments[0].time:
            self._moments[0] = Moment(time, changed)
            return
        size = len(gone) + len(changed)
        self._changes += size
        self._room.changes -= size
        if self._changes > _CHANGES_OF_GROUP or self._room.changes < 0:
            self.stopped = time
            return
        self._moments.append(Moment(time, {**changed, **gone}))

    def brief(self) -> List[Key]:
        """Lines that have gone and were never old enough to be told."""
        return [
            key for key, seen in self.lines.items() if key not in self._now and not seen.was_old
        ]

    def forget(self, key: Key) -> None:
        """Keep nothing of a line, and have its room back."""
        del self.lines[key]
        for seen in self.lines.values():
            seen.linked.discard(key)
        first, *others = self._moments
        for moment in self._moments:
            if key in moment.lines:
                self._changes -= 1
                self._room.changes += 1
        less = [_without(moment, key) for moment in others]
        self._moments = [_without(first, key), *(moment for moment in less if moment.lines)]
        if key in self._late:
            self._late.remove(key)
            self._room.lines += 1


def _without(moment: Moment, key: Key) -> Moment:
    if key not in moment.lines:
        return moment
    return moment._replace(
        lines={name: each for name, each in moment.lines.items() if name != key}
    )
