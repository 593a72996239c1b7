"""What a process' place in the tree makes of it: a worker of its parent, or somebody's session.

In: a process, its parent, and what that is.  Out: WORKER, SESSION or nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Optional, Set

from ..model import ROOT, SESSION, WORKER, Process, Tree
from .program import program_name

_WORDS = 9  # arguments, of which the program is one

_REAPERS = frozenset((
    "catatonit", "conmon", "containerd-shim", "docker-containe", "docker-init", "dumb-init",
    "init", "lxc-start", "s6-svscan", "slurmstepd", "systemd", "tini",
))  # fmt: skip
"""Programs (comm, at most 15 characters) that call PR_SET_CHILD_SUBREAPER, and so become the
parents of what put itself into the background: prctl(2)."""


_NO_LOGINS = frozenset(("su", "runuser"))
"""An init script starts a daemon as another user by them, and PAM makes that a session."""

_STARTED_BY_USERS = _NO_LOGINS.union(("sudo", "doas", "pkexec"))
"""Root's programs that anybody starts, to run others as somebody else."""


def standing(process: Process, parent: Optional[Process], above: str, has_systemd: bool) -> str:
    """The standing of a process whose parent has the standing ``above``.  ``parent`` is None below
    the root: docker exec."""
    if above == SESSION or begins_session(process, parent, has_systemd):
        return SESSION
    if process.forked and parent and parent.pid != 1 and parent.name not in _REAPERS:
        return WORKER
    return ""


class Leaders:
    """Who still leads those that have lost their parent: Passenger's preloader ends when it has
    been idle, and its applications fall to pid 1, but ``Passenger core`` runs on in that unit."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def is_led(self, process: Process) -> bool:
        """Whether a process that only forked is in the cgroup of a service in which one that has
        called exec runs the same program."""
        cgroup = process.cgroup or ""
        return cgroup.endswith(".service") and _program(process) in self._programs.get(cgroup, ())

    @cached_property
    def _programs(self) -> Dict[str, Set[str]]:
        live = [each for line in self._tree for each in line.processes]
        wanted = {each.cgroup for each in live if each.forked and each.ppid == 1}
        found: Dict[str, Set[str]] = {}
        for each in live:
            if each.cgroup in wanted and not each.forked:
                found.setdefault(each.cgroup or "", set()).add(_program(each))
        return found


def _program(process: Process) -> str:
    return program_name(" ".join(process.cmdline[:_WORDS]))


def begins_session(process: Process, parent: Optional[Process], has_systemd: bool) -> bool:
    """Whether it is a login, or what that began: the topmost process of a session's scope, or of
    a terminal where there is no systemd.  What has lost its parent, and so is below pid 1, is
    none: somebody left it behind to run."""
    if (parent and parent.pid == 1) or process.name in _NO_LOGINS:
        return False
    scope = _session_scope(process.cgroup or "")
    if scope:
        return parent is None or _session_scope(parent.cgroup or "") != scope
    if has_systemd or not process.tty or process.pid == 1:
        return False
    return parent is None or parent.tty != process.tty


def login_of(process: Process, parent: Optional[Process], has_systemd: bool) -> Optional[int]:
    """The uid of the user whose login it is; None if it is none.  A login of which only the daemon
    has been started anew is one: root's part of it is below pid 1, and so is a console's."""
    scope = _session_scope(process.cgroup or "")
    if begins_session(process, parent, has_systemd):
        return _owner(scope) if scope else process.uid
    is_left = bool(parent and parent.pid == 1) and process.name not in _STARTED_BY_USERS
    return _owner(scope) if scope and is_left and process.user == ROOT else None


def _owner(scope: str) -> Optional[int]:
    """1000, of ``/user.slice/user-1000.slice/session-2.scope``."""
    uid = scope.partition("/user-")[2].partition(".slice")[0]
    return int(uid) if uid.isdecimal() else None


def _session_scope(cgroup: str) -> str:
    """``/user.slice/user-1000.slice/session-2.scope``; empty if it is another cgroup."""
    if "/session-" not in cgroup or "/user.slice/" not in cgroup:
        return ""
    scope, found, _ = cgroup.partition(".scope")
    return scope if found else ""
