"""Why a process is shown as it is, or not at all: each rule that touched it, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

from ..aliases import signature, stands_for
from ..line import command_line, escape, escape_user
from ..model import (
    AT_LEAST,
    EXPECTED,
    EXTRA,
    IGNORED,
    MISSING,
    OPTIONAL,
    SHOWN,
    YOUNG,
    Comparison,
    Daemon,
    Key,
    Line,
    Process,
    Tree,
)
from ..orphans import is_orphan, programs_of
from .apply import Fate, decider, fates
from .facts import Facts
from .kind import kind_and_why
from .rule import Rule, Subject, program_of
from .ruleset import Rules, Verdict
from .verdicts import Judge

_COMM_LENGTH = 15


class _Step(NamedTuple):
    line: Line
    fate: Fate
    standing: str


_Path = List[_Step]


class Outcome(NamedTuple):
    """A verdict (EXPECTED, EXTRA, …), and the reason for it."""

    verdict: str
    why: str


class Explanation(NamedTuple):
    """A command line ``before`` the rules and ``after`` them.  ``line`` is its line in the tree
    (None: it was only asked about).  ``steps`` are the rules that rewrote it, ``rule`` the one
    that decided, if any did.  ``hooks`` names psdiff's own configuration if it took part.
    ``kind`` is the kind of the process, and why; empty if nothing tells it.  ``missing`` is the
    daemon that lacks it."""

    line: Optional[Line]
    user: str
    before: str
    steps: Tuple[Rule, ...]
    after: str
    rule: Optional[Rule]
    hooks: str
    outcome: Outcome
    kind: str = ""
    missing: Optional[Daemon] = None

    @property
    def rules(self) -> Tuple[Rule, ...]:
        """All rules that touched it, in order."""
        return (*self.steps, self.rule) if self.rule else self.steps


@dataclass(frozen=True)
class Explainer:
    """One look at the host: the ``tree`` as it was read, the ``current`` tree under the rules, and
    its comparison with the baseline, or the ``problem`` that prevents it.  ``min_age`` is in
    seconds; ``hooks`` names psdiff's own configuration, if it is used."""

    rules: Rules
    facts: Facts
    tree: Tree
    current: Tree
    comparison: Optional[Comparison]
    problem: str
    min_age: float
    hooks: str

    def everything(self) -> Iterator[Explanation]:
        """Each process of the tree, in the order of the tree."""
        judge = Judge(self.rules, self.facts, self.tree)
        path: _Path = []
        for line, fate in fates(self.tree, self.rules, self.facts):
            while path and path[-1].line.depth >= line.depth:
                path.pop()
            parent, above = (path[-1].line, path[-1].standing) if path else (None, "")
            path.append(_Step(line, fate, judge.standing(line, parent, above)))
            if line.processes:
                yield self._process(path, judge)

    def left_out(self, process: Process, ours: bool) -> Explanation:
        """A process that is in no tree: a kernel thread, a zombie, or psdiff-zbx itself."""
        ended = "it has ended, and its parent has not asked how"
        why = "psdiff-zbx itself" if ours else "a kernel thread" if process.kthread else ended
        before, user = self.rules.visible(command_line(process)), escape_user(process.user)
        line = Line(0, before, user, (process,))
        return Explanation(line, user, before, (), before, None, "", Outcome(IGNORED, why))

    def command(self, user: str, cmdline: str) -> Explanation:
        """A command line, whether it runs or not, as a child of pid 1 in no cgroup."""
        before = escape(cmdline).strip(" ")
        comm = program_of(before).rpartition("/")[2][:_COMM_LENGTH]  # the kernel's comm
        subject = Subject(before, escape_user(user), comm)
        verdict = self.rules.judge(subject)
        daemon = self.daemon((subject.user, verdict.cmdline))
        return Explanation(
            line=None,
            user=subject.user,
            before=self.rules.visible(before),
            steps=tuple(rule for rule, _ in self.rules.rewritten(subject)),
            after=verdict.cmdline,
            rule=verdict.rule,
            hooks="",
            outcome=self._asked(daemon, verdict),
            missing=daemon if daemon and daemon.is_missing else None,
        )

    def _process(self, path: _Path, judge: Judge) -> Explanation:
        line, fate, standing = path[-1]
        before = command_line(line.processes[0])
        subject = judge.subject(line, standing)
        steps = () if line.is_frame else tuple(self.rules.rewritten(subject))
        ruled = self.rules.visible(
            line.cmdline if line.is_frame else self.rules.normalise(subject)
        )
        found = self._found.get(line.processes[0].pid)
        after = found.cmdline if found else ruled
        hooked = self.hooks and (after != ruled or fate.shown != (found is not None))
        rule, above = self._decider(path)
        return Explanation(
            line=line,
            user=line.user,
            before=self.rules.visible(before),
            steps=tuple(rule for rule, _ in steps),
            after=after,
            rule=rule,
            hooks=self.hooks if hooked else "",
            outcome=self._outcome(line._replace(cmdline=ruled), found, rule, above),
            kind="" if line.is_frame else kind_and_why(subject),
        )

    def _decider(self, path: _Path) -> Tuple[Optional[Rule], Optional[Line]]:
        """The rule that decided about the last line of the path, and the ancestor by which it did,
        or None."""
        line, fate, _ = path[-1]
        rule = decider(fate, self.rules)
        if fate.shown or fate.covered is None:
            return rule, None
        places = ((each, step.verdict.place) for each, step, _ in path if step.verdict)
        above = next(each for each, place in places if place == fate.covered)
        return rule, None if above is line else above

    def _outcome(
        self, line: Line, found: Optional[Line], rule: Optional[Rule], above: Optional[Line]
    ) -> Outcome:
        if line.is_frame:
            return Outcome(SHOWN, "pid 1 is INIT on every host")
        if found is not None:
            if is_orphan(line, self._gone):
                return Outcome(IGNORED, "a worker that outlives its daemon, which is missing")
            return self._compared(self.daemon(found.key), line.processes[0].pid in self._extra)
        why = _reason(rule) if rule else f"by psdiff's hooks in {self.hooks}"
        if above is not None:
            name = f"{above.processes[0].pid} {self.rules.visible(above.cmdline)}"
            why = f"below {name}: {why}"
        daemon = None if rule and rule.containers else self.daemon(line.key)
        if daemon:
            return Outcome(EXPECTED, f"{_number(daemon)}, so it is not ignored ({why})")
        return Outcome(IGNORED, why)

    def _asked(self, daemon: Optional[Daemon], verdict: Verdict) -> Outcome:
        if daemon and daemon.is_missing:
            return Outcome(MISSING, _number(daemon))
        if verdict.ignores in ("subtree", "self") and not daemon:
            return Outcome(IGNORED, _reason(verdict.rule))
        return self._compared(daemon, is_extra=daemon is None)

    def _compared(self, daemon: Optional[Daemon], is_extra: bool) -> Outcome:
        if self.comparison is None:
            return Outcome(SHOWN, f"but it cannot be compared: {self.problem}")
        if is_extra:
            return Outcome(EXTRA, _number(daemon) if daemon else "not in the baseline")
        if daemon:
            return Outcome(EXPECTED, _number(daemon))
        return Outcome(YOUNG, f"not in the baseline, but not yet {self.min_age:g} s old")

    def daemon(self, key: Key) -> Optional[Daemon]:
        """The daemon of the baseline that a key is, if it is any."""
        user, cmdline = key
        alike = self._daemons.get(cmdline, [])
        exact = [each for each in alike if each.user == user]
        found = (each for each in exact or alike if stands_for(each.user, user))
        return next(found, self._by_signature.get(signature(key)))

    @cached_property
    def _found(self) -> Mapping[int, Line]:
        return {process.pid: line for line in self.current for process in line.processes}

    @cached_property
    def _daemons(self) -> Mapping[str, List[Daemon]]:
        """The daemons of the baseline, by command line."""
        found: Dict[str, List[Daemon]] = {}
        for daemon in self.comparison.daemons if self.comparison else ():
            found.setdefault(daemon.cmdline, []).append(daemon)
        return found

    @cached_property
    def _by_signature(self) -> Mapping[Tuple[str, ...], Daemon]:
        daemons = self.comparison.daemons if self.comparison else ()
        return {signature((each.user, each.cmdline)): each for each in daemons}

    @cached_property
    def _gone(self) -> Set[str]:
        return programs_of(self.comparison.missing if self.comparison else ())

    @cached_property
    def _extra(self) -> Set[int]:
        lines = self.comparison.extra if self.comparison else ()
        return {process.pid for line in lines for process in line.processes}


def _reason(rule: Optional[Rule]) -> str:
    return rule.reason if rule and rule.reason else "a rule says so"


def _number(daemon: Daemon) -> str:
    roles = f", by {escape(' and '.join(daemon.roles))}" if daemon.roles else ""
    if daemon.mode == OPTIONAL:
        return f"it may run or not{roles}, {daemon.running} running ({daemon.id})"
    least = "at least " if daemon.mode == AT_LEAST else ""
    return f"{least}{daemon.expected} expected{roles}, {daemon.running} running ({daemon.id})"
