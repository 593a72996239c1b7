"""A set of rules, and what it makes of one process.

A rule either rewrites a command line (``cut``, ``replace``, …: all that match apply, in
order) or decides about the process (``ignore``, ``at_least_one``, ``optional``, ``keep``: the
first that matches wins).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from ..digest import hex_digest
from ..line import escape
from ..model import AT_LEAST, EXACT, OPTIONAL, Tree
from .pids import without_pids
from .program import program_name
from .rule import REWRITE, Rule, Subject, program_of

_LONGEST = 12  # characters that tell most programs apart: "/usr/sbin/ss"
_LAST = 1024  # lookups: of what the baseline expects, and then of what runs
RulePlaces = List[int]
Places = Tuple[RulePlaces, RulePlaces]
"""Of rules that rewrite, and of rules that decide."""


class Index:
    """``places(cmdline)`` are the places of all rules that may apply, by their ``match``,
    ``program`` or ``contains`` alone."""

    def __init__(self, rows: Iterable[Tuple[int, Rule]]) -> None:
        self._prefixes: Dict[int, Dict[str, RulePlaces]] = {}
        self._programs: Dict[str, RulePlaces] = {}
        self._pieces: Dict[str, RulePlaces] = {}
        self._always: RulePlaces = []
        self._rewriting: Set[int] = set()
        for place, rule in rows:
            self._add(place, rule)
            if rule.rewrites:
                self._rewriting.add(place)
        self.places = lru_cache(_LAST)(self._find)

    def _add(self, place: int, rule: Rule) -> None:
        if rule.match:
            for prefix in rule.match:
                start = prefix[:_LONGEST]
                self._prefixes.setdefault(len(start), {}).setdefault(start, []).append(place)
        elif rule.program or rule.contains:
            table = self._programs if rule.program else self._pieces
            for text in rule.program or rule.contains or ():
                table.setdefault(text, []).append(place)
        else:
            self._always.append(place)

    def _find(self, cmdline: str) -> Places:
        text = f"{cmdline} "  # as Rule.applies has it
        found = {*self._always, *self._programs.get(program_name(cmdline), ())}
        for length, table in self._prefixes.items():
            start = text[:length]
            if start in table:
                found.update(table[start])
        for piece, places in self._pieces.items():
            if piece in cmdline:
                found.update(places)
        return sorted(found & self._rewriting), sorted(found - self._rewriting)


class Verdict(NamedTuple):
    """The verdict on one process: its rewritten command line, the ``rule`` that decides (None:
    none does) and its ``place``, which processes that rule ignores ("self", "subtree",
    "children"), and the mode of its line."""

    cmdline: str
    place: int
    rule: Optional[Rule]
    ignores: Optional[str] = None
    mode: str = EXACT

    def is_(self, action: str) -> bool:
        """Whether a rule with this action decided."""
        return self.rule is not None and self.rule.action == action

    def mode_of(self, noted: str) -> str:
        """The mode of a line of a baseline, of which that notes a mode of its own."""
        return noted if self.mode == EXACT else self.mode


_MODES = {"at_least_one": AT_LEAST, "optional": OPTIONAL}


def verdict(cmdline: str, place: int, rule: Rule) -> Verdict:
    """The Verdict of a deciding rule on a command line."""
    ignores = str(rule.argument) if rule.action == "ignore" else None
    return Verdict(cmdline, place, rule, ignores, _MODES.get(rule.action, EXACT))


class _Rules(NamedTuple):
    rows: Tuple[Rule, ...] = ()
    arguments: bool = True


class Rules(_Rules):
    """Rules in the order in which they apply.  With ``arguments=False`` only the program of each
    command line remains, after all rules."""

    def normalise(self, subject: Subject) -> str:
        """The command line, rewritten by every rewriting rule that matches, and less pids."""
        steps = list(self.rewritten(subject))
        cmdline = steps[-1][1] if steps else subject.cmdline
        return without_pids(cmdline, subject.pids) if subject.pids else cmdline

    def rewritten(self, subject: Subject) -> Iterator[Tuple[Rule, str]]:
        """Each rule that changes the command line, and the command line after it."""
        step = self._next(subject, -1)
        while step is not None:
            place, text = step
            yield self.rows[place], text
            subject = subject._replace(cmdline=text)
            step = self._next(subject, place)

    def _next(self, subject: Subject, done: int) -> Optional[Tuple[int, str]]:
        rewriting, _ = self._index.places(subject.cmdline)
        for place in rewriting:
            rule = self.rows[place]
            if place > done and rule.applies(subject):
                text = escape(REWRITE[rule.action](subject.cmdline, rule.argument)).strip(" ")
                if text and text != subject.cmdline:
                    return place, text
        return None

    def decide(self, subject: Subject) -> Verdict:
        """The verdict of the first deciding rule that matches a command line, which is already
        rewritten.  One that ignores the children of a process leaves it to the next whether the
        process itself is optional: sshd, which a socket starts, is."""
        cmdline, places = self.visible(subject.cmdline), self._deciding(subject)
        place = next(places, len(self.rows))
        if place == len(self.rows):
            return Verdict(cmdline, place, None)
        found = verdict(cmdline, place, self.rows[place])
        if found.ignores != "children":
            return found
        then = next(places, place)
        return found._replace(mode=OPTIONAL) if self.rows[then].action == "optional" else found

    def _deciding(self, subject: Subject) -> Iterator[int]:
        """The places of the deciding rules that match."""
        _, deciding = self._index.places(subject.cmdline)
        return (place for place in deciding if self.rows[place].applies(subject))

    def visible(self, cmdline: str) -> str:
        """The part of a command line that may be shown."""
        return cmdline if self.arguments else program_of(cmdline)

    def judge(self, subject: Subject) -> Verdict:
        """Rewrite the command line, then decide."""
        return self.decide(subject._replace(cmdline=self.normalise(subject)))

    def mark(self, tree: Tree) -> Tree:
        """A baseline's tree, each line with the mode that the rules give it."""
        mode = lru_cache(None)(self._mode)
        return tuple(
            line
            if (line.depth < 2 and line.is_frame) or line.mode == mode(*line[1:3], line.mode)
            else line._replace(mode=mode(*line[1:3], line.mode))
            for line in tree
        )

    def _mode(self, cmdline: str, user: str, noted: str) -> str:
        _, deciding = self._index.places(cmdline)
        if self._giving_modes.isdisjoint(deciding):
            return noted
        return self.decide(Subject(cmdline, user)).mode_of(noted)

    @cached_property
    def _giving_modes(self) -> FrozenSet[int]:
        """The places of rules that may give a line of a baseline its mode.  Such a line has
        neither a name nor a unit nor a kind."""
        return frozenset(
            place
            for place, rule in enumerate(self.rows)
            if rule.action in _MODES and rule.name is rule.unit is rule.kind is None
        )

    @cached_property
    def _index(self) -> Index:
        return Index(enumerate(self.rows))

    @cached_property
    def _keeping(self) -> Tuple[Tuple[int, Rule], ...]:
        return tuple(each for each in enumerate(self.rows) if each[1].action == "keep")

    @property
    def rescuer(self) -> int:
        """The place of the first ``keep`` (none: behind all rules).  An ``ignore`` that stands
        before it is final."""
        return self._keeping[0][0] if self._keeping else len(self.rows)

    def is_kept(self, subject: Subject, covered: int) -> bool:
        """Whether a ``keep`` rescues what an ancestor's rule at the place ``covered`` ignores.
        What becomes of it then is a matter of its own rules, which may stand before that."""
        subject = subject._replace(cmdline=self.normalise(subject))
        return any(place < covered and rule.applies(subject) for place, rule in self._keeping)

    @property
    def digest(self) -> str:
        """Eight hex digits that change when the rules do (their reasons aside)."""
        rows = [rule.meaning for rule in self.rows]
        return hex_digest(repr((rows, self.arguments)).encode())[:8]
