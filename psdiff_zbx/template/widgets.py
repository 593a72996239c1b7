"""Widgets as rows, for the template's dashboard and for the fleet's.

Types, fields and columns are named as in Zabbix 7.0; ``Grid`` says what 6.0 calls them.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Tuple

GREEN, RED, ORANGE = "388E3C", "D32F2F", "C56000"
PURPLE, GREY, WHITE = "8E24AA", "607D8B", "FFFFFF"

INTEGER, STRING, ITEM, GRAPH = "INTEGER", "STRING", "ITEM", "GRAPH"
REFERENCES = (ITEM, GRAPH)
"""The kinds of fields whose values name an object: an item's key or a graph's name."""


class Field(NamedTuple):
    """One setting of a widget."""

    name: str
    kind: str
    value: str


Fields = Tuple[Field, ...]


class Widget(NamedTuple):
    """One widget.  ``x`` and ``width`` are in columns of a dashboard of 6.0, which has 24; ``y``
    and ``height`` are in rows."""

    kind: str
    name: str
    x: int
    y: int
    width: int
    height: int
    fields: Fields
    has_header: bool = True


class Page(NamedTuple):
    """One page of a dashboard."""

    name: str
    widgets: Tuple[Widget, ...]


class Grid(NamedTuple):
    """How a version of Zabbix writes dashboards down."""

    columns: int
    """For each column of 6.0."""
    kinds: Mapping[str, str]
    """Types of widgets in exports, where they differ from ours."""
    has_indexes: bool
    """Whether names of fields hold indexes as in ``itemid.0`` and ``tags.0.value``."""

    def field_name(self, name: str) -> str:
        """A field's name in this version: 6.0 has ``itemid``, ``tags.value.0``."""
        if self.has_indexes:
            return name
        moved = re.sub(r"^(\w+)\.(\d+)\.(\w+)", r"\1.\3.\2", name)
        return moved if moved != name else re.sub(r"\.\d+$", "", name)


GRID_60 = Grid(
    columns=1,
    kinds={
        "item": "ITEM",
        "graph": "GRAPH_CLASSIC",
        "plaintext": "PLAIN_TEXT",
    },
    has_indexes=False,
)
GRID_70 = Grid(columns=3, kinds={}, has_indexes=True)

Thresholds = Tuple[Tuple[str, str], ...]
"""From which value on a widget has which colour."""

COUNT_COLOURS: Thresholds = (("0", GREY), ("1", RED))
"""No green: the count of what is missing may be from before an error."""
STATE_COLOURS: Thresholds = (("-1", ORANGE), ("0", GREEN), ("1", RED))
DAEMON_COLOURS: Thresholds = (("-1", RED), ("0", GREY), ("1", GREEN))


def integers(**values: int) -> Fields:
    """Fields with numbers."""
    return tuple(Field(name, INTEGER, str(value)) for name, value in values.items())


def strings(**values: str) -> Fields:
    """Fields with texts."""
    return tuple(Field(name, STRING, value) for name, value in values.items())


def several(name: str, values: Tuple[int, ...]) -> Fields:
    """A field with several numbers."""
    return tuple(
        Field(f"{name}.{number}", INTEGER, str(value)) for number, value in enumerate(values)
    )


def thresholds(colours: Thresholds) -> Fields:
    """The thresholds of an item value or of a honeycomb."""
    return tuple(
        Field(f"thresholds.{number}.{name}", STRING, value)
        for number, (limit, colour) in enumerate(colours)
        for name, value in (("color", colour), ("threshold", limit))
    )


def tag_filter(tag: str, value: str = "") -> Fields:
    """Only what has this tag; and only with this value, if there is one."""
    equals, exists = "1", "4"
    return (
        Field("tags.0.tag", STRING, tag),
        Field("tags.0.operator", INTEGER, equals if value else exists),
        Field("tags.0.value", STRING, value),
    )


def item_value(key: str, title: str, size: int, label: int = 15) -> Fields:
    """An item's value under its title; both sizes are in percent of the height."""
    return (
        Field("itemid.0", ITEM, key),
        *several("show", (1, 2)),
        *strings(description=title),
        *integers(decimal_places=0, desc_v_pos=0, desc_size=label, value_size=size),
    )


def coloured(key: str, title: str, size: int, colours: Thresholds) -> Fields:
    """An item's value, the whole widget in the colour of the value."""
    white = strings(value_color=WHITE, desc_color=WHITE)
    return (*item_value(key, title, size), *white, *thresholds(colours))


def cells(pattern: str, label: str, below: str, colours: Thresholds) -> Fields:
    """A honeycomb of the items whose names match: two labels, and the colour of the value."""
    return (
        Field("items.0", STRING, pattern),
        *strings(primary_label=label, primary_label_color=WHITE),
        *(strings(secondary_label=below, secondary_label_color=WHITE) if below else ()),
        *(integers(secondary_label_type=0) if below else several("show", (1,))),
        *thresholds(colours),
    )


def table(*columns: Tuple[str, str]) -> Fields:
    """The columns of a table of hosts after their names: titles and names of items."""
    host = (("data", INTEGER, "2"), ("name", STRING, "Host"), ("base_color", STRING, ""))
    rows = [host, *(_column(*each) for each in columns)]
    return tuple(
        Field(f"columns.{number}.{name}", kind, value)
        for number, row in enumerate(rows)
        for name, kind, value in row
    )


def time_column(number: int, title: str, item: str) -> Fields:
    """One more column of a table of hosts: a time."""
    texts = (("name", title), ("item", item), ("base_color", ""))
    numbers = (("data", 1), ("aggregate_function", 0), ("display", 1), ("history", 1))
    return (
        *(Field(f"columns.{number}.{name}", STRING, value) for name, value in texts),
        *(Field(f"columns.{number}.{name}", INTEGER, str(value)) for name, value in numbers),
    )


def _column(title: str, item: str) -> Tuple[Tuple[str, str, str], ...]:
    """A number, and a bar from 0 to the greatest of all."""
    texts = (("name", title), ("item", item), ("min", "0"), ("max", ""), ("base_color", RED))
    numbers = (("data", 1), ("aggregate_function", 0), ("display", 2), ("history", 1))
    return (
        *((name, STRING, value) for name, value in texts),
        *((name, INTEGER, str(value)) for name, value in numbers),
    )
