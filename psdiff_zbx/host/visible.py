"""Whether /proc shows us everybody's processes, by the kernel's own rule.

Asked before reading: a process that is hidden looks just like one that has ended.
"""

from __future__ import annotations

import os

from ..core.model import SnapshotError
from .mounts import mounts

REMEDY = (
    "mount it without hidepid, or with gid= of a group of this user; in a container share the "
    "host's pid namespace; in a systemd unit unset ProtectProc"
)
_CAP_SYS_PTRACE = 19


def refuse_hidden(root: str) -> None:
    """Raise SnapshotError if ``root`` is mounted with a hidepid that applies to us.

    The rule: fs/proc/base.c, has_pid_permissions.
    """
    proc = [mount.options for mount in mounts(root) if mount.point == root]
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
    with open(f"{root}/self/status", errors="surrogateescape") as rows:
        for row in rows:
            if row.startswith("CapEff:"):
                return bool(int(row.split()[1], 16) >> _CAP_SYS_PTRACE & 1)
    return False
