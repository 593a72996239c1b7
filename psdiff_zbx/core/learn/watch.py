"""What was seen of a host over its samples, in bounded memory whatever its users start.

In: trees under the rules, one after the other.  Out: lines in groups that may be variants of each
other, each group with its timeline.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..line import command_line
from ..model import AT_LEAST, OPTIONAL, ROOT, Key, Line, Process, Tree, Unit
from ..rules.pids import is_title
from ..rules.program import program_name
from .seen import Group, Origin, Room
from .timeline import NONE, Count

_SAME = 1.5  # seconds by which the start of a process may differ between two recordings


class Sample(NamedTuple):
    """One look at a host: its ``time`` in seconds, later than that of the last one, and the tree
    under the rules.  Old are processes that would be told if nobody expected them; ``unit_of``
    is asked for the units of new ones."""

    time: float
    tree: Tree
    is_old: Callable[[Process], bool]
    unit_of: Callable[[Process], Optional[Unit]]


class _Found(NamedTuple):
    """A line of a sample, and the one above it."""

    line: Line
    parent: Optional[Line]

    @property
    def key(self) -> Key:
        return self.line.key

    @property
    def above(self) -> Key:
        """The frame is nobody's daemon, so it has one name."""
        return self.parent.key if self.parent and not self.parent.is_frame else (ROOT, "")


class Watch:
    """Samples of a host.  With ``arguments=False`` nothing of a command line is kept but what its
    line shows.  ``brief`` counts lines that were too young to be told when they went; ``crowded``
    are the users for some of whose lines there was no room."""

    def __init__(self, arguments: bool = True) -> None:
        self.samples = self.brief = 0
        self.crowded: Dict[str, None] = {}
        self.began = self.end = 0.0
        self.arguments = arguments
        self._groups: Dict[Key, Group] = {}
        self._group_of: Dict[Key, Group] = {}
        self._processes: Dict[int, Tuple[Process, Key]] = {}
        self._rooms: Dict[str, Room] = {}
        self._tidied: Dict[str, int] = {}

    @property
    def groups(self) -> List[Group]:
        """Those that hold a line."""
        return [group for group in self._groups.values() if group.lines]

    def add(self, sample: Sample) -> None:
        """One more sample."""
        self.began = sample.time if not self.samples else self.began
        self.samples, self.end = self.samples + 1, sample.time
        counts: Dict[int, Dict[Key, Count]] = {}
        processes: Dict[int, Tuple[Process, Key]] = {}
        for found in _lines(sample.tree):
            group = self._group(found, sample)
            if group is not None:
                here = counts.setdefault(id(group), {})
                here[found.key] = _count(found.line, here.get(found.key, NONE), sample.is_old)
                text = command_line(found.line.processes[0])
                shown = text if self.arguments else found.line.cmdline
                group.lines[found.key].note(shown, found.above, bool(here[found.key].old))
                processes.update((each.pid, (each, found.key)) for each in found.line.processes)
        self._processes = processes
        self._record(counts)

    def _record(self, counts: Dict[int, Dict[Key, Count]]) -> None:
        for group in self._groups.values():
            group.record(counts.get(id(group), {}), self.end)

    def _make_room(self, user: str) -> None:
        """Forget the user's lines that were over before anybody would have been told of them.
        Once for each sample will do."""
        if self._tidied.get(user) == self.samples:
            return
        self._tidied[user] = self.samples
        for name, group in list(self._groups.items()):
            for key in group.brief() if name[0] == user else ():
                group.forget(key)
                del self._group_of[key]
                self.brief += 1
            if not group.lines:
                del self._groups[name]

    def _group(self, found: _Found, sample: Sample) -> Optional[Group]:
        """The group of a line; None where there is no room for it."""
        links = self._links(found)
        group = self._group_of.get(found.key) or self._new(found, links, sample)
        for key in links:
            if group and group is self._group_of.get(key):
                group.lines[found.key].linked.add(key)
                group.lines[key].linked.add(found.key)
        return group

    def _links(self, found: _Found) -> List[Key]:
        """The other lines that its processes had in the last sample."""
        links: Dict[Key, None] = {}
        for each in found.line.processes:
            before, key = self._processes.get(each.pid, (None, found.key))
            if before and key != found.key and _is_same(before, each):
                links[key] = None
        return list(links)

    def _new(self, found: _Found, links: List[Key], sample: Sample) -> Optional[Group]:
        user, _ = name = found.line.user, program_name(found.line.cmdline)
        linked = (self._group_of[key] for key in links if key in self._group_of)
        known = next(linked, None) or self._groups.get(name)
        group = known or Group(self.began, self._rooms.setdefault(user, Room()))
        is_late = sample.time > self.began
        if is_late and not group.has_room:
            self._make_room(user)
            if not group.has_room:
                group.stop(self.end)
                self.crowded[user] = None
                return None
        if not group.lines:
            self._groups[name] = group
        group.add(found.key, _origin(found, sample), is_late)
        self._group_of[found.key] = group
        return group


def _origin(found: _Found, sample: Sample) -> Origin:
    unit = sample.unit_of(found.line.processes[0])
    above, own = program_name(found.above[1]), program_name(found.line.cmdline)
    return (found.line.user, above, unit.name if unit else "", own)


def _lines(tree: Tree) -> Iterator[_Found]:
    """The lines that the rules have not settled, with those above them."""
    above: List[Line] = []
    for line in tree:
        while above and above[-1].depth >= line.depth:
            above.pop()
        if line.processes and not line.is_frame and line.mode != OPTIONAL:
            yield _Found(line, above[-1] if above else None)
        above.append(line)


def _count(line: Line, others: Count, is_old: Callable[[Process], bool]) -> Count:
    number = others.number + len(line.processes)
    old = others.old + sum(map(is_old, line.processes))
    return Count(min(1, number), min(1, old)) if line.mode == AT_LEAST else Count(number, old)


def _is_same(before: Process, now: Process) -> bool:
    """Whether it is one process under two titles, and not one that has started another program
    meanwhile, or another one of its pid."""
    if before.uid != now.uid or abs(before.started - now.started) > _SAME:
        return False
    titled = is_title(before.cmdline) and is_title(now.cmdline)
    return titled or before.name == now.name or _program(before) == _program(now)


def _program(process: Process) -> str:
    return program_name(" ".join(process.cmdline))
