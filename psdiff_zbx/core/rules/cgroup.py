"""Where a process stands in the tree of control groups, as rules look at it.

Reading them is left to the shell, and done only for those processes of which a rule asks.
"""

from __future__ import annotations

from typing import Callable, Iterable, Optional

from ..model import Line, Process

CgroupOf = Callable[[Process], Optional[str]]
"""The path of a process' cgroup, or None if the process has gone meanwhile."""

_INIT_SCOPE = "/init.scope"


def recorded(process: Process) -> str:
    """The cgroup that was read together with the process; nothing if it was not."""
    return process.cgroup or ""


def parse_cgroup(text: str) -> str:
    """The path that ``/proc/PID/cgroup`` tells: in the unified hierarchy
    (``0::/system.slice/cron.service``), or in systemd's where there is none."""
    rows = [row.split(":", 2) for row in text.splitlines() if row.count(":") >= 2]
    paths = {controllers: path for _, controllers, path in rows}
    unified, named = paths.get("", "/"), paths.get("name=systemd", "/")
    return unified if unified != "/" else named


def below(cgroup: str, init: str) -> str:
    """A path relative to that of pid 1: a container without a cgroup namespace of its own
    sees all of its processes, pid 1 too, in ``/docker/0123456789ab…``."""
    top = init.removesuffix(_INIT_SCOPE).rstrip("/")
    return (cgroup[len(top) :] or "/") if f"{cgroup}/".startswith(f"{top}/") else cgroup


def init_of(tree: Iterable[Line]) -> Optional[Process]:
    """The tree's pid 1."""
    found = (line.processes[0] for line in tree if line.processes)
    return next((process for process in found if process.pid == 1), None)


def relative(cgroup_of: CgroupOf, init: Optional[Process]) -> CgroupOf:
    """The same, below the cgroup of pid 1, which is read only if one is asked for."""
    top: Optional[str] = None

    def found(process: Process) -> Optional[str]:
        nonlocal top
        if top is None:
            top = (cgroup_of(init) or "") if init else ""
        cgroup = cgroup_of(process)
        return cgroup and below(cgroup, top)

    return found
