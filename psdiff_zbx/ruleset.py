"""A set of rules, and what it makes of one process.

A rule either rewrites a command line (``cut``, ``replace``, …: all that match apply, in
order) or decides about the process (``ignore``, ``at_least_one``, ``keep``: the first that
matches wins).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Iterator, NamedTuple, Optional, Tuple

from .index import Index
from .line import escape
from .model import Tree
from .rule import REWRITE, Argument, Rule, Subject, program


class Verdict(NamedTuple):
    """What the rules make of one process: its command line, and the rule that decides."""

    cmdline: str
    place: int
    rule: Optional[Rule]

    def is_(self, action: str, argument: Argument = True) -> bool:
        rule = self.rule
        return rule is not None and rule.action == action and rule.argument == argument


@dataclass(frozen=True)
class Rules:
    """Rows in the order in which they apply; with ``arguments=False`` only the program is
    kept of each command line, after everything else."""

    rows: Tuple[Rule, ...] = ()
    arguments: bool = True

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
        for place in self._rewriting.places(subject.cmdline):
            rule = self.rows[place]
            if place > done and rule.applies(subject):
                text = escape(REWRITE[rule.action](subject.cmdline, rule.argument)).strip(" ")
                if text and text != subject.cmdline:
                    return place, text
        return None

    def decide(self, subject: Subject) -> Verdict:
        """The first deciding rule that matches the (rewritten) command line."""
        cmdline = self.shown(subject.cmdline)
        for place in self._deciding.places(subject.cmdline):
            rule = self.rows[place]
            if rule.applies(subject):
                return Verdict(cmdline, place, rule)
        return Verdict(cmdline, len(self.rows), None)

    def shown(self, cmdline: str) -> str:
        """What may be seen of a command line."""
        return cmdline if self.arguments else program(cmdline)

    def judge(self, subject: Subject) -> Verdict:
        """Both: rewrite, then decide."""
        return self.decide(subject._replace(cmdline=self.normalise(subject)))

    def mark(self, tree: Tree) -> Tree:
        """A baseline's tree with those lines marked that stand for any number of processes."""
        keys = {line.key for line in tree if not line.is_frame}
        varying = {key for key in keys if self._varies(*key)}
        return tuple(line._replace(varies=line.key in varying) for line in tree)

    def _varies(self, user: str, cmdline: str) -> bool:
        return self.decide(Subject(cmdline, user)).is_("at_least_one")

    @cached_property
    def _rewriting(self) -> Index:
        return Index(row for row in enumerate(self.rows) if row[1].rewrites)

    @cached_property
    def _deciding(self) -> Index:
        return Index(row for row in enumerate(self.rows) if not row[1].rewrites)

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
