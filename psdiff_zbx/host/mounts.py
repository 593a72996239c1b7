"""What is mounted where, and whether /proc shows us the processes of all users: proc(5).

This is checked before reading, because a hidden process looks just like one that has ended.
"""

from __future__ import annotations

import os
from typing import Iterable, List, NamedTuple, Sequence

from ..core.model import SnapshotError
from . import proc_stat


class Mount(NamedTuple):
    """One mount: the folder ``root`` of a file system is mounted at ``point``, with ``flags``.
    ``kind`` and ``options`` are those of the file system."""

    root: str
    point: str
    kind: str
    options: Sequence[str]
    flags: Sequence[str] = ()


def mounts(proc: str = "/proc", who: str = "self") -> List[Mount]:
    """All mounts that a process sees, oldest first, from ``/proc/PID/mountinfo``: proc(5)."""
    # Bytes: any user can make a mount point with a carriage return in its name (fusermount3).
    with open(f"{proc}/{who}/mountinfo", "rb") as rows:
        return [_mount(proc_stat.decode(row.rstrip(b"\n"))) for row in rows]


def _mount(row: str) -> Mount:
    """``63 45 0:39 / /proc rw,relatime - proc proc rw,gid=7,hidepid=invisible``"""
    mount, _, filesystem = row.partition(" - ")
    _, _, _, root, point, flags, *_ = mount.split(" ")
    kind, _, options = filesystem.split(" ", 2)
    return Mount(root, point, kind, options.split(","), flags.split(","))


REMEDY = (
    "mount it without hidepid, or with gid= of a group of this user; in a container share the "
    "host's pid namespace; in a systemd unit unset ProtectProc"
)
_CAP_SYS_PTRACE = 19


def refuse_hidden(root: str, found: Iterable[Mount]) -> None:
    """Raise SnapshotError if ``root`` is mounted with a hidepid that applies to us.  ``found`` are
    all mounts.

    The kernel's rule is in fs/proc/base.c, has_pid_permissions.
    """
    proc = [mount.options for mount in found if mount.point == root]
    pairs = (option.partition("=") for option in proc[-1]) if proc else ()
    options = {name: value for name, _, value in pairs}
    hidepid = options.get("hidepid", "off")
    if hidepid in ("0", "off") or _can_ptrace(root):
        return
    group = int(options.get("gid", 0))
    if hidepid not in ("4", "ptraceable") and group in (os.getegid(), *os.getgroups()):
        return
    raise SnapshotError(f"{root} hides other users' processes (hidepid={hidepid}): {REMEDY}")


def _can_ptrace(root: str) -> bool:
    with open(f"{root}/self/status", "rb") as rows:
        for row in rows:
            if row.startswith(b"CapEff:"):
                return bool(int(row.split()[1], 16) >> _CAP_SYS_PTRACE & 1)
    return False
