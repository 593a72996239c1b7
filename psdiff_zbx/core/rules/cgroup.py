"""The cgroup of a process, as rules look at it.

In: the text of ``/proc/PID/cgroup``, or a function that reads a process' cgroup.  Out: paths, and
whether globs match them.  A cgroup is read only if a rule asks for it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Callable, Iterable, Optional, Tuple

from ..model import Line, Process

CgroupOf = Callable[[Process], Optional[str]]
"""Returns the path of a process' cgroup, or None if the process has ended meanwhile."""

_INIT_SCOPE = "/init.scope"
_REMEMBERED = 1024
_WILD = re.compile(r"\*|\?|\[!?\]?[^]]*\]|\[")  # fnmatch's
_NOT = "!"


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


def matcher(globs: Tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a text matches one of the globs, and none of those after a ``!``.  Processes are
    many and cgroups are few, so the answers are remembered."""
    wanted = tuple(glob for glob in globs if not glob.startswith(_NOT)) or ("*",)
    refused = tuple(glob[1:] for glob in globs if glob.startswith(_NOT))
    matches_wanted, matches_refused = _any_of(wanted), _any_of(refused)

    def matches(text: str) -> bool:
        return matches_wanted(text) and not matches_refused(text)

    return lru_cache(_REMEMBERED)(matches)


def _any_of(globs: Tuple[str, ...]) -> Callable[[str], bool]:
    """Compiling the globs takes longer than reading a host's processes, so it is done only for a
    text that may match."""
    longest = [max(_WILD.split(glob), key=len) for glob in globs]

    def matches(text: str) -> bool:
        if not any(piece in text for piece in longest):
            return False
        return _pattern(globs).match(text) is not None

    return matches


@lru_cache(None)
def _pattern(globs: Tuple[str, ...]) -> re.Pattern[str]:
    from fnmatch import translate

    return re.compile("|".join(map(translate, globs)))
