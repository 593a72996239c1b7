"""Baseline and current tree to what is missing and what is extra, in linear time.

Processes are counted by (user, cmdline), not by their place: a child that moves to
another parent is no change, and k daemons gone are exactly k missing lines.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, NamedTuple, Set, Tuple

from .identity import daemon_ids, name_of
from .model import Comparison, Daemon, Key, Line, Process, Tree

EXACT = "exact"
AT_LEAST = "at-least"


def compare(baseline: Tree, current: Tree, started_before: float = float("inf")) -> Comparison:
    """Daemons, missing and extra lines.

    Nothing that started after ``started_before`` (Unix time) is extra yet, but it runs.
    """
    expected = _by_key(baseline)
    renamed = tuple(_renamed(current, expected))
    running = _by_key(renamed)
    varying = {line.key for line in (*baseline, *renamed) if line.varies}
    wanted = {key: 1 if key in varying else len(places) for key, places in expected.items()}
    counts = {key: sum(current[at].number for at in places) for key, places in running.items()}
    settled = {key: _settled(current, places, started_before) for key, places in running.items()}
    absent = {key: wanted[key] - counts.get(key, 0) for key in wanted}
    beyond = {
        key: 0 if key in varying and key in wanted else len(places) - wanted.get(key, 0)
        for key, places in settled.items()
    }
    return Comparison(
        tuple(_daemons(wanted, running, current, varying)),
        _choose(baseline, expected, absent),
        _choose(current, settled, beyond),
    )


def _by_key(tree: Iterable[Line]) -> Dict[Key, List[int]]:
    places: Dict[Key, List[int]] = {}
    for at, line in enumerate(tree):
        if not line.is_frame:
            places.setdefault(line.key, []).append(at)
    return places


def _renamed(current: Tree, expected: Iterable[Key]) -> Iterable[Line]:
    """Current lines under the shortened user names of psdiff's files: ``systemd+`` stands
    for ``systemd-network`` (ps cuts names at eight characters)."""
    shortened: Dict[str, List[str]] = {}
    known = set(expected)
    for user, cmdline in known:
        if user.endswith("+"):
            shortened.setdefault(cmdline, []).append(user)
    for line in current:
        users = () if line.key in known else sorted(shortened.get(line.cmdline, ()), reverse=True)
        user = next((user for user in users if stands_for(user, line.user)), line.user)
        yield line if user == line.user else line._replace(user=user)


def stands_for(expected: str, user: str) -> bool:
    """Whether a user of the baseline is this one, or psdiff's short name of it."""
    shortened = expected.endswith("+") and user.startswith(expected[:-1])
    return expected == user or shortened


def _settled(current: Tree, places: Iterable[int], started_before: float) -> List[int]:
    return [at for at in places if _oldest(current[at].processes) <= started_before]


def _oldest(processes: Iterable[Process]) -> float:
    return min((process.started for process in processes), default=0.0)


def _daemons(
    wanted: Mapping[Key, int],
    running: Mapping[Key, List[int]],
    current: Tree,
    varying: Set[Key],
) -> Iterable[Daemon]:
    ids = daemon_ids(wanted)
    for key, number in wanted.items():
        processes = [p for at in running.get(key, ()) for p in current[at].processes]
        yield Daemon(
            id=ids[key],
            name=name_of(key[1]),
            user=key[0],
            cmdline=key[1],
            expected=number,
            mode=AT_LEAST if key in varying else EXACT,
            running=sum(current[at].number for at in running.get(key, ())),
            started=int(_oldest(processes)),
            cpu=round(sum((process.cpu for process in processes), 0.0), 2),
            rss=sum(process.rss for process in processes),
            threads=sum(process.threads for process in processes),
        )


class _Surroundings(NamedTuple):
    """Of each line: where its parent stands, how many lines are below it, and how many of
    those are chosen."""

    parent: List[int]
    size: List[int]
    below: List[int]


def _choose(
    tree: Tree, places: Mapping[Key, List[int]], numbers: Mapping[Key, int]
) -> Tuple[Line, ...]:
    """``numbers[key]`` lines of each key, in tree order: where only some of several equal
    lines are to be chosen, those whose children or parent are chosen too."""
    asked = {key: number for key, number in numbers.items() if number > 0}
    chosen = {
        at for key, number in asked.items() if number >= len(places[key]) for at in places[key]
    }
    partly = [key for key, number in asked.items() if number < len(places[key])]
    if partly:
        around = _surroundings(tree, chosen)
        # Parents before their children, so that these can follow.
        for key in sorted(partly, key=lambda key: -max(around.size[at] for at in places[key])):
            ranked = sorted(
                places[key],
                key=lambda at: (-around.below[at] - (around.parent[at] in chosen), at),
            )
            chosen.update(ranked[: asked[key]])
    return tuple(tree[at] for at in sorted(chosen))


def _surroundings(tree: Tree, chosen: Set[int]) -> _Surroundings:
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
    return _Surroundings(parent, size, below)
