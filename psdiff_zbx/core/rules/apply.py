"""Apply rules to a tree.

In: a tree and rules.  Out: the tree under the rules, or the fate of each line.  Nothing is
remembered except in the caller's ``known``.
"""

from __future__ import annotations

from typing import Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ..cache import Cache
from ..merged_usr import finder
from ..model import (
    CONTAINER,
    DAEMON,
    IGNORED_KINDS,
    WORKER,
    Filtered,
    Key,
    Line,
    Tree,
)
from ..tree import arrange
from .facts import RECORDED, Facts
from .rule import Rule
from .ruleset import Rules, Verdict
from .verdicts import Judge


class Fate(NamedTuple):
    """What becomes of a line.  ``verdict`` is None for the frame, and if an ancestor's rule has
    already decided.  ``covered`` is the place of the rule that ignores what is below the line, or
    None.  ``depth`` is the new depth of the line, or its parent's if the line is not shown.
    ``standing``: see Subject.  ``kind`` is that as which it is ignored, or what is below it."""

    shown: bool
    depth: int
    verdict: Optional[Verdict]
    covered: Optional[int]
    standing: str = ""
    kind: str = ""


def apply(tree: Tree, rules: Rules, facts: Facts = RECORDED) -> Tree:
    """The tree under the rules, in order.  To apply them again changes nothing."""
    return arrange(filter_tree(tree, rules, facts).tree)


def filter_tree(
    tree: Tree, rules: Rules, facts: Facts = RECORDED, known: Optional[Cache] = None
) -> Filtered:
    """The tree under the rules; siblings keep the order of ``tree``.  ``known``: see Judge."""
    if known is not None:
        known.turn()
    lines, kinds = [], dict.fromkeys(IGNORED_KINDS, 0)
    for line, fate in fates(tree, rules, facts, known):
        if fate.shown:
            lines.append(_under(line, fate))
        else:
            kinds[fate.kind] += 1
    return Filtered(tuple(lines), kinds)


def normalised(baseline: Tree, rules: Rules) -> Tree:
    """The lines of a baseline as the rules write them, in order.  None is left out: what somebody
    expects is never ignored."""
    return arrange(_normal_lines(baseline, rules))


def normal_keys(baseline: Tree, rules: Rules) -> List[Key]:
    """The daemon of each line of a baseline as the rules write it."""
    return [line.key for line in _normal_lines(baseline, rules)]


def _normal_lines(baseline: Tree, rules: Rules) -> Iterator[Line]:
    judge = Judge(rules, RECORDED, baseline)
    for line in baseline:
        verdict = judge(line)
        is_frame = line.depth < 2 and line.is_frame
        mode = verdict.mode_of(line.mode)
        yield line if is_frame else line._replace(cmdline=verdict.cmdline, mode=mode)


def ignored(
    tree: Tree,
    rules: Rules,
    facts: Facts,
    wanted: Mapping[Key, int],
    known: Optional[Cache] = None,
) -> Tree:
    """What the rules leave out although it is ``wanted``: so many lines of each key at most, all
    of depth 1, named as they are wanted.  Rules ignore what nobody expects.  But cron in a
    container is never the host's own, however alike they look."""
    judge, find = Judge(rules, facts, tree, known), finder(wanted, facts.apart)
    left, found = dict(wanted), []
    for line, fate in fates(tree, rules, facts, known):
        if not fate.shown and not _is_contained(fate, rules):
            verdict = fate.verdict or judge(line, fate.standing)
            key = find((line.user, verdict.cmdline))
            if key and left[key] > 0:
                left[key] -= 1
                found.append(Line(1, key[1], key[0], line.processes))
    return tuple(found)


def _is_contained(fate: Fate, rules: Rules) -> bool:
    """Whether a line is left out because it runs in a container."""
    rule = decider(fate, rules)
    return rule is not None and rule.containers is not None


def decider(fate: Fate, rules: Rules) -> Optional[Rule]:
    """The rule that decided about a line: its own, or the one by which an ancestor ignores it."""
    if fate.covered is not None and not fate.shown:
        return rules.rows[fate.covered]
    return fate.verdict.rule if fate.verdict else None


def _under(line: Line, fate: Fate) -> Line:
    verdict = fate.verdict
    if verdict is None:
        return line if line.depth == fate.depth else line._replace(depth=fate.depth)
    before, cmdline, user, processes, mode = line
    if before == fate.depth and cmdline == verdict.cmdline and mode == verdict.mode:
        return line
    return Line(fate.depth, verdict.cmdline, user, processes, verdict.mode)


def fates(
    tree: Tree, rules: Rules, facts: Facts, known: Optional[Cache] = None
) -> Iterator[Tuple[Line, Fate]]:
    """Each line of a tree, and what becomes of it."""
    judge = Judge(rules, facts, tree, known)
    above: List[Tuple[int, Optional[Line], Fate]] = [(-1, None, Fate(True, -1, None, None))]
    for line in tree:
        depth = line.depth
        while above[-1][0] >= depth:
            above.pop()
        _, parent, fate = above[-1]
        fate = _fate(line, parent, fate, judge)
        above.append((depth, line, fate))
        yield line, fate


def _fate(line: Line, parent: Optional[Line], above: Fate, judge: Judge) -> Fate:
    """The fate of one line.  The children of an ignored line move up."""
    _, depth, _, covered, standing, kind = above
    if line.depth < 2 and line.is_frame:
        return Fate(True, depth + 1, None, None)
    if covered is not None and judge.rules.rescuer > covered:
        return Fate(False, depth, None, covered, "", kind)
    standing = judge.standing(line, parent, standing)
    verdict = judge(line, standing)
    if covered is not None and judge.is_kept(line, standing, covered):
        covered = None
    if covered is None and verdict.ignores is None:
        return Fate(True, depth + 1, verdict, None, standing)
    if covered is None and verdict.rule:
        kind = _ignored_as(verdict.rule, standing)
    shown, covered = settle(verdict, covered)
    return Fate(shown, depth + shown, verdict, covered, standing, kind)


def _ignored_as(rule: Rule, standing: str) -> str:
    """One of IGNORED_KINDS.  What is below an ignored process is ignored as that; what a daemon
    has started, as a worker."""
    if rule.containers:
        return CONTAINER
    if rule.argument == "children":
        return WORKER
    return standing or (rule.kind[0] if rule.kind else DAEMON)


def settle(verdict: Verdict, covered: Optional[int]) -> Tuple[bool, Optional[int]]:
    """Whether a process is shown, and the place of the rule that ignores what is below it, or
    None.

    ``covered`` is the place of the rule by which an ancestor ignores this process, or None.
    ``keep`` rescues the process if it stands before that rule.
    """
    if covered is not None and not (verdict.is_("keep") and verdict.place < covered):
        return False, covered
    if verdict.ignores is None:
        return True, None
    below = None if verdict.ignores == "self" else verdict.place
    return verdict.ignores == "children", below
