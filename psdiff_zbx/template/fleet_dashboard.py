"""The dashboard of all hosts, and the items that count them.

How many are right, differ, cannot tell or are silent; which; and what they have in common.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Tuple

from .calm import PAUSED
from .macros import MACROS
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
    time_column,
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

RIGHT_HOSTS, DIFFERENT, BLIND_HOSTS, SILENT = (
    f"{ALONE}{name}" for name in ("right", "differ", "cannot.tell", "silent")
)


def _recent(function: str, key: str) -> str:
    """One number for each host that has sent any lately."""
    return f"{function}_foreach(/*/{key},{_RECENT})"


def _how_many(state: str) -> str:
    return f'count({_recent("last", STATE.key)},"eq",{state})'


def _counts(function: str, right: str, differ: str, cannot_tell: str) -> Tuple[Count, ...]:
    heard = f"count({_recent(function, STATE.key)})"
    missing, extra = (
        f"sum({_recent(function, f'psdiff.{side}.count')})" for side in ("missing", "extra")
    )
    return (
        Count(RIGHT_HOSTS, "Hosts that are right", right),
        Count(DIFFERENT, "Hosts that differ", differ),
        Count(BLIND_HOSTS, "Hosts that cannot tell", cannot_tell),
        Count(SILENT, "Hosts that are silent", f"{_HOSTS}-{heard}"),
        Count(f"{ALONE}hosts", "Hosts", _HOSTS),
        Count(f"{ALONE}missing", "Missing lines", missing),
        Count(f"{ALONE}extra", "Extra lines", extra),
    )


COUNTS_70 = _counts("last", *map(_how_many, (RIGHT, DIFFERS, CANNOT_TELL)))

# 6.0 adds up values of hosts, but does not count those with a certain value; and its last_foreach
# takes values of any age (seen on 6.0.14).  So a host differs if it did at any time of the last
# minutes, and cannot tell if it never could.
_STATES_60, _BLIND_60 = (f"sum({_recent('max', key)})" for key in (STATE.key, BLIND.key))
COUNTS_60 = _counts(
    "max",
    f"count({_recent('max', STATE.key)})-{_STATES_60}+2*{_BLIND_60}",
    f"{_STATES_60}-{_BLIND_60}",
    f"0-{_BLIND_60}",
)


def _tile(x: int, width: int, fields: Fields) -> Widget:
    return Widget("item", "", x, 0, width, 2, fields, has_header=False)


_TILES = (
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
    for number, (title, key, colour) in enumerate(_TILES):
        yield _tile(4 * number, 4, _number(grid, key, title, colour))
    for x, width, title, name in (
        (16, 2, "Hosts", "hosts"),
        (18, 3, "Missing lines", "missing"),
        (21, 3, "Extra lines", "extra"),
    ):
        yield _tile(x, width, item_value(f"{ALONE}{name}", title, 35))


def _most(grid: Grid, side: str, x: int, width: int) -> Widget:
    places = {f"columns.{column}.decimal_places": 0 for column in (1, 2)}
    shifts = {f"columns.{column}.timeshift": "" for column in (1, 2)}
    only_here = (
        integers(show_lines=25, **places)
        if grid.has_indexes
        else (*integers(count=25), *strings(**shifts))
    )
    columns = (*table((side, f"{side}: count")), *time_column(2, "Paused until", PAUSED.name))
    fields = (*columns, *integers(column=1), *only_here)
    return Widget("tophosts", f"Most {side.lower()} lines", x, 7, width, 4, fields)


_IN_PROBLEM = 3
_PROBLEMS: Fields = (
    *integers(show=_IN_PROBLEM, show_lines=50, sort_triggers=1, show_tags=2, show_opdata=2),
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
    """Where there are honeycombs, one with room for some hundreds of hosts has a second page."""
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
    now = Page("Now", (*_numbers(grid), *hosts, *most, *_by_tag(), problems))
    large = Page("Hosts", (Widget("honeycomb", "Hosts", 0, 0, 24, 12, _HOST_CELLS),))
    return (now, large) if grid.has_indexes else (now,)
