"""A history as lines for a person: when, who, what, and which lines it was about."""

from __future__ import annotations

from datetime import datetime
from typing import Iterator, List, Optional, Sequence

from .history import UNDO, Step, standing
from .line import escape

_SHOWN = 20
"""Lines of one step; a first baseline has all of a host's."""


def lines(steps: Sequence[Step], last: Optional[int] = None) -> List[str]:
    """The ``last`` steps, oldest first, in local time."""
    valid = {id(step) for step in standing(steps)}
    shown = steps if last is None else steps[len(steps) - min(last, len(steps)) :]
    return [line for step in shown for line in _step(step, id(step) in valid)]


def _step(step: Step, stands: bool) -> Iterator[str]:
    when = datetime.fromtimestamp(step.time).strftime("%Y-%m-%d %H:%M:%S")
    undone = "" if stands or step.action == UNDO else "(undone) "
    # The name goes last: whoever chose it cannot imitate what stands before it.
    yield f"{when}  {escape(step.action)} {undone}{escape(step.path)} by {escape(step.by)}"
    for line in step.lines[:_SHOWN]:
        yield escape(line)
    if len(step.lines) > _SHOWN:
        yield f"… and {len(step.lines) - _SHOWN} more"
