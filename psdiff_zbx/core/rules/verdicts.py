"""The verdicts on the lines of one tree."""

from __future__ import annotations

from functools import partial
from typing import Any, Hashable, Iterator, Optional, Tuple

from ..cache import Cache
from ..line import command_line, escape
from ..model import WORKER, Line, Process, Tree
from .cgroup import init_of, relative
from .facts import Facts
from .pids import Kin, candidates, is_title
from .rule import UNREAD, CgroupNeededError, Rule, Subject
from .ruleset import Rules, Verdict, verdict
from .standing import Leaders, standing

GONE = Rule("", 0, "ignore", "self", "it has ended meanwhile")
Pids = Tuple[int, ...]
_SYSTEMD = "systemd"
_FIRST_USER = 1000  # UID_MIN of login.defs(5)
_TOP = "/"  # of a process in no cgroup


class Judge:
    """Judges the lines of one tree by the rules.  The cgroup of a process and its unit are read
    only if a rule asks for them.  ``known`` holds the verdicts on the last tree."""

    def __init__(
        self, rules: Rules, facts: Facts, tree: Tree, known: Optional[Cache] = None
    ) -> None:
        init = init_of(tree)
        self.rules = rules
        self._cgroup_of = relative(facts.cgroup_of, init)
        self._unit_of = facts.unit_of
        self._kin = Kin(tree)
        self._units = Leaders(tree)
        self._has_systemd = init is not None and init.name == _SYSTEMD
        self._knows_services = self._has_systemd or not facts.is_live
        self._vouching = set(_vouching(tree))
        self._host = (init.cgroup if init else None, facts.version)
        self._known = known or Cache()

    def standing(self, line: Line, parent: Optional[Line], above: str) -> str:
        """The standing of a line, below a parent with the standing ``above``."""
        if not line.processes:
            return ""
        process, above_it = line.processes[0], parent and parent.processes
        found = standing(process, above_it[0] if above_it else None, above, self._has_systemd)
        if not found and process.forked and process.ppid == 1 and self._units.is_led(process):
            return WORKER
        return found

    def __call__(self, line: Line, standing: str = "") -> Verdict:
        """The verdict on a line of the tree, which has this standing."""
        _, cmdline, user, processes, _ = line
        if not processes:
            return self._remembered((cmdline, user), Subject(cmdline, user))
        process = processes[0]
        key: Hashable = (
            *(process.cmdline, process.name, user, process.cgroup, process.unit),
            *(standing, process.ppid in self._vouching, self._host),
        )
        found: Any = self._known.get(key)
        pids: Pids = ()
        if found is None:
            numbers = candidates(process.cmdline)
            found = self._known.put(key, numbers) if numbers else None
        if found.__class__ is tuple:  # of numbers that are a pid today, perhaps
            pids = self._kin.among(found, process)
            key = (key, pids)
            found = self._known.get(key)
        return found or self._judge(line, key, standing, pids)

    def _judge(self, line: Line, key: Hashable, standing: str, pids: Pids) -> Verdict:
        process = line.processes[0]
        if process.cgroup is not None:
            return self._remembered(key, self._subject(line, standing, self._place(process), pids))
        subject = self._subject(line, standing, UNREAD, pids)
        try:
            return self._remembered(key, subject)
        except CgroupNeededError:
            cgroup = self._cgroup_of(process)
        if cgroup is None:
            return verdict(subject.cmdline, -1, GONE)
        return self._remembered((key, cgroup), subject._replace(cgroup=escape(cgroup or _TOP)))

    def _remembered(self, key: Hashable, subject: Subject) -> Verdict:
        found: Optional[Verdict] = self._known.get(key)
        return found or self._known.put(key, self.rules.judge(subject))

    def subject(self, line: Line, standing: str = "") -> Subject:
        """The line with its cgroup, so that every rule can look at it."""
        if not line.processes:
            return Subject(line.cmdline, line.user)
        process = line.processes[0]
        pids = self._kin.among(candidates(process.cmdline), process)
        return self._subject(line, standing, self._place(process), pids)

    def _place(self, process: Process) -> str:
        return escape(self._cgroup_of(process) or _TOP)

    def _subject(self, line: Line, standing: str, cgroup: str, pids: Pids) -> Subject:
        process = line.processes[0]
        return Subject(
            command_line(process),
            line.user,
            escape(process.name),
            cgroup,
            is_title(process.cmdline),
            standing,
            partial(self._unit_of, process),
            pids,
            process.ppid not in self._vouching,
            process.uid >= _FIRST_USER and not self._knows_services,
        )


def _vouching(tree: Tree) -> Iterator[int]:
    """The pids of all but INIT and systemd's other managers, to which orphans fall."""
    for _, _, _, processes, _ in tree:
        if processes and processes[0].pid != 1 and processes[0].name != _SYSTEMD:
            yield processes[0].pid
