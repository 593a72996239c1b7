"""The dashboard of all hosts, and the items that count them.

How many are right, differ, cannot tell or are silent; which; and what they have in common.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Tuple

from .items import MACROS
from .states import BLIND, CANNOT_TELL, DIFFERS, RIGHT, STATE
from .widgets import (
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    STATE_COLOURS,
    Fields,
    Grid,
    Page,
    Widget,
    cells,
    coloured,
    integers,
    item_value,
    several,
    strings,
    table,
    tag_filter,
)

NAME = "psdiff: fleet"
HOST = "psdiff-fleet"
"""The host, without agent, whose items count all the others."""
GROUP = "psdiff"


ALONE = "psdiff.fleet."
"""How the keys of that host begin."""


class Count(NamedTuple):
    """A calculated item: a number of hosts, or of lines on all of them."""

    key: str
    name: str
    formula: str


_RECENT = next(macro.value for macro in MACROS if macro.name == "{$PSDIFF.NODATA}")
_HOSTS = f"count(exists_foreach(/*/{STATE.key}))"
_HEARD = f"count(last_foreach(/*/{STATE.key},{_RECENT}))"
_SUM = f"sum(last_foreach(/*/{STATE.key},{_RECENT}))"
_BLIND = f"sum(last_foreach(/*/{BLIND.key},{_RECENT}))"


def _how_many(state: str) -> str:
    return f'count(last_foreach(/*/{STATE.key},{_RECENT}),"eq",{state})'


def _lines(side: str) -> str:
    return f"sum(last_foreach(/*/psdiff.{side}.count,{_RECENT}))"


RIGHT_HOSTS, DIFFERENT, BLIND_HOSTS, SILENT = (
    f"{ALONE}{name}" for name in ("right", "differ", "cannot.tell", "silent")
)
_OTHERS = (
    Count(SILENT, "Hosts that are silent", f"{_HOSTS}-{_HEARD}"),
    Count(f"{ALONE}hosts", "Hosts", _HOSTS),
    Count(f"{ALONE}missing", "Missing lines", _lines("missing")),
    Count(f"{ALONE}extra", "Extra lines", _lines("extra")),
)
COUNTS_70 = (
    Count(RIGHT_HOSTS, "Hosts that are right", _how_many(RIGHT)),
    Count(DIFFERENT, "Hosts that differ", _how_many(DIFFERS)),
    Count(BLIND_HOSTS, "Hosts that cannot tell", _how_many(CANNOT_TELL)),
    *_OTHERS,
)
# 6.0 can add up values of hosts, but not count those with a certain value.
COUNTS_60 = (
    Count(RIGHT_HOSTS, "Hosts that are right", f"{_HEARD}-{_SUM}+2*{_BLIND}"),
    Count(DIFFERENT, "Hosts that differ", f"{_SUM}-{_BLIND}"),
    Count(BLIND_HOSTS, "Hosts that cannot tell", f"0-{_BLIND}"),
    *_OTHERS,
)


def _tile(x: int, width: int, fields: Fields) -> Widget:
    return Widget("item", "", x, 0, width, 2, fields, has_header=False)


_STATES = (
    ("Right", RIGHT_HOSTS, GREEN),
    ("Differ", DIFFERENT, RED),
    ("Cannot tell", BLIND_HOSTS, ORANGE),
    ("Silent", SILENT, PURPLE),
)


def _number(grid: Grid, key: str, title: str, colour: str) -> Fields:
    """A number of hosts: in a field of that colour unless it is 0, or itself in that colour."""
    if grid.has_indexes:
        return coloured(key, title, 45, (("0", GREY), ("1", colour)))
    return (*item_value(key, title, 45), *strings(value_color=colour))


def _numbers(grid: Grid) -> Iterator[Widget]:
    """The first two rows: how many hosts there are of each kind."""
    for number, (title, key, colour) in enumerate(_STATES):
        yield _tile(4 * number, 4, _number(grid, key, title, colour))
    for x, width, title, name in (
        (16, 2, "Hosts", "hosts"),
        (18, 3, "Missing lines", "missing"),
        (21, 3, "Extra lines", "extra"),
    ):
        yield _tile(x, width, item_value(f"{ALONE}{name}", title, 35))


def _most(grid: Grid, side: str, x: int, width: int) -> Widget:
    only_here = (
        integers(show_lines=25, **{"columns.1.decimal_places": 0})
        if grid.has_indexes
        else (*integers(count=25), *strings(**{"columns.1.timeshift": ""}))
    )
    fields = (*table((side, f"{side}: count")), *integers(column=1), *only_here)
    return Widget("tophosts", f"Most {side.lower()} lines", x, 7, width, 4, fields)


_IN_PROBLEM = 3
_PROBLEMS: Fields = (
    *integers(show=_IN_PROBLEM, show_tags=2, show_opdata=2, show_lines=50),
    *strings(tag_priority="daemon,scope"),
    *tag_filter("target", "psdiff"),
)
# Triggers of one name are one row, and each host is a column.
_SAME: Fields = (*integers(show=_IN_PROBLEM, style=1), *tag_filter("daemon"))
_HOST_CELLS = cells(STATE.name, "{HOST.NAME}", "", STATE_COLOURS)


def _by_tag() -> Iterator[Widget]:
    information_to_high = several("severities", (1, 2, 3, 4))
    for number, scope in enumerate(("availability", "security", "notice")):
        fields = (*integers(show_type=1), *information_to_high, *tag_filter("scope", scope))
        yield Widget("problemsbysv", f"Problems: {scope}", 8 * number, 11, 8, 2, fields)


def fleet_pages(grid: Grid) -> Tuple[Page, ...]:
    """The dashboard's one page.  Without honeycombs there is more room for the rest."""
    same = "The same daemon on many hosts"
    if grid.has_indexes:
        hosts = [Widget("honeycomb", "Hosts", 0, 2, 24, 5, _HOST_CELLS)]
        hosts += [Widget("trigover", same, 0, 7, 12, 4, _SAME)]
    else:
        hosts = [Widget("trigover", same, 0, 2, 24, 5, _SAME)]
    width = 6 if grid.has_indexes else 12
    most = [
        _most(grid, side, 24 - width * (2 - number), width)
        for number, side in enumerate(("Missing", "Extra"))
    ]
    problems = Widget("problems", "Problems", 0, 13, 24, 6, _PROBLEMS)
    return (Page("", (*_numbers(grid), *hosts, *most, *_by_tag(), problems)),)
