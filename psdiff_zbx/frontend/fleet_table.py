"""A Fleet as a table, a row for each host.

In: a Fleet, and the terminal's width, None where there is none: then nothing is cut.
Out: lines.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from ..core.rules.explain import (
    EXPECTED,
    EXTRA,
    IGNORED,
    YOUNG,
)
from ..core.rules.explain_text import Paint
from .fleet_model import DIFFERS, DISABLED, ERROR, NEW, OK, SILENT, Fleet, Host

_HEAD = ("HOST", "STATE", "MISSING", "EXTRA", "BASELINE", "LAST", "ERROR")
_ALIGN = "<<>>>><"
_HOST, _STATE, _ERROR = 0, 1, -1
_MAINTENANCE = "in maintenance"
_LEAST = len(_MAINTENANCE)  # of a host and of an error, however narrow the terminal is
_BETWEEN = "  "
_COLOURS = {
    OK: EXPECTED,
    DIFFERS: EXTRA,
    SILENT: EXTRA,
    ERROR: EXTRA,
    NEW: YOUNG,
    DISABLED: IGNORED,
}
"""The verdicts of processes whose colours the states have."""
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))

Row = Tuple[str, ...]


def table(found: Fleet, width: Optional[int], paint: Paint) -> List[str]:
    rows = [_HEAD, *(_row(host, found.time) for host in found.hosts)]
    widths = _widths(rows, width)
    states = ["", *(host.state for host in found.hosts)]
    return [_padded(row, widths, state, paint) for row, state in zip(rows, states)]


def _row(host: Host, now: int) -> Row:
    numbers = (side.number for side in (host.missing, host.extra))
    counts = ("-" if number is None else str(number) for number in numbers)
    remarks = (_MAINTENANCE if host.in_maintenance else "", host.error)
    ages = (_age(host.written, now), _age(host.last, now))
    return (host.host, host.state, *counts, *ages, ": ".join(filter(None, remarks)))


def _age(since: Optional[int], now: int) -> str:
    """``3d``, ``5h``, ``12m``, ``40s``."""
    if since is None:
        return "-"
    age = max(now - since, 0)  # the clocks of two machines
    return next((f"{age // size}{unit}" for size, unit in _UNITS if age >= size), "0s")


def _widths(rows: Sequence[Row], width: Optional[int]) -> List[int]:
    """Of each column: where there is not enough room, the errors give way, and then the hosts."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    if width is not None:
        over = sum(widths) + len(_BETWEEN) * (len(widths) - 1) - width
        for column in (_ERROR, _HOST):
            less = max(min(over, widths[column] - _LEAST), 0)
            widths[column] -= less
            over -= less
    return widths


def _padded(row: Row, widths: Sequence[int], state: str, paint: Paint) -> str:
    cells = [
        f"{_cut(cell, width):{align}{width}}" for cell, width, align in zip(row, widths, _ALIGN)
    ]
    cells[_STATE] = paint(cells[_STATE], _COLOURS.get(state, ""))
    return _BETWEEN.join(cells).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
