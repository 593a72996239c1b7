"""Baseline and current tree to what is missing and what is extra, in linear time.

Processes are counted by (user, cmdline), not by their place: a child that moves to
another parent is no change, and k daemons gone are exactly k missing lines.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import (
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from .daemon_id import daemon_ids, name_of
from .model import Comparison, Daemon, Key, Line, Process, Tree
from .tree import arrange

EXACT = "exact"
AT_LEAST = "at-least"
Running = Dict[Key, List[Line]]
Places = Dict[Key, List[int]]
"""Where the lines of each key stand in a tree."""


class Expected(NamedTuple):
    """A baseline, made ready to be compared many times: where each daemon's lines stand,
    which of them vary in number, its id, and the shortened users of each command line."""

    tree: Tree
    places: Places
    varying: FrozenSet[Key]
    ids: Dict[Key, str]
    shortened: Dict[str, List[str]]


def expect(baseline: Tree) -> Expected:
    """What a baseline's tree expects."""
    places = _places(baseline)
    varying = frozenset([line.key for line in baseline if line.varies])
    shortened: Dict[str, List[str]] = {}
    for user, cmdline in sorted(places, reverse=True):
        if user.endswith("+"):
            shortened.setdefault(cmdline, []).append(user)
    return Expected(baseline, places, varying, daemon_ids(places), shortened)


def compare(
    baseline: Tree, current: Tree, started_before: float = math.inf, now: float = math.inf
) -> Comparison:
    """Daemons, missing and extra lines.  The current lines need not be arranged.

    Nothing that started after ``started_before`` (Unix time) is extra yet, but it runs.  What
    seems to start after ``now`` is as old as anything: else it would stay hidden where a clock
    was set back, or in a recording of a host whose clock is ahead.
    """
    return against(expect(baseline), current, started_before, now)


def against(
    expected: Expected, current: Tree, started_before: float = math.inf, now: float = math.inf
) -> Comparison:
    """The same with a baseline that was made ready before."""

    def is_old(line: Line) -> bool:
        return not started_before < _oldest(line.processes) <= now

    running, varying = _running(_renamed(current, expected))
    varying |= expected.varying
    wanted = {key: 1 if key in varying else len(places) for key, places in expected.places.items()}
    daemons = tuple(
        _daemon(key, number, running.get(key, ()), expected.ids[key], key in varying)
        for key, number in wanted.items()
    )
    absent = {
        key: number - daemon.running for (key, number), daemon in zip(wanted.items(), daemons)
    }
    unlimited = {key: math.inf if key in varying else number for key, number in wanted.items()}
    return Comparison(
        daemons,
        pick_lines(expected.tree, expected.places, absent),
        _extra(current, running, unlimited, is_old, expected),
    )


def _places(tree: Iterable[Line]) -> Places:
    places: Places = defaultdict(list)
    for at, line in enumerate(tree):
        depth, cmdline, user, _, _ = line
        if depth > 1 or not line.is_frame:
            places[user, cmdline].append(at)
    return dict(places)


def _running(current: Tree) -> Tuple[Running, Set[Key]]:
    """The lines of each key, and the keys of those that vary."""
    running: Running = defaultdict(list)
    varying: Set[Key] = set()
    for line in current:
        depth, cmdline, user, _, varies = line
        if depth > 1 or not line.is_frame:
            running[user, cmdline].append(line)
            if varies:
                varying.add((user, cmdline))
    return dict(running), varying


def _extra(
    current: Tree,
    running: Running,
    most: Mapping[Key, float],
    is_old: Callable[[Line], bool],
    expected: Expected,
) -> Tuple[Line, ...]:
    """The lines beyond ``most`` of each key.  Only if there are any, the tree is put in order."""
    beyond = {key for key, lines in running.items() if len(lines) > most.get(key, 0)}
    if not any(sum(map(is_old, running[key])) > most.get(key, 0) for key in beyond):
        return ()
    arranged = arrange(current)
    places = {
        key: [at for at in found if is_old(arranged[at])]
        for key, found in _places(_renamed(arranged, expected)).items()
        if key in beyond
    }
    numbers = {key: len(found) - int(most.get(key, 0)) for key, found in places.items()}
    return pick_lines(arranged, places, numbers)


def _renamed(current: Tree, expected: Expected) -> Tree:
    """Current lines under the shortened user names of psdiff's files: ``systemd+`` stands
    for ``systemd-network`` (ps cuts names at eight characters)."""
    if not expected.shortened:
        return current
    return tuple(_shortened(line, expected) for line in current)


def _shortened(line: Line, expected: Expected) -> Line:
    users = () if line.key in expected.places else expected.shortened.get(line.cmdline, ())
    user: Optional[str] = next((user for user in users if stands_for(user, line.user)), None)
    return line if user is None else line._replace(user=user)


def stands_for(expected: str, user: str) -> bool:
    """Whether a user of the baseline is this one, or psdiff's short name of it."""
    shortened = expected.endswith("+") and user.startswith(expected[:-1])
    return expected == user or shortened


def _oldest(processes: Iterable[Process]) -> float:
    return min((process.started for process in processes), default=0.0)


def _daemon(
    key: Key, expected: int, lines: Sequence[Line], daemon_id: str, varies: bool
) -> Daemon:
    processes = [process for line in lines for process in line.processes]
    return Daemon(
        id=daemon_id,
        name=name_of(key[1]),
        user=key[0],
        cmdline=key[1],
        expected=expected,
        mode=AT_LEAST if varies else EXACT,
        running=sum([line.number for line in lines]),
        started=int(min([process.started for process in processes], default=0)),
        cpu=round(sum([process.cpu for process in processes], 0.0), 2),
        rss=sum([process.rss for process in processes]),
        threads=sum([process.threads for process in processes]),
    )


class Surroundings(NamedTuple):
    """Of each line: where its parent stands, how many lines are below it, and how many of
    those are chosen."""

    parent: List[int]
    size: List[int]
    below: List[int]


def pick_lines(tree: Tree, places: Places, numbers: Mapping[Key, int]) -> Tuple[Line, ...]:
    """``numbers[key]`` lines of each key, in tree order: where only some of several equal
    lines are to be chosen, those whose children or parent are chosen too."""
    asked = {key: number for key, number in numbers.items() if number > 0}
    chosen = {
        at for key, number in asked.items() if number >= len(places[key]) for at in places[key]
    }
    partly = [key for key, number in asked.items() if number < len(places[key])]
    if partly:
        around = surroundings(tree, chosen)
        # Parents before their children, so that these can follow.
        for key in sorted(partly, key=lambda key: -max(around.size[at] for at in places[key])):
            ranked = sorted(
                places[key],
                key=lambda at: (-around.below[at] - (around.parent[at] in chosen), at),
            )
            chosen.update(ranked[: asked[key]])
    return tuple(tree[at] for at in sorted(chosen))


def surroundings(tree: Tree, chosen: Set[int]) -> Surroundings:
    """What is above and below each line, of which the ``chosen`` ones are told by place."""
    parent, path = [], [-1]
    for at, line in enumerate(tree):
        while path[-1] >= 0 and tree[path[-1]].depth >= line.depth:
            path.pop()
        parent.append(path[-1])
        path.append(at)
    size, below = [0] * len(tree), [0] * len(tree)
    for at in range(len(tree) - 1, 0, -1):
        size[parent[at]] += size[at] + 1
        below[parent[at]] += below[at] + (at in chosen)
    return Surroundings(parent, size, below)
