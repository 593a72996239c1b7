"""The cgroup of a process, as rules look at it.

In: the text of ``/proc/PID/cgroup``, or a function that reads a process' cgroup.  Out: paths.  A
cgroup is read only if a rule asks for it.
"""

from __future__ import annotations

from typing import Callable, Iterable, Optional

from ..model import Line, Process

CgroupOf = Callable[[Process], Optional[str]]
"""Returns the path of a process' cgroup, or None if the process has ended meanwhile."""

_INIT_SCOPE = "/init.scope"


def parse_cgroup(text: str) -> str:
    """The path in a ``/proc/PID/cgroup`` file: cgroups(7).  It is from the unified hierarchy
    (``0::/system.slice/cron.service``), or, if that says only ``/``, from systemd's own
    (``1:name=systemd:/…``)."""
    rows = [row.split(":", 2) for row in text.split("\n") if row.count(":") >= 2]
    paths = {controllers: path for _, controllers, path in rows}
    unified, named = paths.get("", "/"), paths.get("name=systemd", "/")
    return unified if unified != "/" else named


def below(cgroup: str, init: str) -> str:
    """A path relative to the cgroup of pid 1.  In a container without its own cgroup namespace all
    processes, also pid 1, are in ``/docker/0123456789ab…``."""
    top = init.removesuffix(_INIT_SCOPE).rstrip("/")
    return (cgroup[len(top) :] or "/") if f"{cgroup}/".startswith(f"{top}/") else cgroup


def init_of(tree: Iterable[Line]) -> Optional[Process]:
    """Pid 1 of the tree, or None."""
    found = (line.processes[0] for line in tree if line.processes)
    return next((process for process in found if process.pid == 1), None)


def relative(cgroup_of: CgroupOf, init: Optional[Process]) -> CgroupOf:
    """The same function, with paths relative to the cgroup of pid 1, which is read at the first
    call."""
    top: Optional[str] = None

    def found(process: Process) -> Optional[str]:
        nonlocal top
        if top is None:
            top = (cgroup_of(init) or "") if init else ""
        cgroup = cgroup_of(process)
        return cgroup and below(cgroup, top)

    return found
