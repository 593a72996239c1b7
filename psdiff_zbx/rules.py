"""What rules make of a tree.  Nothing is remembered from one tree to the next."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple

from .cgroup import CgroupOf, recorded
from .judge import Judge
from .model import Line, Tree
from .ruleset import Rules, Verdict
from .tree import arrange


class Fate(NamedTuple):
    """What becomes of a line.  ``verdict`` is None for the frame, and where an ancestor's
    rule has settled it; ``covered`` is the place of the rule that ignores what is below the
    line, if there is one; ``depth`` is where the line goes, or its parent if it is not shown."""

    shown: bool
    depth: int
    verdict: Optional[Verdict]
    covered: Optional[int]


def apply(tree: Tree, rules: Rules, cgroup_of: CgroupOf = recorded) -> Tree:
    """The tree under the rules, in order.  Applying them twice is applying them once."""
    return arrange(
        _under(line, fate) for line, fate in fates(tree, rules, cgroup_of) if fate.shown
    )


def _under(line: Line, fate: Fate) -> Line:
    verdict = fate.verdict
    if verdict is None:
        return line._replace(depth=fate.depth)
    varies = verdict.is_("at_least_one")
    return line._replace(depth=fate.depth, cmdline=verdict.cmdline, varies=varies)


def fates(tree: Tree, rules: Rules, cgroup_of: CgroupOf) -> Iterator[Tuple[Line, Fate]]:
    """Each line of a tree, and what becomes of it."""
    judge = Judge(rules, cgroup_of, tree)
    above: List[Tuple[int, Fate]] = [(-1, Fate(True, -1, None, None))]
    for line in tree:
        while above[-1][0] >= line.depth:
            above.pop()
        fate = _fate(line, above[-1][1], judge)
        above.append((line.depth, fate))
        yield line, fate


def _fate(line: Line, above: Fate, judge: Judge) -> Fate:
    """The children of a line that is ignored move up."""
    if line.is_frame:
        return Fate(True, above.depth + 1, None, None)
    if above.covered is not None and judge.rules.rescuer > above.covered:
        return Fate(False, above.depth, None, above.covered)
    verdict = judge(line)
    shown, covered = judged(verdict, above.covered)
    return Fate(shown, above.depth + shown, verdict, covered)


def judged(verdict: Verdict, covered: Optional[int]) -> Tuple[bool, Optional[int]]:
    """Whether a process is shown that stands below one which the rule at place ``covered``
    ignores (None: there is none), and which rule ignores what is below it.  ``keep`` rescues
    from an ancestor's rule that stands after it."""
    if covered is not None and not (verdict.is_("keep") and verdict.place < covered):
        return False, covered
    if verdict.is_("ignore", "subtree"):
        return False, verdict.place
    if verdict.is_("ignore", "children"):
        return True, verdict.place
    return not verdict.is_("ignore", "self"), None
