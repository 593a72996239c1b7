"""A set of rules, and what it makes of one process.

A rule either rewrites a command line (``cut``, ``replace``, …: all that match apply, in
order) or decides about the process (``ignore``, ``at_least_one``, ``keep``: the first that
matches wins).
"""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from ..line import escape
from ..model import Tree
from .rule import REWRITE, Rule, Subject, program_of

_LONGEST = 12  # characters that tell most programs apart: "/usr/sbin/ss"
_LAST = 4  # one and the same line is looked up several times running
Places = List[int]


class Index:
    """``places(cmdline)`` are those of the rules whose ``match`` or ``contains`` may hold."""

    def __init__(self, rows: Iterable[Tuple[int, Rule]]) -> None:
        self._prefixes: Dict[int, Dict[str, Places]] = {}
        self._pieces: Dict[str, Places] = {}
        self._always: Places = []
        for place, rule in rows:
            self._add(place, rule)
        self.places = lru_cache(_LAST)(self._find)

    def _add(self, place: int, rule: Rule) -> None:
        for prefix in rule.match or ():
            start = prefix[:_LONGEST]
            self._prefixes.setdefault(len(start), {}).setdefault(start, []).append(place)
        if rule.match is None:
            for piece in rule.contains or ():
                self._pieces.setdefault(piece, []).append(place)
            if not rule.contains:
                self._always.append(place)

    def _find(self, cmdline: str) -> Places:
        text = f"{cmdline} "  # as Rule.applies has it
        found = {*self._always}
        for length, table in self._prefixes.items():
            start = text[:length]
            if start in table:
                found.update(table[start])
        for piece, places in self._pieces.items():
            if piece in cmdline:
                found.update(places)
        return sorted(found)


class Verdict(NamedTuple):
    """What the rules make of one process: its command line, the rule that decides and its
    place, which processes that ignores ("self", "subtree", "children"), and whether the line
    varies in number."""

    cmdline: str
    place: int
    rule: Optional[Rule]
    ignores: Optional[str] = None
    varies: bool = False

    def is_(self, action: str) -> bool:
        return self.rule is not None and self.rule.action == action


def verdict(cmdline: str, place: int, rule: Rule) -> Verdict:
    """That a rule decides about a command line."""
    ignores = str(rule.argument) if rule.action == "ignore" else None
    return Verdict(cmdline, place, rule, ignores, rule.action == "at_least_one")


class _Rules(NamedTuple):
    rows: Tuple[Rule, ...] = ()
    arguments: bool = True


class Rules(_Rules):
    """Rows in the order in which they apply; with ``arguments=False`` only the program is
    kept of each command line, after everything else."""

    def normalise(self, subject: Subject) -> str:
        """The command line, rewritten by every rewriting rule that matches."""
        steps = list(self.rewritten(subject))
        return steps[-1][1] if steps else subject.cmdline

    def rewritten(self, subject: Subject) -> Iterator[Tuple[Rule, str]]:
        """Each rule that changes the command line, and what it then is."""
        step = self._next(subject, -1)
        while step is not None:
            place, text = step
            yield self.rows[place], text
            subject = subject._replace(cmdline=text)
            step = self._next(subject, place)

    def _next(self, subject: Subject, done: int) -> Optional[Tuple[int, str]]:
        for place in self._index.places(subject.cmdline):
            rule = self.rows[place]
            if place > done and rule.rewrites and rule.applies(subject):
                text = escape(REWRITE[rule.action](subject.cmdline, rule.argument)).strip(" ")
                if text and text != subject.cmdline:
                    return place, text
        return None

    def decide(self, subject: Subject) -> Verdict:
        """The first deciding rule that matches the (rewritten) command line."""
        cmdline = self.visible(subject.cmdline)
        for place in self._index.places(subject.cmdline):
            rule = self.rows[place]
            if not rule.rewrites and rule.applies(subject):
                return verdict(cmdline, place, rule)
        return Verdict(cmdline, len(self.rows), None)

    def visible(self, cmdline: str) -> str:
        """What may be seen of a command line."""
        return cmdline if self.arguments else program_of(cmdline)

    def judge(self, subject: Subject) -> Verdict:
        """Both: rewrite, then decide."""
        return self.decide(subject._replace(cmdline=self.normalise(subject)))

    def mark(self, tree: Tree) -> Tree:
        """A baseline's tree with those lines marked that stand for any number of processes."""
        varies = lru_cache(None)(self._varies)
        return tuple(
            line
            if (line.depth < 2 and line.is_frame) or line.varies == varies(line.cmdline, line.user)
            else line._replace(varies=not line.varies)
            for line in tree
        )

    def _varies(self, cmdline: str, user: str) -> bool:
        return self.decide(Subject(cmdline, user)).varies

    @cached_property
    def _index(self) -> Index:
        return Index(enumerate(self.rows))

    @cached_property
    def rescuer(self) -> int:
        """The place of the first ``keep``, before which no rule takes back an ``ignore``."""
        places = (place for place, rule in enumerate(self.rows) if rule.action == "keep")
        return next(places, len(self.rows))

    @property
    def digest(self) -> str:
        """Eight hex digits that change when the rules do (their reasons aside)."""
        rows = [rule.meaning for rule in self.rows]
        return hashlib.sha256(repr((rows, self.arguments)).encode()).hexdigest()[:8]
