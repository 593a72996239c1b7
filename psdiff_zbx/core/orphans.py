"""Workers whose daemon has just died: they fall to pid 1, and may take their time to end.

In: a comparison.  Out: its extra lines less these.
"""

from __future__ import annotations

from typing import Container, Set, Tuple

from .model import Comparison, Line
from .rules.program import program_name

_REAPER = 1


def without_orphans(found: Comparison) -> Tuple[Line, ...]:
    """The extra lines less the workers of what is missing: that one line says it all.  Once their
    daemon runs again, they are extra."""
    programs = programs_of(found.missing)
    return tuple(line for line in found.extra if not is_orphan(line, programs))


def programs_of(missing: Tuple[Line, ...]) -> Set[str]:
    """The programs of missing lines."""
    return {program_name(line.cmdline) for line in missing}


def is_orphan(line: Line, programs: Container[str]) -> bool:
    """Whether a line's processes have lost their parent, never called exec, and are of one of the
    programs."""
    return program_name(line.cmdline) in programs and all(
        each.forked and each.ppid == _REAPER for each in line.processes
    )
