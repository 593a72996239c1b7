"""All that a watch has found.

In: a watch.  Out: how many lines were stable, and a finding for each that was not.
"""

from __future__ import annotations

from typing import List, NamedTuple, Sequence, Set, Tuple

from ..model import Key
from .candidates import decision
from .families import families
from .proposals import Finding, Proposer
from .trial import Evidence
from .watch import Watch

_SEVERAL = 3
"""From how many on the lines below one are its own business."""


class Report(NamedTuple):
    """What came of ``samples``, taken over some ``seconds`` (0: not known): how many lines were
    ``stable``, how many came and went too briefly to be told, findings, and users who started
    more than could be watched."""

    samples: int
    seconds: float
    stable: int
    brief: int
    findings: Tuple[Finding, ...]
    crowded: Tuple[str, ...] = ()

    @property
    def proposals(self) -> List[Finding]:
        """The findings that come with rules."""
        return [found for found in self.findings if found.rules]


def report(watch: Watch, patience: float) -> Report:
    """The report on a watch.  What is gone for less than ``patience`` seconds is not told."""
    evidence = Evidence(tuple(watch.groups), watch.end, patience)
    proposer = Proposer(evidence, watch.arguments)
    found: List[Finding] = []
    for group in watch.groups:
        restless = [key for key in group.lines if not _is_steady(evidence, key)]
        for family in families(group.lines, restless):
            found += proposer.findings(family)
    told = {key for finding in found for key in finding.keys}
    steady = sum(_is_steady(evidence, key) for key in evidence.lines)
    brief = watch.brief + len(evidence.lines) - steady - len(told)
    found = _children(_subtrees(found, evidence), evidence, watch.arguments)
    seconds = watch.end - watch.began
    return Report(watch.samples, seconds, steady, brief, tuple(found), tuple(watch.crowded))


def _is_steady(evidence: Evidence, key: Key) -> bool:
    found = evidence.courses.get(key)
    return found is not None and found.steady


def _subtrees(found: Sequence[Finding], evidence: Evidence) -> List[Finding]:
    """What stands only below lines that come and go is left out together with them."""
    parents = frozenset().union(*(each.parents for each in found))
    kept = list(found)
    for top in [each for each in found if _comes_and_goes(each) and not each.merges]:
        below = [] if parents.isdisjoint(top.keys) else _below(top, kept)
        if top in kept and below and not _is_above_steady(set(top.keys), evidence):
            *rows, last = top.rules
            rule = last._replace(action="ignore", argument="subtree")
            others = tuple(key for each in below for key in each.keys)
            covering = top._replace(rules=(*rows, rule), others=others)
            kept = [covering if each is top else each for each in kept if each not in below]
    return kept


def _below(top: Finding, found: Sequence[Finding]) -> List[Finding]:
    """The findings all of whose lines stand below this one's, or below each other."""
    above, below = set(top.keys), [each for each in found if each is not top]
    chosen: List[Finding] = []
    while True:
        more = [each for each in below if each not in chosen and each.parents <= above]
        if not more:
            return chosen
        chosen += more
        above.update(key for each in more for key in each.keys)


def _comes_and_goes(finding: Finding) -> bool:
    return bool(finding.rules) and finding.rules[-1].action == "optional"


def _is_above_steady(keys: Set[Key], evidence: Evidence) -> bool:
    """Whether a line that never came or went stood anywhere below these."""
    lines, above, level = evidence.lines.items(), set(keys), set(keys)
    while level:
        level = {key for key, seen in lines if not level.isdisjoint(seen.parents)} - above
        if any(_is_steady(evidence, key) for key in level):
            return True
        above |= level
    return False


def _children(found: List[Finding], evidence: Evidence, whole: bool) -> List[Finding]:
    """Where several lines come and go below one that stays, and none stays, that one's children
    are left out."""
    for parent in dict.fromkeys(key for each in found for key in each.parents):
        below = [each for each in found if each.parents == {parent} and _goes(each)]
        if len(below) < _SEVERAL or not _is_steady(evidence, parent):
            continue
        if _is_above_steady({parent}, evidence):
            continue
        rule = decision(parent[0], [parent[1]], "ignore", "children", whole)
        if rule is not None:
            found = [each for each in found if each not in below]
            found.append(_one(parent, below, evidence)._replace(rules=(rule,)))
    return found


def _goes(finding: Finding) -> bool:
    return bool(finding.rules) and finding.rules[-1].action in ("optional", "ignore")


def _one(parent: Key, below: Sequence[Finding], evidence: Evidence) -> Finding:
    keys = tuple(key for each in below for key in each.keys)
    return Finding(
        keys,
        sum(each.came for each in below),
        sum(each.went for each in below),
        min(each.least for each in below),
        max(each.most for each in below),
        shown=(parent,),
        parents=frozenset(evidence.lines[parent].parents),
        others=tuple(key for each in below for key in each.others),
    )
