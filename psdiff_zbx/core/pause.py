"""Planned work: until when a host is paused, to and from the text of a file.

A pause ends by itself, and never later than 30 days after it was begun or is looked at.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from .duration import DAY, local_time
from .line import escape
from .model import BaselineError

LONGEST = 30 * DAY
"""Seconds.  Nobody is silenced for ever by a typing error, nor by a clock that was set."""

LONGEST_WHY = 200
"""Characters."""


class Pause(NamedTuple):
    """Since when and until when (Unix time), who said so, and why (may be empty)."""

    since: int
    until: int
    by: str
    why: str

    def holds(self, now: float) -> bool:
        """Whether it has not ended."""
        return now < self.until


def dump_pause(pause: Pause) -> str:
    """A pause as text: one JSON object."""
    return f"{json.dumps(pause._asdict())}\n"


def parse_pause(text: str, path: str, now: float) -> Pause:
    """The pause in a file, whether it holds or has ended.

    Raises BaselineError, with the path, for anything else; it then does not count.
    """
    try:
        found = Pause(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        raise _refused(path, "is no pause") from None
    if not _is_whole(found):
        raise _refused(path, "is no pause")
    if max(found.until - found.since, found.until - now) > LONGEST:
        raise _refused(path, f"ends later than in {LONGEST // DAY} days")
    return found


def _is_whole(found: Pause) -> bool:
    """Times are whole numbers, which True and 1e400 are not."""
    if [type(each) for each in found] != [int, int, str, str]:
        return False
    return 0 <= found.since <= found.until and len(found.why) <= LONGEST_WHY


def _refused(path: str, what: str) -> BaselineError:
    return BaselineError(
        f"{path} {what}, so nothing is paused; 'psdiff-zbx pause --end' removes it"
    )


def pause_text(pause: Pause) -> str:
    """``paused until 2026-11-26 15:00:00 by jane (a new kernel)``, in local time."""
    why = f" ({escape(pause.why)})" if pause.why else ""
    return f"paused until {local_time(pause.until)} by {escape(pause.by)}{why}"
