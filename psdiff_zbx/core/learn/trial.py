"""A rule tried on what was seen, before it is proposed: what it makes one, and what is then told.

In: all groups, a rule.  Out: the courses of the lines that it touches.
"""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple

from ..model import Key
from ..rules.rule import REWRITE, Rule, Subject
from .seen import Group, Seen
from .timeline import Course, Timeline, course, merged, renamed, united


class _Evidence(NamedTuple):
    groups: Tuple[Group, ...]
    end: float
    patience: float


class Evidence(_Evidence):
    """All that was seen until the ``end``.  What is gone for less than ``patience`` seconds is
    not told."""

    @cached_property
    def lines(self) -> Dict[Key, Seen]:
        """All lines."""
        return {key: seen for group in self.groups for key, seen in group.lines.items()}

    @cached_property
    def courses(self) -> Dict[Key, Course]:
        """How each line fared."""
        return {
            key: course(timeline, key, self.patience_of({key}))
            for group in self.groups
            for timeline in [group.timeline(self.end)]
            for key in group.lines
        }

    def patience_of(self, keys: Set[Key]) -> float:
        """No gap is too short where the processes have not gone, but have another line."""
        linked = {other for key in keys for other in self.lines[key].linked}
        return self.patience if linked <= keys else 0.0

    def timeline(self, keys: Iterable[Key]) -> Timeline:
        """That of the groups of some lines."""
        wanted = set(keys)
        return united(
            group.timeline(self.end) for group in self.groups if not wanted.isdisjoint(group.lines)
        )

    def touched(self, rule: Rule) -> List[Key]:
        """The lines for which a rule holds."""
        return [key for key in self.lines if rule.applies(Subject(key[1], key[0]))]


class Trial(NamedTuple):
    """What a rewriting rule makes of the lines that it changes: their new names, lines that it
    would make one although they were there at the same time, and the new lines' courses."""

    names: Dict[Key, Key]
    merges: Sequence[Key]
    courses: Dict[Key, Course]


def tried(evidence: Evidence, rule: Rule) -> Trial:
    """A rewriting rule, tried."""
    names = {key: new for key in evidence.touched(rule) if (new := _rewritten(key, rule)) != key}
    images = set(names.values())
    if not names:
        return Trial({}, (), {})

    def rename(key: Key) -> Key:
        return names.get(key, key)

    timeline = evidence.timeline([*names, *images])
    after = renamed(timeline, rename)
    members = {
        image: {key for key, new in names.items() if new == image}
        | ({image} & set(evidence.lines))
        for image in images
    }
    courses = {
        image: course(after, image, evidence.patience_of(members[image])) for image in images
    }
    return Trial(names, merged(timeline, rename), courses)


def _rewritten(key: Key, rule: Rule) -> Key:
    text = REWRITE[rule.action](key[1], rule.argument).strip(" ")
    return (key[0], text or key[1])
