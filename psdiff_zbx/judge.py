"""The verdicts on the lines of one tree."""

from __future__ import annotations

from typing import Callable, Hashable, NamedTuple, Optional, Union

from .cgroup import CgroupOf, relative
from .line import command_line, escape
from .model import Line, Process, Tree
from .rule import UNREAD, CgroupNeededError, Rule, Subject
from .ruleset import Rules, Verdict, verdict

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
        self.known = rules.known
        self.known.turn()

    def __call__(self, line: Line) -> Verdict:
        _, cmdline, user, processes, _ = line
        process = processes[0] if processes else None
        key = (process.cmdline, process.name, user) if process else (cmdline, user)
        found: Union[Verdict, Pending] = self.known.get(key)
        if found is None:
            found = self.known.put(key, self._ask(subject_of(line)))
        if isinstance(found, Pending) and process is not None:
            return self._ask_again(found, process, key)
        assert isinstance(found, Verdict)  # a baseline's line is in no cgroup
        return found

    def _ask_again(self, pending: Pending, process: Process, key: Hashable) -> Verdict:
        cgroup = self.cgroup_of(process)
        found: Optional[Verdict] = self.known.get((key, cgroup))
        return found or self.known.put((key, cgroup), _answer(pending, cgroup))

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


def _answer(pending: Pending, cgroup: Optional[str]) -> Verdict:
    if cgroup is None:
        return verdict(pending.subject.cmdline, -1, GONE)
    return pending.ask(pending.subject._replace(cgroup=escape(cgroup)))
