"""What differs between the exports of Zabbix 6.0 and 7.0: names of objects, widgets and fields."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

from .dashboard import Widget

Export = Dict[str, Any]


class Version(NamedTuple):
    """One version of Zabbix, with its names for objects, widgets and fields."""

    name: str
    groups: str
    """The tag of the template groups."""
    columns: int
    """Columns of the dashboard's grid for each column of 6.0."""
    kinds: Mapping[str, str]
    item_field: str
    show_fields: Sequence[str]
    """The fields that list what an item value widget shows."""
    graph_field: str
    item_extra: Mapping[str, str]
    """Further fields of the master item."""
    rule_extra: Mapping[str, str]
    template_extra: Mapping[str, Any]


V60 = Version(
    name="6.0",
    groups="groups",
    columns=1,
    kinds={
        "value": "ITEM",
        "text": "PLAIN_TEXT",
        "graph": "GRAPH_CLASSIC",
        "prototype": "GRAPH_PROTOTYPE",
    },
    item_field="itemid",
    show_fields=("show", "show"),
    graph_field="graphid",
    item_extra={},
    rule_extra={"lifetime": "0"},
    template_extra={},
)

V70 = Version(
    name="7.0",
    groups="template_groups",
    columns=3,
    kinds={
        "value": "item",
        "text": "itemhistory",
        "graph": "graph",
        "prototype": "graphprototype",
    },
    item_field="itemid.0",
    show_fields=("show.0", "show.1"),
    graph_field="graphid.0",
    item_extra={"timeout": "{$PSDIFF.TIMEOUT}"},
    rule_extra={"lifetime": "0", "lifetime_type": "DELETE_IMMEDIATELY"},
    template_extra={"vendor": {"name": "psdiff-zbx", "version": "7.0-0"}},
)

VERSIONS = {version.name: version for version in (V60, V70)}


def widget(version: Version, row: Widget, host: str, number: int) -> Export:
    """One widget of the dashboard, as this version exports it.  ``number`` makes its reference
    unique."""
    export: Export = {"type": version.kinds[row.kind], "name": row.name}
    export.update({"x": str(row.x * version.columns)} if row.x else {})
    export.update({"y": str(row.y)} if row.y else {})
    export["width"] = str(row.width * version.columns)
    export.update({"height": str(row.height)} if row.height != _DEFAULT_HEIGHT else {})
    fields = _fields(version, row, host)
    if version is V70 and row.kind in ("graph", "prototype"):
        fields.append(_field("STRING", "reference", f"PSD{chr(ord('A') + number)}A"))
    export["fields"] = fields
    return export


_DEFAULT_HEIGHT = 2
_SHOWN = ("2", "4")  # the value and the change indicator, but no description and no time


def _fields(version: Version, row: Widget, host: str) -> List[Export]:
    item = {"host": host, "key": row.what}
    graph = {"host": host, "name": row.what}
    if row.kind == "value":
        return [
            _field("INTEGER", "decimal_places", "0"),
            _field("ITEM", version.item_field, item),
            *(_field("INTEGER", *pair) for pair in zip(version.show_fields, _SHOWN)),
        ]
    if row.kind == "text":
        return _text_fields(version, row, item)
    if row.kind == "graph":
        return [_field("GRAPH", version.graph_field, graph)]
    return [
        _field("INTEGER", "columns", "4"),
        _field("GRAPH_PROTOTYPE", version.graph_field, graph),
    ]


def _text_fields(version: Version, row: Widget, item: Export) -> List[Export]:
    if version is V60:
        return [
            _field("ITEM", "itemids", item),
            _field("INTEGER", "show_lines", "1"),
        ]
    return [
        _field("ITEM", "columns.0.itemid", item),
        _field("STRING", "columns.0.name", row.name),
        _field("INTEGER", "columns.0.monospace_font", "1"),
        _field("INTEGER", "show_column_header", "0"),
        _field("INTEGER", "show_lines", "1"),
        _field("INTEGER", "show_timestamp", "1"),
    ]


def _field(kind: str, name: str, value: Any) -> Export:
    return {"type": kind, "name": name, "value": value}
