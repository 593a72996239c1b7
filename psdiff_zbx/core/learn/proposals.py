"""The narrowest rules that would make a family of lines quiet.

In: what was seen, and lines that may be variants of each other.  Out: findings.  A rule is tried
on what was seen before it is proposed, and one that would make one line of two that were there at
the same time is proposed last, with a note that says so.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from ..model import Key
from ..rules.rule import Rule
from .candidates import decision, rewrites
from .families import Family, are_linked, by_links
from .timeline import Course
from .trial import Evidence, Trial, tried

_OFTEN = 2
"""So often it had none: more than a restart."""


class Finding(NamedTuple):
    """Lines that came, went or changed, how often, and how many processes they had at least and at
    most.  ``rules`` would make them quiet (none: no rule should); ``shown`` are the lines that
    they leave; ``merges`` are lines that were there at the same time and would be one.  ``others``
    are lines that a rule covers as well, for they stand below."""

    keys: Family
    came: int
    went: int
    least: int
    most: int
    rules: Tuple[Rule, ...] = ()
    shown: Tuple[Key, ...] = ()
    merges: Tuple[Key, ...] = ()
    parents: FrozenSet[Key] = frozenset()
    others: Tuple[Key, ...] = ()

    @property
    def how_often(self) -> str:
        """How often it came, went or changed, in words."""
        parts = [f"{len(self.keys)} variants"] if len(self.keys) > 1 else []
        parts += [f"came {_times(self.came)}"] if self.came else []
        parts += [f"went {_times(self.went)}"] if self.went else []
        return ", ".join(parts) or f"{self.least} to {self.most} processes"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


class Proposer(NamedTuple):
    """Finds rules for families.  With ``whole=False`` lines show no arguments, but rules see
    them."""

    evidence: Evidence
    whole: bool = True

    def findings(self, family: Family) -> Iterator[Finding]:
        """One for the family; or one for each of its lines, where they have too little in
        common."""
        told = self._told(family)
        rewriting = self._rewriting(family, told)
        parts = by_links(self.evidence.lines, family)
        if rewriting and not rewriting[1].merges:
            yield self._rewritten(family, *rewriting)
        elif 1 < len(parts) < len(family):
            for part in parts:
                yield from self.findings(part)
        elif told:
            yield from self._single(family, told, rewriting)

    def _single(
        self, family: Family, told: List[Key], rewriting: Optional[Tuple[Rule, Trial]]
    ) -> Iterator[Finding]:
        """Where no rule could make one line of them without doing harm."""
        rule = self._decision(told, self.evidence.courses)
        stays = rewriting and not any(each.visits for each in rewriting[1].courses.values())
        if rule and not stays:
            yield self._finding(family, (rule,))
        elif rewriting:
            yield self._rewritten(family, *rewriting)
        elif len(family) > 1:
            for key in told:
                yield from self.findings((key,))
        else:
            yield self._finding(family)

    def _told(self, keys: Iterable[Key]) -> List[Key]:
        return [key for key in keys if self.evidence.courses[key].told]

    def _rewriting(self, family: Family, told: List[Key]) -> Optional[Tuple[Rule, Trial]]:
        """The narrowest rule that makes fewer lines told of, at best one that makes none one that
        were there at the same time."""
        lines, merging = self.evidence.lines, None
        if len(family) == 1 or not self.whole:
            return None
        texts = dict.fromkeys(text for key in family for text in (*lines[key].texts, key[1]))
        loose = are_linked(lines, family)
        for rule in rewrites(family[0][0], list(texts), loose):
            trial = tried(self.evidence, rule)
            left = sum(course.told for course in trial.courses.values())
            if left >= len(told) or not set(told) <= {*trial.names, *trial.courses}:
                continue
            if not trial.merges:
                return rule, trial
            merging = merging or (rule, trial)
        return merging

    def _rewritten(self, family: Family, rule: Rule, trial: Trial) -> Finding:
        """What is left of the family is one line mostly, which may come and go as well."""
        rows = [rule]
        for key, course in trial.courses.items():
            more = self._decision([key], trial.courses) if course.told else None
            rows += [more] if more else []
        found = self._finding(family, tuple(rows), tuple(trial.courses))
        return found._replace(merges=tuple(trial.merges))

    def _decision(self, told: List[Key], courses: Dict[Key, Course]) -> Optional[Rule]:
        """The rule that says how many of these lines there may be; none for what only once came,
        went, or was restarted, for that is what has to be told."""
        recurring = [key for key in told if courses[key].visits or courses[key].pauses >= _OFTEN]
        varying = [key for key in told if courses[key].varies]
        if not varying:
            return None
        action = "optional" if recurring else "at_least_one"
        rule = decision(told[0][0], [key[1] for key in told], action, whole=self.whole)
        if rule is None or any(
            self.evidence.courses[key].steady for key in self.evidence.touched(rule)
        ):
            return None
        return rule

    def _finding(
        self, family: Family, rules: Tuple[Rule, ...] = (), shown: Tuple[Key, ...] = ()
    ) -> Finding:
        courses = [self.evidence.courses[key] for key in family]
        parents = (self.evidence.lines[key].parents for key in family)
        return Finding(
            family,
            sum(course.came for course in courses),
            sum(course.went for course in courses),
            min(course.least for course in courses),
            max(course.most for course in courses),
            rules,
            shown or family,
            parents=frozenset().union(*parents),
        )
