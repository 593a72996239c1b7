"""The verdicts on the lines of one tree."""

from __future__ import annotations

from typing import Hashable, Optional

from ..cache import Cache
from ..line import command_line, escape
from ..model import Line, Process, Tree
from .cgroup import CgroupOf, init_of, relative
from .rule import UNREAD, CgroupNeededError, Rule, Subject
from .ruleset import Rules, Verdict, verdict

GONE = Rule("", 0, "ignore", "self", "it has ended meanwhile")


def subject_of(line: Line) -> Subject:
    """A line as rules first see it: as its process was read, or as it stands in the baseline."""
    if not line.processes:
        return Subject(line.cmdline, line.user)
    process = line.processes[0]
    return Subject(command_line(process), line.user, escape(process.name), UNREAD)


class Judge:
    """Judges the lines of one tree by the rules.  The cgroup of a process is read only if a rule
    asks for it.  ``known`` holds the verdicts on the last tree."""

    def __init__(
        self, rules: Rules, cgroup_of: CgroupOf, tree: Tree, known: Optional[Cache] = None
    ) -> None:
        init = init_of(tree)
        self.rules = rules
        self.cgroup_of = relative(cgroup_of, init)
        self.top = init.cgroup if init else None
        self.known = known or Cache()
        self.known.turn()

    def __call__(self, line: Line) -> Verdict:
        """The verdict on a line of the tree."""
        _, cmdline, user, processes, _ = line
        if not processes:
            return self._known((cmdline, user), Subject(cmdline, user))
        process = processes[0]
        key = (process.cmdline, process.name, user, process.cgroup, self.top)
        found: Optional[Verdict] = self.known.get(key)
        return found or self._judge(line, process, key)

    def _judge(self, line: Line, process: Process, key: Hashable) -> Verdict:
        if process.cgroup is not None:
            return self._known(key, self.subject(line))
        subject = subject_of(line)
        try:
            return self._known(key, subject)
        except CgroupNeededError:
            cgroup = self.cgroup_of(process)
        if cgroup is None:
            return verdict(subject.cmdline, -1, GONE)
        return self._known((key, cgroup), subject._replace(cgroup=escape(cgroup)))

    def _known(self, key: Hashable, subject: Subject) -> Verdict:
        found: Optional[Verdict] = self.known.get(key)
        return found or self.known.put(key, self.rules.judge(subject))

    def subject(self, line: Line) -> Subject:
        """The line with its cgroup, so that every rule can look at it."""
        cgroup = self.cgroup_of(line.processes[0]) if line.processes else None
        return subject_of(line)._replace(cgroup=escape(cgroup or ""))
