"""Rules: rows of condition, action and reason, and what they make of a tree.

A rule either rewrites a command line (``cut``, ``replace``, …: all that match apply, in
order) or decides about the process (``ignore``, ``at_least_one``, ``keep``: the first that
matches wins).  Nothing is remembered from one tree to the next.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Tuple

from .line import command_line, escape
from .model import Line, Tree
from .rule import REWRITE, Argument, Rule, Subject, program
from .tree import arrange


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
        for rule in self.rows:
            if rule.rewrites and rule.applies(subject):
                text = escape(REWRITE[rule.action](subject.cmdline, rule.argument)).strip(" ")
                subject = subject._replace(cmdline=text or subject.cmdline)
        return subject.cmdline

    def decide(self, subject: Subject) -> Verdict:
        """The first deciding rule that matches the (rewritten) command line."""
        cmdline = self.shown(subject.cmdline)
        for place, rule in enumerate(self.rows):
            if not rule.rewrites and rule.applies(subject):
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

    @property
    def needs_cgroups(self) -> bool:
        return any(rule.cgroup is not None for rule in self.rows)

    @property
    def digest(self) -> str:
        """Eight hex digits that change when the rules do (their reasons aside)."""
        rows = [rule.meaning for rule in self.rows]
        return hashlib.sha256(repr((rows, self.arguments)).encode()).hexdigest()[:8]


def subject_of(line: Line) -> Subject:
    """A line as the rules first see it: as its process was read, or as the baseline has it."""
    if not line.processes:
        return Subject(line.cmdline, line.user)
    process = line.processes[0]
    return Subject(command_line(process), line.user, escape(process.name), process.cgroup)


class _Above(NamedTuple):
    """A line that may have descendants: where it stood, where they go, and the place of the
    rule that ignores them, if any."""

    depth: int
    new: int
    covered: Optional[int]


def apply(tree: Tree, rules: Rules) -> Tree:
    """The tree under the rules, in order.  Applying them twice is applying them once."""
    known: Dict[Subject, Verdict] = {}
    kept: List[Line] = []
    stack = [_Above(-1, -1, None)]
    for line in tree:
        while stack[-1].depth >= line.depth:
            stack.pop()
        subject = subject_of(line)
        verdict = known.get(subject)
        if verdict is None:
            verdict = known[subject] = rules.judge(subject)
        here = _place(line, verdict, stack[-1])
        if here.new > stack[-1].new:
            kept.append(_under(line, verdict, here.new))
        stack.append(here)
    return arrange(kept)


def _under(line: Line, verdict: Verdict, depth: int) -> Line:
    if line.is_frame:
        return line._replace(depth=depth)
    varies = verdict.is_("at_least_one")
    return line._replace(depth=depth, cmdline=verdict.cmdline, varies=varies)


def _place(line: Line, verdict: Verdict, above: _Above) -> _Above:
    """Where a line and its descendants go; a line that is ignored goes no deeper than its
    parent."""
    shown, covered = (True, None) if line.is_frame else judged(verdict, above.covered)
    return _Above(line.depth, above.new + shown, covered)


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
