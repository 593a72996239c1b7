"""Numbers in a command line that are the pid of the process or of its next of kin.

In: processes.  Out: the command line with ``<PID>`` for each of them, for these numbers are new
at each start.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Dict, Tuple

from ..model import Process, Tree

# "worker 0: 7369 [app]", "ppid=24426;start=10:22:49", "supervising 1285880, 1285896".  After
# a wrap the kernel gives no pid below 300 (RESERVED_PIDS).  A port stays, whatever it is.
_NUMBER = re.compile(
    r"(?<![^\s(\[=,;\"'])(?<!port[= ])(?<!ports[= ])(?<!-p )(?<!-P )"
    r"(?:[3-9]\d\d|[1-9]\d{3,6})(?![^\s)\],;\"'])",
    re.IGNORECASE,
)
PLACEHOLDER = "<PID>"


def candidates(cmdline: Tuple[str, ...]) -> Tuple[int, ...]:
    """The numbers in some arguments that could be pids."""
    return tuple(int(number) for each in cmdline for number in _NUMBER.findall(each))


class Kin:
    """Who is next of kin in a tree.  Pid 1 is nobody's parent here, for its children are strangers
    to each other."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def among(self, numbers: Tuple[int, ...], process: Process) -> Tuple[int, ...]:
        """Those of the numbers that are pids of its parent and its siblings, and, in a title, its
        own and its children's.  Nobody knows these before the program runs, so that in arguments
        they are a coincidence."""
        if not numbers:
            return ()
        pid = process.pid
        above = {process.ppid, pid if is_title(process.cmdline) else 0} - {0, 1}
        return tuple(
            number
            for number in numbers
            if number in above or (number != pid and self._parents.get(number) in above)
        )

    @cached_property
    def _parents(self) -> Dict[int, int]:
        found = (process for line in self._tree for process in line.processes)
        return {process.pid: process.ppid for process in found}


def is_title(cmdline: Tuple[str, ...]) -> bool:
    """Whether a process wrote its command line itself: one argument with blanks in it, as
    setproctitle makes it."""
    return len(cmdline) == 1 and " " in cmdline[0].strip(" ")


def without_pids(cmdline: str, pids: Tuple[int, ...]) -> str:
    """The command line with ``<PID>`` for each of the pids."""
    return _NUMBER.sub(lambda match: PLACEHOLDER if int(match[0]) in pids else match[0], cmdline)
