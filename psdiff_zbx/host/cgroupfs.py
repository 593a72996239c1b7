"""The cgroup of each process, read from the cgroup file system: cgroups(7).

In: all mounts.  Out: paths by pid.  There are few cgroups and many processes, so reading
``cgroup.procs`` of each cgroup takes a tenth of the time of reading ``/proc/PID/cgroup`` of each
process.
"""

from __future__ import annotations

import errno
import os
from typing import Dict, Iterator, List, Sequence, Tuple

from .mounts import Mount


def read_cgroups(found: Sequence[Mount]) -> Dict[str, str]:
    """The path of each process' cgroup, by its pid as text.  ``found`` are all mounts.

    It is the path in the unified hierarchy, or, if that says only ``/``, in systemd's own.  A
    process that is not in the result may still have a cgroup, so ask the process itself.  The
    result is empty if some of the paths would be wrong.
    """
    unified = [mount for mount in found if mount.kind == "cgroup2"]
    named = [m for m in found if m.kind == "cgroup" and "name=systemd" in m.options]
    if any(
        mount.root.startswith("/..") for mount in (*unified, *named)
    ):  # from another cgroup namespace
        return {}
    try:
        by_name, by_unified = _members(named), _members(unified)
    except OSError:
        return {}
    told = {pid: path for pid, path in by_unified.items() if path != "/"}
    return {**by_name, **told} if by_name else by_unified


def _members(hierarchy: Sequence[Mount]) -> Dict[str, str]:
    """The paths in one hierarchy, by pid.  If it is mounted several times, the last mount that
    shows all of it counts."""
    found: Dict[str, str] = {}
    for mount in sorted(hierarchy, key=lambda mount: mount.root == "/")[-1:]:
        for folder, pids in _groups(mount.point):
            path = f"{mount.root.rstrip('/')}{folder[len(mount.point) :]}" or "/"
            found.update(dict.fromkeys(pids, path))
    return found


def _groups(top: str) -> Iterator[Tuple[str, List[str]]]:
    """The folder of each cgroup, and the pids in it.

    Raises OSError, with EOPNOTSUPP for a threaded cgroup: only its ancestor lists the processes.
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
    if os.stat(folder).st_nlink == 2:  # its name and its ".": there is no folder in it
        return []
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
