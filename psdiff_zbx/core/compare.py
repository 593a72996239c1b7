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
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from .aliases import aliases, renamed
from .cache import Cache
from .daemon_id import daemon_ids, name_of
from .merged_usr import Apart, lend, never_apart, twins, with_usr
from .model import (
    AT_LEAST,
    EXACT,
    OPTIONAL,
    Comparison,
    Daemon,
    Key,
    Line,
    Process,
    Tree,
    Units,
)
from .pick import Places, pick_lines
from .process_state import condition
from .tree import arrange
from .units import unit_texts

_BELOW_INIT = 2  # the depth of its children

Running = Dict[Key, List[Line]]
Modes = Dict[Key, str]
"""The modes of the keys that are not EXACT."""


class Expected(NamedTuple):
    """A baseline, made ready to be compared many times: where each daemon's lines stand, its mode
    and its id, the keys with shortened users by command line, names of users by their uids, the
    files of the roles that name a daemon, the units that start it, what tells two files apart, and
    the keys that may be one daemon by several paths."""

    tree: Tree
    places: Places
    modes: Modes
    ids: Dict[Key, str]
    shortened: Dict[str, List[Key]]
    users: Mapping[str, str]
    roles: Mapping[Key, Tuple[str, ...]]
    units: Mapping[Key, str]
    apart: Apart
    twins: Sequence[Sequence[Key]]

    def number(self, key: Key, mode: str) -> int:
        """How many processes of a daemon must run."""
        return {AT_LEAST: 1, OPTIONAL: 0}.get(mode, len(self.places[key]))


def expect(
    baseline: Tree,
    users: Iterable[Tuple[str, int]] = (),
    roles: Optional[Mapping[Key, Tuple[str, ...]]] = None,
    units: Units = (),
    apart: Apart = never_apart,
) -> Expected:
    """What a baseline's tree expects.  ``users`` are its users and their uids; ``roles`` are the
    files of the roles that name a daemon; ``units`` are those of its daemons; ``apart`` knows the
    files of the host."""
    places = places_of(baseline)
    modes = {line.key: line.mode for line in baseline if line.mode != EXACT}
    names = {str(uid): user for user, uid in users}
    shortened: Dict[str, List[Key]] = {}
    for key in sorted(places, reverse=True):
        if key[0].endswith("+"):
            shortened.setdefault(with_usr(key[1]), []).append(key)
    return Expected(
        baseline,
        places,
        modes,
        daemon_ids(places),
        shortened,
        names,
        roles or {},
        unit_texts(units),
        apart,
        twins(places),
    )


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
    expected: Expected,
    current: Tree,
    started_before: float = math.inf,
    now: float = math.inf,
    seen: Optional[Cache] = None,
) -> Comparison:
    """The same with a baseline that was made ready before.

    ``seen`` remembers from look to look what is extra and nobody's child.  If it is there at each
    of them, it does not stay young by ending and starting anew.
    """

    def is_old(line: Line) -> bool:
        started = _oldest(line.processes)
        if seen is not None and line.depth <= _BELOW_INIT:
            started = min(started, seen.get(line.key) or seen.put(line.key, now))
        return not started_before < started <= now

    running, modes = _running(current)
    other = _aliases(expected, running)
    if other:
        running, modes = _running(renamed(current, other))
    modes = {**expected.modes, **modes}
    wanted = {key: expected.number(key, modes.get(key, EXACT)) for key in expected.places}
    standing, lent = lend(expected.twins, wanted, running, expected.apart)
    daemons = tuple(
        _daemon(key, number, standing.get(key, ()), expected, modes.get(key, EXACT))
        for key, number in wanted.items()
    )
    absent = {
        key: number - daemon.running for (key, number), daemon in zip(wanted.items(), daemons)
    }
    most: Dict[Key, float] = {key: number + lent[key] for key, number in wanted.items()}
    most.update(
        (key, math.inf) for key, mode in modes.items() if key in wanted or mode == OPTIONAL
    )
    return Comparison(
        daemons,
        pick_lines(expected.tree, expected.places, absent),
        _extra(current, running, most, is_old, other),
    )


def as_known(expected: Expected, current: Tree) -> Tree:
    """The lines under the command lines by which the baseline knows them: what is written anew
    keeps its id."""
    other = _aliases(expected, _running(current)[0])
    return renamed(current, {key: known for key, known in other.items() if key[0] == known[0]})


def places_of(tree: Iterable[Line]) -> Places:
    """Where the lines of each daemon stand in a tree."""
    places: Places = defaultdict(list)
    for at, line in enumerate(tree):
        depth, cmdline, user, _, _ = line
        if depth > 1 or not line.is_frame:
            places[user, cmdline].append(at)
    return dict(places)


def _running(current: Tree) -> Tuple[Running, Modes]:
    running: Running = defaultdict(list)
    modes: Modes = {}
    for line in current:
        depth, cmdline, user, _, mode = line
        if depth > 1 or not line.is_frame:
            running[user, cmdline].append(line)
            if mode != EXACT:
                modes[user, cmdline] = mode
    return dict(running), modes


def _extra(
    current: Tree,
    running: Running,
    most: Mapping[Key, float],
    is_old: Callable[[Line], bool],
    other: Mapping[Key, Key],
) -> Tuple[Line, ...]:
    """The lines beyond ``most`` of each key.  Only if there are any, the tree is put in order."""
    beyond = {key for key, lines in running.items() if len(lines) > most.get(key, 0)}
    if not any(sum(map(is_old, running[key])) > most.get(key, 0) for key in beyond):
        return ()
    arranged = arrange(current)
    places = {
        key: [at for at in found if is_old(arranged[at])]
        for key, found in places_of(renamed(arranged, other)).items()
        if key in beyond
    }
    numbers = {key: len(found) - int(most.get(key, 0)) for key, found in places.items()}
    return pick_lines(arranged, places, numbers)


def _aliases(expected: Expected, running: Running) -> Mapping[Key, Key]:
    new = running.keys() - expected.places.keys()
    if not new:
        return {}
    lacking = [
        key
        for key in expected.places
        if len(running.get(key, ())) < expected.number(key, expected.modes.get(key, EXACT))
    ]
    return aliases(new, lacking, expected.shortened, expected.users, expected.apart)


def _oldest(processes: Iterable[Process]) -> float:
    return min((process.started for process in processes), default=0.0)


def _daemon(key: Key, number: int, lines: Sequence[Line], expected: Expected, mode: str) -> Daemon:
    processes = [process for line in lines for process in line.processes]
    return Daemon(
        expected.ids[key],
        name_of(key[1]),
        *key,
        number,
        mode,
        sum([line.number for line in lines]),
        int(min([process.started for process in processes], default=0)),
        round(sum([process.cpu for process in processes], 0.0), 2),
        sum([process.rss for process in processes]),
        sum([process.threads for process in processes]),
        condition([process.state for process in processes]),
        expected.roles.get(key, ()),
        expected.units.get(key, ""),
    )
