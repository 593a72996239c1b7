"""The verdicts on the lines of one tree."""

from __future__ import annotations

from functools import partial
from typing import Any, FrozenSet, Hashable, Optional, Tuple

from ..cache import Cache
from ..line import command_line, escape
from ..model import WORKER, Line, Process, Tree
from .cgroup import init_of, relative
from .facts import Facts
from .pids import Kin, candidates, is_title
from .rule import UNREAD, Rule, Subject, UnreadError
from .ruleset import Rules, Verdict, verdict
from .standing import Leaders, standing
from .vouching import Vouchers

GONE = Rule("", 0, "ignore", "self", "it has ended meanwhile")
Pids = Tuple[int, ...]
_SYSTEMD = "systemd"
_TOP = "/"  # of a process in no cgroup
_ASKS = "a rule asks for the cgroup, or who vouches"


class Judge:
    """Judges the lines of one tree by the rules.  The cgroup of a process, its unit and who
    vouches for it are found only if a rule asks for them.  ``known`` holds the verdicts on the
    last tree."""

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
        self._vouchers = Vouchers(tree, self._has_systemd, facts.is_live)
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
        own = (process.cmdline, process.name, user, process.cgroup, process.unit)
        key: Hashable = (own, standing, self._host)
        found: Any = self._known.get(key)
        pids: Pids = ()
        if found is None:
            numbers = candidates(process.cmdline)
            found = self._known.put(key, numbers) if numbers else None
        if found.__class__ is tuple:  # of numbers that are a pid today, perhaps
            pids = self._kin.among(found, process)
            key = (key, pids)
            found = self._known.get(key)
        if found is None:
            found = self._at_first_sight(line, key, standing, pids)
        return self._in_its_place(line, key, standing, pids) if found is _ASKS else found

    def _at_first_sight(self, line: Line, key: Hashable, standing: str, pids: Pids) -> Any:
        """The verdict, or _ASKS."""
        process = line.processes[0]
        place = UNREAD if process.cgroup is None else self._place(process)
        try:
            return self._remembered(key, self._subject(line, standing, place, pids, None))
        except UnreadError:
            return self._known.put(key, _ASKS)

    def _in_its_place(self, line: Line, key: Hashable, standing: str, pids: Pids) -> Verdict:
        """The verdict by all that rules can ask for."""
        process = line.processes[0]
        cgroup = self._cgroup_of(process)
        if cgroup is None:
            return verdict(command_line(process), -1, GONE)
        cgroup = escape(cgroup or _TOP)
        vouchers = self._vouchers.of(process, cgroup)
        full_key = (key, cgroup, vouchers)
        found: Optional[Verdict] = self._known.get(full_key)
        return found or self._remembered(
            full_key, self._subject(line, standing, cgroup, pids, vouchers)
        )

    def _remembered(self, key: Hashable, subject: Subject) -> Verdict:
        found: Optional[Verdict] = self._known.get(key)
        return found or self._known.put(key, self.rules.judge(subject))

    def is_kept(self, line: Line, standing: str, covered: int) -> bool:
        """Whether a line is kept though the rule at the place ``covered`` ignores an ancestor."""
        try:
            return self.rules.is_kept(self.subject(line, standing, UNREAD), covered)
        except UnreadError:
            return self.rules.is_kept(self.subject(line, standing), covered)

    def subject(self, line: Line, standing: str = "", cgroup: Optional[str] = None) -> Subject:
        """The line with its cgroup and who vouches for it, so that every rule can look at it;
        without, if the cgroup is UNREAD."""
        if not line.processes:
            return Subject(line.cmdline, line.user)
        process = line.processes[0]
        pids = self._kin.among(candidates(process.cmdline), process)
        place = cgroup or self._place(process)
        vouchers = None if cgroup else self._vouchers.of(process, place)
        return self._subject(line, standing, place, pids, vouchers)

    def _place(self, process: Process) -> str:
        return escape(self._cgroup_of(process) or _TOP)

    def _subject(
        self,
        line: Line,
        standing: str,
        cgroup: str,
        pids: Pids,
        vouchers: Optional[FrozenSet[str]],
    ) -> Subject:
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
            vouchers,
        )
