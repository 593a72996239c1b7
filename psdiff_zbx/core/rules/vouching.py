"""Who vouches for a process that it is what its name says.

Any user can give any name to a process of his own.  So rules that leave something out ask for what
he cannot make up: who runs it, who started it, in which unit, what hangs on it.

In: a tree.  Out: those of VOUCHERS that a process has.
"""

from __future__ import annotations

from functools import cached_property
from typing import Callable, Dict, FrozenSet, Mapping, Optional, Set, Tuple

from ..model import ROOT, Process, Tree
from .standing import login_of

_SYSTEMD = "systemd"
_FIRST_USER = 1000  # UID_MIN of login.defs(5)
_OF_USERS = "/user.slice/"
_RUN_FOR_USERS = tuple(
    f"/system.slice/{name}.service" for name in ("atd", "cron", "crond", "ssh", "sshd")
)
"""Services in whose cgroups a user's jobs, or his logins where PAM does not know systemd, stay."""

_RUNTIMES = frozenset(("conmon", "conmonrs", "containerd", "dockerd", "rootlesskit"))
"""Programs (comm) that hold a user's containers, or start them."""


class Vouchers:
    """The vouchers of the processes of one tree.  ``is_live``: it was read from the host, so that
    what it does not hold is not so; a recording may only lack it."""

    def __init__(self, tree: Tree, has_systemd: bool, is_live: bool) -> None:
        self._tree = tree
        self._has_systemd = has_systemd
        self._is_live = is_live

    def of(self, process: Process, cgroup: str) -> FrozenSet[str]:
        """The vouchers of a process in a cgroup."""
        return frozenset(word for word, holds in _TESTS.items() if holds(self, process, cgroup))

    def _is_roots(self, process: Process, _: str) -> bool:
        return process.user == ROOT

    def _is_service(self, process: Process, cgroup: str) -> bool:
        """Whether it is in a unit of the system that runs nothing for users."""
        if cgroup.startswith(_OF_USERS):
            return False
        is_somebody = process.uid >= _FIRST_USER
        return not is_somebody or (self._has_systemd and not cgroup.startswith(_RUN_FOR_USERS))

    def _has_parent(self, process: Process, _: str) -> bool:
        return self._parent(process) is not None

    def _has_its_starter(self, process: Process, _: str) -> bool:
        """Whether root's program, or its own, has started it and is still there."""
        parent = self._parent(process)
        return parent is not None and (
            parent.user == ROOT or _first_word(parent) == _first_word(process)
        )

    def _parent(self, process: Process) -> Optional[Process]:
        """Its parent, unless it has fallen to INIT or to another manager of systemd's."""
        parent = self._processes.get(process.ppid)
        is_manager = parent is None or parent.pid == 1 or parent.name == _SYSTEMD
        return None if is_manager else parent

    def _has_login(self, process: Process, _: str) -> bool:
        return process.uid in self._logged_in

    def _holds_terminals(self, process: Process, _: str) -> bool:
        """Whether a child has a terminal.  A multiplexer ends with the last of them."""
        return process.pid in self._holders

    def _has_container(self, process: Process, _: str) -> bool:
        """Whether its user runs containers, and it is not itself what says so."""
        return bool(self._runtimes.get(process.user, set()) - {process.pid})

    def _is_manager(self, process: Process, cgroup: str) -> bool:
        """Whether it is its user's service manager: the first in the cgroup that systemd makes for
        that.  Its user can move other processes there, but only later."""
        if process.cgroup is None and not self._is_live:
            return self._has_systemd
        first = self._managers.get(cgroup)
        place = f"/user@{process.uid}.service"
        is_there = cgroup.endswith((place, f"{place}/init.scope"))
        return is_there and first is not None and first[1] == process.pid

    def _above(self, process: Process) -> Optional[Process]:
        """Its parent in the tree, where what has none is below pid 1."""
        return self._processes.get(process.ppid) or (
            self._processes.get(1) if process.ppid else None
        )

    @cached_property
    def _processes(self) -> Dict[int, Process]:
        return {each.pid: each for line in self._tree for each in line.processes}

    @cached_property
    def _logged_in(self) -> Set[Optional[int]]:
        """The uids of those who have a login."""
        return {
            login_of(each, self._above(each), self._has_systemd)
            for each in self._processes.values()
        }

    @cached_property
    def _holders(self) -> Set[int]:
        return {each.ppid for each in self._processes.values() if each.tty}

    @cached_property
    def _runtimes(self) -> Dict[str, Set[int]]:
        found: Dict[str, Set[int]] = {}
        for each in self._processes.values():
            if each.name in _RUNTIMES:
                found.setdefault(each.user, set()).add(each.pid)
        return found

    @cached_property
    def _managers(self) -> Dict[str, Tuple[float, int]]:
        """When the first process in each cgroup of a user's manager started, and its pid."""
        found: Dict[str, Tuple[float, int]] = {}
        for each in self._processes.values():
            if each.cgroup and "/user@" in each.cgroup:
                first = (each.started, each.pid)
                found[each.cgroup] = min(found.get(each.cgroup, first), first)
        return found


# Not bound to the vouchers of one look: what refers to itself is only freed some looks later.
_TESTS: Mapping[str, Callable[[Vouchers, Process, str], bool]] = {
    ROOT: Vouchers._is_roots,
    "service": Vouchers._is_service,
    "starter": Vouchers._has_its_starter,
    "parent": Vouchers._has_parent,
    "login": Vouchers._has_login,
    "terminals": Vouchers._holds_terminals,
    "container": Vouchers._has_container,
    "manager": Vouchers._is_manager,
}


def _first_word(process: Process) -> str:
    """``nginx`` of ``nginx: worker process``, ``python3`` of ``/usr/bin/python3 -c …``."""
    argument = process.cmdline[0] if process.cmdline else process.name
    return argument.partition(" ")[0].rstrip(":").rpartition("/")[2]
