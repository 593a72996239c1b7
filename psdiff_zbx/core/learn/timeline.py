"""What was there when: the lines of a group over time, and what of it would have been told.

In: how many processes each line had, from which time on.  Out: its visits, whether it was steady,
and which lines a change of names would make one.
"""

from __future__ import annotations

import heapq
import math
from typing import Callable, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple

from ..model import Key

_MOST_LEVELS = 64
_OFTEN = 2
"""So often it had more processes for a while: more than a restart that overlaps."""

Rename = Callable[[Key], Key]


class Count(NamedTuple):
    """How many processes a line has, and how many of them are old enough to be told."""

    number: int
    old: int


NONE = Count(0, 0)


class Moment(NamedTuple):
    """What changed at a time (seconds): lines with their new counts.  It holds until the next."""

    time: float
    lines: Mapping[Key, Count]


class Timeline(NamedTuple):
    """Moments in order, the first where the watch began, and the time of the last sample."""

    moments: Sequence[Moment]
    end: float


class Course(NamedTuple):
    """How a line fared.  ``came`` and ``went`` count its coming and going, ``least`` and ``most``
    its processes.  ``told``: not always the same to those who are told of it.  ``visits``: it came
    and went again, and was told.  ``varies``: not the line, but the number of its processes did
    so; or that was told of another number, and did so again and again, too briefly to be told.
    ``pauses`` counts how often it had none for a while that is too short to be told."""

    came: int
    went: int
    least: int
    most: int
    told: bool
    visits: bool
    varies: bool
    pauses: int = 0

    @property
    def steady(self) -> bool:
        """Whether it was always there, as far as anybody is told."""
        return not (self.told or self.came or self.went)


class _Visit(NamedTuple):
    """From a time until another one: infinite where the watch does not know of another state."""

    begin: float
    end: float
    old: int

    @property
    def is_whole(self) -> bool:
        return math.isfinite(self.begin) and math.isfinite(self.end)


_ALWAYS = (-math.inf, math.inf)


def course(timeline: Timeline, key: Key, patience: float) -> Course:
    """The course of a line.  It is not told that something is gone for less than ``patience``
    seconds, nor of a process that is not old."""
    steps = [
        (moment.time, moment.lines[key]) for moment in timeline.moments if key in moment.lines
    ]
    began = timeline.moments[0].time
    if not steps or steps[0][0] > began:
        steps.insert(0, (began, NONE))
    numbers = [count.number for _, count in steps]
    levels = sorted(set(numbers) - {0})[:_MOST_LEVELS]
    visits = {level: _visits(steps, level, timeline.end, patience) for level in levels}
    told = {level: [v for v in found if v.old >= level] for level, found in visits.items()}
    whole = [level for level, found in told.items() if any(visit.is_whole for visit in found)]
    is_told = any(found and (found[0][:2] != _ALWAYS) for found in told.values())
    often = any(sum(v.is_whole for v in found) >= _OFTEN for found in visits.values())
    first = visits[levels[0]] if levels else []
    return Course(
        came=sum(math.isfinite(visit.begin) for visit in first),
        went=sum(math.isfinite(visit.end) for visit in first),
        least=min(numbers),
        most=max(numbers),
        told=is_told,
        visits=bool(levels) and levels[0] in whole,
        varies=bool(whole) or (is_told and often),
        pauses=sum(was > 0 and now == 0 for was, now in zip(numbers, numbers[1:])),
    )


def _visits(
    steps: Sequence[Tuple[float, Count]], level: int, end: float, patience: float
) -> List[_Visit]:
    """When at least ``level`` processes ran, over gaps that are shorter than ``patience``."""
    found: List[_Visit] = []
    began = steps[0][0]
    for (time, count), until in zip(steps, [*(time for time, _ in steps[1:]), math.inf]):
        if count.number < level:
            continue
        last = found[-1] if found else _Visit(-math.inf, began, 0)
        if time <= last.end or time - last.end < patience:
            found[-1:] = [_Visit(last.begin, until, max(last.old, count.old))]
        else:
            found.append(_Visit(time, until, count.old))
    if found and end - found[-1].end < patience:
        found[-1] = found[-1]._replace(end=math.inf)
    return found


def renamed(timeline: Timeline, rename: Rename) -> Timeline:
    """The same with lines under other names; those of one name are counted together."""
    counts: Dict[Key, Dict[Key, Count]] = {}
    moments = []
    for moment in timeline.moments:
        touched = {}
        for key, count in moment.lines.items():
            members = counts.setdefault(rename(key), {})
            members[key] = count
            touched[rename(key)] = members
        sums = {name: _sum(members.values()) for name, members in touched.items()}
        moments.append(Moment(moment.time, sums))
    return Timeline(moments, timeline.end)


def _sum(counts: Iterable[Count]) -> Count:
    numbers = list(counts)
    return Count(sum(each.number for each in numbers), sum(each.old for each in numbers))


def merged(timeline: Timeline, rename: Rename) -> Tuple[Key, ...]:
    """Lines that were there at the same time and would have one name; none if there are none."""
    there: Dict[Key, Dict[Key, None]] = {}
    for moment in timeline.moments:
        for key, count in moment.lines.items():
            if count.number:
                there.setdefault(rename(key), {})[key] = None
            else:
                there.get(rename(key), {}).pop(key, None)
        for key in moment.lines:
            together = there.get(rename(key), {})
            if len(together) > 1:
                return tuple(together)
    return ()


def united(timelines: Iterable[Timeline]) -> Timeline:
    """Several timelines as one, for as long as all of them are known."""
    found = list(timelines)
    end = min(each.end for each in found)
    moments: List[Moment] = []
    for moment in heapq.merge(*(each.moments for each in found), key=lambda each: each.time):
        if moment.time > end:
            break
        if moments and moments[-1].time == moment.time:
            moments[-1] = Moment(moment.time, {**moments[-1].lines, **moment.lines})
        else:
            moments.append(moment)
    return Timeline(moments, end)
