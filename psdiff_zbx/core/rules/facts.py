"""How rules learn what is asked about a process only where it matters: its cgroup, its unit."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional

from ..merged_usr import Apart, never_apart
from ..model import Process, Unit
from .cgroup import CgroupOf

UnitOf = Callable[[Process, str], Optional[Unit]]
"""Returns the unit of a process, whose cgroup (below that of pid 1) is given, or None."""


class Facts(NamedTuple):
    """Where to ask.  ``version`` changes when the units do.  ``is_live``: they are asked of the
    host, so that what they do not tell is not so; a recording may only lack it.  ``apart`` tells
    the host's files apart."""

    cgroup_of: CgroupOf
    unit_of: UnitOf
    version: int = 0
    is_live: bool = False
    apart: Apart = never_apart


def _recorded_cgroup(process: Process) -> str:
    return process.cgroup or ""


def _recorded_unit(process: Process, _: str) -> Optional[Unit]:
    return process.unit


RECORDED = Facts(_recorded_cgroup, _recorded_unit)
"""What was read together with the processes."""
