"""Which processes are in which control group, read from the groups.

Groups are few and processes are many: ``cgroup.procs`` of each group takes a tenth of the time
of ``/proc/PID/cgroup`` of each process.
"""

from __future__ import annotations

import errno
import os
from typing import Dict, Iterator, List, Tuple

from .mounts import Mount, mounts


def read_cgroups(proc: str = "/proc") -> Dict[str, str]:
    """The path of each process' cgroup, by its pid as text: in the unified hierarchy, or in
    systemd's where that tells nothing.  A process that is not there may still be in one; ask
    the process.
    """
    named: Dict[str, str] = {}
    unified: Dict[str, str] = {}
    for mount in mounts(proc):
        if mount.kind == "cgroup2":
            unified = _members(mount)
        elif mount.kind == "cgroup" and "name=systemd" in mount.options:
            named = _members(mount)
    told = {pid: path for pid, path in unified.items() if path != "/"}
    return {**named, **told} if named else unified


def _members(mount: Mount) -> Dict[str, str]:
    """None at all if a part of them would be told wrongly."""
    if mount.root.startswith("/.."):  # of another cgroup namespace
        return {}
    found: Dict[str, str] = {}
    try:
        for folder, pids in _groups(mount.point):
            path = f"{mount.root.rstrip('/')}{folder[len(mount.point) :]}" or "/"
            found.update(dict.fromkeys(pids, path))
    except OSError:
        return {}
    return found


def _groups(top: str) -> Iterator[Tuple[str, List[str]]]:
    """Each group's folder and the pids in it.

    Raises OSError: EOPNOTSUPP for a threaded group, whose processes its parent would list.
    """
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with open(f"{folder}/cgroup.procs") as file:
                yield folder, file.read().split()
            waiting += _below(folder)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENODEV):  # it has just been removed
                raise


def _below(folder: str) -> List[str]:
    if os.stat(folder).st_nlink == 2:  # no folder in it, and so nothing to look for
        return []
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
