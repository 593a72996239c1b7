"""Times as people and Zabbix write them: ``5m``, ``3 days``, a date."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Optional, Tuple

DAY = 86_400
"""Seconds."""

_UNITS = {"week": 604_800, "day": DAY, "hour": 3600, "minute": 60, "second": 1}
_SECONDS = {"": 1, **{name[0]: size for name, size in _UNITS.items()}}
_TEXT = re.compile(r"(\d+)([smhdw]?)", re.ASCII)


def parse_duration(text: str) -> Optional[int]:
    """Seconds, or None if the text is not a duration.

    Zabbix's suffixes: https://www.zabbix.com/documentation/7.0/en/manual/appendix/suffixes

    >>> parse_duration("5m"), parse_duration("90"), parse_duration("soon")
    (300, 90, None)
    """
    found = _TEXT.fullmatch(text)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def in_largest_unit(seconds: float) -> Tuple[int, str]:
    """Seconds in the largest unit that fits, days at most: the number, rounded down, and the unit.

    >>> in_largest_unit(3 * 86_400 + 5), in_largest_unit(-1)
    ((3, 'day'), (0, 'second'))
    """
    units = [(name, size) for name, size in _UNITS.items() if size <= DAY]
    name, size = next((unit for unit in units if seconds >= unit[1]), units[-1])
    return max(0, int(seconds // size)), name


def local_time(moment: int) -> str:
    """A Unix time as people read it: ``2026-11-26 15:00:00``."""
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M:%S")
