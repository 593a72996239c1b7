"""Which processes are in which control group, read from the groups.

Groups are few and processes are many: ``cgroup.procs`` of each group takes a tenth of the time
of ``/proc/PID/cgroup`` of each process.
"""

from __future__ import annotations

import errno
import os
from typing import Dict, Iterator, List, Sequence, Tuple

from .mounts import Mount


def read_cgroups(found: Sequence[Mount]) -> Dict[str, str]:
    """The path of each process' cgroup, by its pid as text: in the unified hierarchy, or in
    systemd's where that tells nothing.  A process that is not there may still be in one; ask
    the process.  Nobody is there where a part of them would be told wrongly.  ``found`` are all
    mounts.
    """
    unified = [mount for mount in found if mount.kind == "cgroup2"]
    named = [m for m in found if m.kind == "cgroup" and "name=systemd" in m.options]
    if any(
        mount.root.startswith("/..") for mount in (*unified, *named)
    ):  # of another cgroup namespace
        return {}
    try:
        by_name, by_unified = _members(named), _members(unified)
    except OSError:
        return {}
    told = {pid: path for pid, path in by_unified.items() if path != "/"}
    return {**by_name, **told} if by_name else by_unified


def _members(hierarchy: Sequence[Mount]) -> Dict[str, str]:
    """Of several mounts of one hierarchy the last that shows all of it is asked."""
    found: Dict[str, str] = {}
    for mount in sorted(hierarchy, key=lambda mount: mount.root == "/")[-1:]:
        for folder, pids in _groups(mount.point):
            path = f"{mount.root.rstrip('/')}{folder[len(mount.point) :]}" or "/"
            found.update(dict.fromkeys(pids, path))
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
