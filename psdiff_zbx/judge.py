"""The verdicts on the lines of one tree."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Optional, Tuple, Union

from .cgroup import CgroupOf, relative
from .line import command_line, escape
from .model import Line, Tree
from .rule import UNREAD, CgroupNeededError, Rule, Subject
from .ruleset import Rules, Verdict

GONE = Rule("", 0, "ignore", "self", "it has ended meanwhile")


def subject_of(line: Line) -> Subject:
    """A line as the rules first see it: as its process was read, or as the baseline has it."""
    if not line.processes:
        return Subject(line.cmdline, line.user)
    process = line.processes[0]
    return Subject(command_line(process), line.user, escape(process.name), UNREAD)


class Pending(NamedTuple):
    """A subject, as far as it is rewritten, and what to ask once its cgroup is known."""

    subject: Subject
    ask: Callable[[Subject], Verdict]


class Judge:
    """What the rules make of the lines of one tree.  A process' cgroup is read only if a
    rule asks for it."""

    def __init__(self, rules: Rules, cgroup_of: CgroupOf, tree: Tree) -> None:
        self.rules = rules
        self.cgroup_of = relative(cgroup_of, tree)
        self.first: Dict[Subject, Union[Verdict, Pending]] = {}
        self.second: Dict[Tuple[Subject, str], Verdict] = {}

    def __call__(self, line: Line) -> Verdict:
        subject = subject_of(line)
        found = self.first.get(subject)
        if found is None:
            found = self.first[subject] = self._ask(subject)
        if isinstance(found, Verdict):
            return found
        cgroup = self.cgroup_of(line.processes[0])
        return self._ask_again(subject, found, cgroup)

    def subject(self, line: Line) -> Subject:
        """What all the rules can look at, with the cgroup."""
        cgroup = self.cgroup_of(line.processes[0]) if line.processes else None
        return subject_of(line)._replace(cgroup=escape(cgroup or ""))

    def _ask(self, subject: Subject) -> Union[Verdict, Pending]:
        pending = Pending(subject, self.rules.judge)
        try:
            cmdline = self.rules.normalise(subject)
            pending = Pending(subject._replace(cmdline=cmdline), self.rules.decide)
            return pending.ask(pending.subject)
        except CgroupNeededError:
            return pending

    def _ask_again(self, subject: Subject, pending: Pending, cgroup: Optional[str]) -> Verdict:
        if cgroup is None:
            return Verdict(subject.cmdline, -1, GONE)
        key = (subject, cgroup)
        if key not in self.second:
            self.second[key] = pending.ask(pending.subject._replace(cgroup=escape(cgroup)))
        return self.second[key]
