"""The cgroup of each process, read from the cgroup file system: cgroups(7).

In: all mounts.  Out: paths by pid.  There are few cgroups and many processes, so reading
``cgroup.procs`` of each cgroup takes a tenth of the time of reading ``/proc/PID/cgroup`` of each
process.
"""

from __future__ import annotations

import errno
import os
from typing import Dict, List, Optional, Sequence

from .mounts import Mount

# Any user may have as many as he likes below his own.  Of so many it is cheaper to ask those few
# processes of which somebody wants to know.
_MOST = 5_000
_PART = 1 << 16  # bytes
_GONE = (errno.ENOENT, errno.ENODEV)  # it has just been removed
_Groups = Dict[str, List[str]]


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
    by_name, by_unified = _members(named), _members(unified)
    if by_name is None or by_unified is None:
        return {}
    if not (by_name and by_unified):
        return by_unified or by_name
    told = {pid: by_name.get(pid) if path == "/" else path for pid, path in by_unified.items()}
    return {pid: path for pid, path in told.items() if path is not None}


def _members(hierarchy: Sequence[Mount]) -> Optional[Dict[str, str]]:
    """The paths in one hierarchy, by pid; None if it cannot be told.  If it is mounted several
    times, the last mount that shows all of it counts."""
    found: Dict[str, str] = {}
    for mount in sorted(hierarchy, key=lambda mount: mount.root == "/")[-1:]:
        groups = _groups(mount.point)
        if groups is None:
            return None
        for folder, pids in groups.items():
            path = f"{mount.root.rstrip('/')}{folder[len(mount.point) :]}" or "/"
            found.update(dict.fromkeys(pids, path))
    return found


def _groups(top: str) -> Optional[_Groups]:
    """The pids in each cgroup, by its folder; None if there are too many."""
    found: _Groups = {}
    waiting, seen = [top], 0
    while waiting:
        folder = waiting.pop()
        seen += 1
        if seen > _MOST:
            return None
        try:
            waiting += _look(folder, found)
        except OSError as error:
            # One that its owner has closed hides its own processes only.
            if error.errno not in (*_GONE, errno.EACCES):
                return None
    return found


def _look(folder: str, found: _Groups) -> List[str]:
    """Add the pids in one cgroup; return the folders below it."""
    try:
        found[folder] = _read(f"{folder}/cgroup.procs").decode("ascii").split()
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        # A threaded cgroup.  Only its ancestor lists the processes, and not what they are in.
        found.pop(os.path.dirname(folder), None)
    return _below(folder)


def _read(path: str) -> bytes:
    """A whole file.  The kernel gives it in parts: one that is short is not the last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(iter(lambda: os.read(descriptor, _PART), b""))
    finally:
        os.close(descriptor)


def _below(folder: str) -> List[str]:
    if os.stat(folder).st_nlink == 2:  # its name and its ".": there is no folder in it
        return []
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
