"""Apply rules to a tree.

In: a tree and rules.  Out: the tree under the rules, or the fate of each line.  Nothing is
remembered except in the caller's ``known``.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple

from ..cache import Cache
from ..model import Line, Tree
from ..tree import arrange
from .cgroup import CgroupOf, recorded
from .ruleset import Rules, Verdict
from .verdicts import Judge


class Fate(NamedTuple):
    """What becomes of a line.  ``verdict`` is None for the frame, and if an ancestor's rule has
    already decided.  ``covered`` is the place of the rule that ignores what is below the line, or
    None.  ``depth`` is the new depth of the line, or its parent's if the line is not shown."""

    shown: bool
    depth: int
    verdict: Optional[Verdict]
    covered: Optional[int]


def apply(tree: Tree, rules: Rules, cgroup_of: CgroupOf = recorded) -> Tree:
    """The tree under the rules, in order.  To apply them again changes nothing."""
    return arrange(filter_tree(tree, rules, cgroup_of))


def filter_tree(
    tree: Tree, rules: Rules, cgroup_of: CgroupOf = recorded, known: Optional[Cache] = None
) -> Tree:
    """The tree under the rules; siblings keep the order of ``tree``.  ``known``: see Judge."""
    found = fates(tree, rules, cgroup_of, known)
    return tuple(_under(line, fate) for line, fate in found if fate.shown)


def _under(line: Line, fate: Fate) -> Line:
    verdict = fate.verdict
    if verdict is None:
        return line if line.depth == fate.depth else line._replace(depth=fate.depth)
    before, cmdline, user, processes, varies = line
    if before == fate.depth and cmdline == verdict.cmdline and varies == verdict.varies:
        return line
    return Line(fate.depth, verdict.cmdline, user, processes, verdict.varies)


def fates(
    tree: Tree, rules: Rules, cgroup_of: CgroupOf, known: Optional[Cache] = None
) -> Iterator[Tuple[Line, Fate]]:
    """Each line of a tree, and what becomes of it."""
    judge = Judge(rules, cgroup_of, tree, known)
    above: List[Tuple[int, Fate]] = [(-1, Fate(True, -1, None, None))]
    for line in tree:
        depth = line.depth
        while above[-1][0] >= depth:
            above.pop()
        fate = _fate(line, above[-1][1], judge)
        above.append((depth, fate))
        yield line, fate


def _fate(line: Line, above: Fate, judge: Judge) -> Fate:
    """The fate of one line.  The children of an ignored line move up."""
    _, depth, _, covered = above
    if line.depth < 2 and line.is_frame:
        return Fate(True, depth + 1, None, None)
    if covered is not None and judge.rules.rescuer > covered:
        return Fate(False, depth, None, covered)
    verdict = judge(line)
    if covered is None and verdict.ignores is None:
        return Fate(True, depth + 1, verdict, None)
    shown, covered = settle(verdict, covered)
    return Fate(shown, depth + shown, verdict, covered)


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
