"""The host's dashboard: its state first, then what is missing and extra, then since when.

What matters is in the upper nine rows, which a screen of 1366×768 shows; 1920×1080 shows 13.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

from .calm import PAUSED
from .states import STATE
from .widgets import (
    COUNT_COLOURS,
    DAEMON_COLOURS,
    GRAPH,
    GRID_60,
    ITEM,
    REFERENCES,
    STATE_COLOURS,
    STRING,
    Field,
    Fields,
    Grid,
    Page,
    Widget,
    cells,
    coloured,
    integers,
    item_value,
    strings,
)

MISSING_AND_EXTRA = "psdiff: Missing and extra"
COLLECTION_TIME = "psdiff: Collection time"

_MISSING, _EXTRA = "psdiff.missing.text", "psdiff.extra.text"
_COUNTS = "psdiff.missing.count", "psdiff.extra.count"
_PROCESSES, _SECONDS = "psdiff.processes", "psdiff.seconds"
_WRITTEN, _BY = "psdiff.baseline.written", "psdiff.baseline.by"


def _tile(x: int, width: int, fields: Fields) -> Widget:
    """An item's value in the first two rows."""
    return Widget("item", "", x, 0, width, 2, fields, has_header=False)


def _lines(key: str) -> Fields:
    """One line for each process, in fixed width: without the item's name, whatever the time of
    the dashboard is, for an unchanged text is stored once an hour."""
    return (
        Field("columns.0.itemid", ITEM, key),
        *strings(**{"columns.0.name": "Lines"}),
        *integers(**{"columns.0.monospace_font": 1}),
        *integers(layout=1, show_column_header=0, show_lines=1),
        *strings(**{"time_period.from": "now-1d", "time_period.to": "now"}),
    )


def _graph(name: str) -> Fields:
    return (Field("graphid.0", GRAPH, name),)


_DAEMONS = cells(
    "*: state",
    '{{ITEM.NAME}.regsub("^(.*): state$","\\1")}',
    # How many run, or - if they are too few.  A macro function gets "-1", not "missing (-1)".
    '{{ITEM.LASTVALUE}.regsub("^(-|[0-9]+)","\\1")}',
    DAEMON_COLOURS,
)
# Those that are open, the worst first, with their operational data.
_PROBLEMS = integers(show=3, sort_triggers=1, show_opdata=2)
_TILES = (
    _tile(11, 4, item_value(PAUSED.key, "Paused until", 16)),
    _tile(15, 4, item_value(_WRITTEN, "Baseline written", 16)),
    _tile(19, 3, item_value(_BY, "Baseline by", 16)),
    _tile(22, 2, item_value(_SECONDS, "Collection", 16)),
)

PAGES_70 = (
    Page(
        "Now",
        (
            _tile(0, 5, coloured(STATE.key, "State", 30, STATE_COLOURS)),
            _tile(5, 2, coloured(_COUNTS[0], "Missing", 45, COUNT_COLOURS)),
            _tile(7, 2, coloured(_COUNTS[1], "Extra", 45, COUNT_COLOURS)),
            _tile(9, 2, item_value(_PROCESSES, "Processes", 35)),
            *_TILES,
            Widget("honeycomb", "Daemons", 0, 2, 15, 5, _DAEMONS),
            Widget("problems", "Problems", 15, 2, 9, 5, _PROBLEMS),
            Widget("itemhistory", "What is missing", 0, 7, 12, 3, _lines(_MISSING)),
            Widget("itemhistory", "What is extra", 12, 7, 12, 3, _lines(_EXTRA)),
            Widget("graph", "Missing and extra", 0, 10, 24, 3, _graph(MISSING_AND_EXTRA)),
        ),
    ),
    Page("Daemons", (Widget("honeycomb", "Daemons", 0, 0, 24, 12, _DAEMONS),)),
    Page(
        "History",
        (
            Widget("graph", "Missing and extra", 0, 0, 24, 6, _graph(MISSING_AND_EXTRA)),
            Widget("graph", "Collection time", 0, 6, 24, 6, _graph(COLLECTION_TIME)),
        ),
    ),
)


def _plain_text(key: str) -> Fields:
    return (Field("itemids.0", ITEM, key), *integers(show_lines=1, style=1))


PAGES_60 = (
    Page(
        "Now",
        (
            _tile(0, 5, item_value(STATE.key, "State", 30)),
            _tile(5, 2, item_value(_COUNTS[0], "Missing", 45)),
            _tile(7, 2, item_value(_COUNTS[1], "Extra", 45)),
            _tile(9, 2, item_value(_PROCESSES, "Processes", 35)),
            *_TILES,
            Widget("plaintext", "What is missing", 0, 2, 12, 5, _plain_text(_MISSING)),
            Widget("plaintext", "What is extra", 12, 2, 12, 5, _plain_text(_EXTRA)),
            Widget("graph", "Missing and extra", 0, 7, 12, 5, _graph(MISSING_AND_EXTRA)),
            Widget("graph", "Collection time", 12, 7, 12, 5, _graph(COLLECTION_TIME)),
        ),
    ),
)


def pages(grid: Grid, host: str) -> Tuple[Dict[str, Any], ...]:
    """The pages as a version's export has them, for the template ``host``."""
    rows = PAGES_60 if grid is GRID_60 else PAGES_70
    return tuple(
        {
            "name": page.name,
            "widgets": [
                _widget(grid, widget, host, f"PSD{chr(ord('A') + at)}{chr(ord('A') + number)}")
                for number, widget in enumerate(page.widgets)
            ],
        }
        for at, page in enumerate(rows)
    )


_DEFAULT_HEIGHT = 2
_REFERRED_TO = ("graph", "graphprototype", "honeycomb", "itemhistory", "problems")
"""Widgets to which others may refer, by a name that is theirs alone."""


def _widget(grid: Grid, row: Widget, host: str, reference: str) -> Dict[str, Any]:
    """One widget; what is the default is left out, as Zabbix does."""
    export: Dict[str, Any] = {"type": grid.kinds.get(row.kind, row.kind)}
    export.update({"name": row.name} if row.name else {})
    export.update({"hide_header": "YES"} if not row.has_header else {})
    export.update({"x": str(row.x * grid.columns)} if row.x else {})
    export.update({"y": str(row.y)} if row.y else {})
    export["width"] = str(row.width * grid.columns)
    export.update({"height": str(row.height)} if row.height != _DEFAULT_HEIGHT else {})
    fields = list(row.fields)
    if grid.has_indexes and row.kind in _REFERRED_TO:
        fields.append(Field("reference", STRING, reference))
    return {**export, "fields": [_field(grid, field, host) for field in fields]}


def _field(grid: Grid, field: Field, host: str) -> Dict[str, Any]:
    value: Any = field.value
    if field.kind in REFERENCES:
        value = {"host": host, "key" if field.kind == ITEM else "name": field.value}
    return {"type": field.kind, "name": grid.field_name(field.name), "value": value}
