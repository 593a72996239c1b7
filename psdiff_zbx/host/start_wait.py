"""Wait for units that were asked to start, until their daemons run or they have failed.

In: units, looks at the host, a service manager, clocks.  Out: each unit with what came of it.
"""

from __future__ import annotations

import time
from typing import Callable, Collection, Dict, Iterator, NamedTuple, Optional, Sequence, Tuple

from ..core.start import ENDED, FAILS, IDLE, LATE, RUNS, Outcome, Task
from .services.manager import ACTIVE, FAILED, STARTING, Manager, Status

_PAUSE = 0.3  # seconds between two looks
_IDLE = 10.0  # seconds that a daemon may take to appear when its unit is active


class Clocks(NamedTuple):
    """A clock that never jumps (seconds), and how to sleep."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


_CLOCKS = Clocks()


def wait_for(
    asked: Sequence[Task],
    manager: Manager,
    look: Callable[[], Collection[str]],
    patience: float,
    clocks: Clocks = _CLOCKS,
) -> Iterator[Tuple[Task, Outcome]]:
    """Each unit as soon as two looks agree about it, and after ``patience`` (seconds) those that
    are left.  A ``look`` tells the ids of the daemons that are missing."""
    began = clocks.clock()
    waiting: Dict[Task, Optional[Outcome]] = dict.fromkeys(asked)
    while waiting:
        taken, missing = clocks.clock() - began, look()
        for task, before in list(waiting.items()):
            is_missing = any(each in missing for each in task.ids)
            found = _outcome(manager.status(task.unit), is_missing, taken)
            if found and found == before:
                del waiting[task]
                yield task, found
            elif taken >= patience and not (found and before is None):  # one more look
                del waiting[task]
                yield task, Outcome(LATE)
            else:
                waiting[task] = found
        if waiting:
            clocks.sleep(_PAUSE)


def _outcome(status: Status, is_missing: bool, taken: float) -> Optional[Outcome]:
    """What has come of a unit; None while that is open."""
    if status.state == FAILED:
        return Outcome(FAILS, status.why)
    if status.state == STARTING:
        return None
    if not is_missing:
        return Outcome(RUNS)
    if status.state != ACTIVE:
        return Outcome(ENDED, status.why)
    return Outcome(IDLE) if taken > _IDLE else None
