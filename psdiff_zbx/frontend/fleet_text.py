"""A Fleet as text: a table with the shared lines below it, or one JSON document.

In: a Fleet, whose texts are safe to print, and the width of the terminal in characters.  Out:
lines.  Without a terminal, ``width`` is None and nothing is cut.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .. import __version__
from ..core.duration import in_largest_unit
from ..core.item_values import to_json
from ..core.model import (
    EXPECTED,
    EXTRA,
    IGNORED,
    YOUNG,
)
from ..core.rules.explain_text import Paint
from ..template.items import OLDEST_PROGRAM
from .fleet_state import (
    DIFFERS,
    DISABLED,
    ERROR,
    NEW,
    OK,
    SILENT,
    STATES,
    Fleet,
    FleetHost,
    Side,
)

_TITLES = {SILENT: "no data", ERROR: "cannot tell", NEW: "no data yet"}
_SUMMARY = {**{state: state for state in STATES}, DIFFERS: "differ", ERROR: "cannot tell"}
_INDENT = "  "


def fleet_lines(found: Fleet, width: Optional[int], paint: Paint) -> List[str]:
    """A row for each host, then each line with its hosts, then the number of hosts in each state.

    A terminal shows the end, the summary; ``head`` and ``less`` show the worst hosts.
    """
    shared = list(_shared(found, width))
    return [
        *fleet_table(found, width, paint),
        "",
        *shared,
        *([""] if shared else []),
        _summary(found),
    ]


def _shared(found: Fleet, width: Optional[int]) -> Iterator[str]:
    """Each error and each line that differs, once, with its hosts."""
    for state, title in _TITLES.items():
        for group in found.errors(state):
            yield from _group(title, group.line, group.hosts, width)
    for group in found.missing:
        unit = f"  ({group.unit})" if group.unit else ""
        yield from _group("missing", f"- {group.line}{unit}", group.hosts, width)
    for group in found.extra:
        yield from _group("extra", f"+ {group.line}", group.hosts, width)
    for group in found.outdated:
        text = f"{group.line}; the template needs {OLDEST_PROGRAM} or newer"
        yield from _group("older program", text, group.hosts, width)
    yield from _beyond("missing", ((host.host, host.missing.more) for host in found.hosts))
    yield from _beyond("extra", ((host.host, host.extra.more) for host in found.hosts))


def _group(title: str, line: str, hosts: Sequence[str], width: Optional[int]) -> Iterator[str]:
    """``missing on 2 hosts: - LINE`` and the hosts below, or ``missing on HOST: - LINE``."""
    where = hosts[0] if len(hosts) == 1 else f"{len(hosts)} hosts"
    yield ": ".join(filter(None, (f"{title} on {where}", line)))
    if len(hosts) > 1:
        yield f"{_INDENT}{_names(hosts, width and width - len(_INDENT))}"


def _names(hosts: Sequence[str], room: Optional[int]) -> str:
    """As many names as there is room for, but at least one, and the number of the others."""
    whole = ", ".join(hosts)
    if room is None or len(whole) <= room:
        return whole
    kept = 1
    while len(_some(hosts, kept + 1)) <= room:
        kept += 1
    return _some(hosts, kept)


def _some(hosts: Sequence[str], kept: int) -> str:
    return f"{', '.join(hosts[:kept])} and {len(hosts) - kept} more"


def _beyond(title: str, more: Iterable[Tuple[str, int]]) -> Iterator[str]:
    """For each host, the number of lines that did not fit into the item's text."""
    return (f"{title} on {host}: … and {number} more" for host, number in more if number)


def _summary(found: Fleet) -> str:
    """``993 ok, 5 differ, 1 cannot tell, 1 silent``."""
    numbers = Counter(host.state for host in found.hosts)
    return ", ".join(
        f"{numbers[state]} {_SUMMARY[state]}" for state in reversed(STATES) if numbers[state]
    )


def fleet_json(found: Fleet) -> str:
    """The whole Fleet as JSON, for programs."""
    return to_json(
        {
            "version": __version__,
            "time": found.time,
            "hosts": [_host(host) for host in found.hosts],
            "missing": [group._asdict() for group in found.missing],
            "extra": [{"line": each.line, "hosts": each.hosts} for each in found.extra],
        }
    )


def _host(host: FleetHost) -> Dict[str, Any]:
    return {
        "hostid": host.id,
        "host": host.host,
        "name": host.name,
        "state": host.state,
        "maintenance": host.in_maintenance,
        "paused": host.paused or 0,
        "error": host.error,
        "missing": {**_side(host.missing), "units": dict(host.missing.units)},
        "extra": _side(host.extra),
        "baseline": {"written": host.written},
        "last": host.last,
        "program": host.version,
    }


def _side(side: Side) -> Dict[str, Any]:
    """``count`` may be greater than the number of lines: texts have a limit."""
    return {"count": side.number, "lines": side.lines}


_HEAD = ("HOST", "STATE", "MISSING", "EXTRA", "BASELINE", "LAST", "ERROR")
_ALIGN = "<<>>>><"
_HOST, _STATE, _ERROR = 0, 1, -1
_MAINTENANCE = "in maintenance"
_LEAST = len(_MAINTENANCE)  # characters of a host and of an error, even on a narrower terminal
_BETWEEN = "  "
_COLOURS = {
    OK: EXPECTED,
    DIFFERS: EXTRA,
    SILENT: EXTRA,
    ERROR: EXTRA,
    NEW: YOUNG,
    DISABLED: IGNORED,
}
"""A state is shown in the colour of this verdict."""

Cells = Tuple[str, ...]


def fleet_table(found: Fleet, width: Optional[int], paint: Paint) -> List[str]:
    """A row for each host, the worst first.  A column that does not fit into ``width`` is cut."""
    rows = [_HEAD, *(_row(host, found.time) for host in found.hosts)]
    widths = _widths(rows, width)
    states = ["", *(host.state for host in found.hosts)]
    return [_padded(row, widths, state, paint) for row, state in zip(rows, states)]


def _row(host: FleetHost, now: int) -> Cells:
    numbers = (side.number for side in (host.missing, host.extra))
    counts = ("-" if number is None else str(number) for number in numbers)
    paused = f"paused {_age(now, host.paused)} more" if host.paused else ""
    remarks = (_MAINTENANCE if host.in_maintenance else "", paused, host.error)
    ages = (_age(host.written, now), _age(host.last, now))
    return (host.host, host.state, *counts, *ages, ": ".join(filter(None, remarks)))


def _age(since: Optional[int], now: int) -> str:
    """``3d``, ``5h``, ``12m``, ``40s``."""
    if since is None:
        return "-"
    number, unit = in_largest_unit(now - since)
    return f"{number}{unit[0]}"


def _widths(rows: Sequence[Cells], width: Optional[int]) -> List[int]:
    """The width of each column.  If there is not enough room, the errors are cut first, then the
    names of the hosts."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    if width is not None:
        over = sum(widths) + len(_BETWEEN) * (len(widths) - 1) - width
        for column in (_ERROR, _HOST):
            less = max(min(over, widths[column] - _LEAST), 0)
            widths[column] -= less
            over -= less
    return widths


def _padded(row: Cells, widths: Sequence[int], state: str, paint: Paint) -> str:
    cells = [
        f"{_cut(cell, width):{align}{width}}" for cell, width, align in zip(row, widths, _ALIGN)
    ]
    cells[_STATE] = paint(cells[_STATE], _COLOURS.get(state, ""))
    return _BETWEEN.join(cells).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
