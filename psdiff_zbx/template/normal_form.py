"""An export in one form for all releases, so that a server's can be compared with ours.

In: an export, as nested dictionaries and lists.  Out: the same with the names of the newest
release, and without fields that say nothing, which only some releases write.
"""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Mapping, NamedTuple


class _Idle(NamedTuple):
    """A field that says nothing where the field ``beside`` it has one of these values."""

    field: str
    beside: str
    values: FrozenSet[str]


# 6.0 to 7.0 write these fields always ("export_default"), 7.2 and later never.
# https://github.com/zabbix/zabbix/blob/release/7.0/ui/include/classes/import/validators/C70XmlValidator.php
# https://github.com/zabbix/zabbix/blob/release/7.2/ui/include/classes/import/validators/C72XmlValidator.php
_IDLE = (
    _Idle("delay", "type", frozenset(("DEPENDENT",))),
    _Idle("trends", "value_type", frozenset(("CHAR", "LOG", "TEXT"))),
    _Idle("lifetime", "lifetime_type", frozenset(("DELETE_IMMEDIATELY",))),
)

# So it is with the letter of a condition, for the sake of formulas: the template has none, only
# "and" and "or".
_LETTER = ("conditions", "formulaid")

# One kind of groups until 6.0, two from 6.2 on.
# https://www.zabbix.com/documentation/6.2/en/manual/api/changes_6.0_-_6.2
_GROUPS = {"groups": "template_groups"}

# A widget's type until 6.2, and from 6.4 on.
# https://github.com/zabbix/zabbix/blob/release/7.0/ui/include/classes/import/converters/C62ImportConverter.php
_WIDGET_TYPE = ("widgets", "type")
_WIDGETS = {
    "CLOCK": "clock",
    "GRAPH_CLASSIC": "graph",
    "GRAPH_PROTOTYPE": "graphprototype",
    "ITEM": "item",
    "PLAIN_TEXT": "plaintext",
    "URL": "url",
}


def normal_form(export: Mapping[str, Any]) -> Dict[str, Any]:
    """The export as every release could have written it."""
    return {_GROUPS.get(name, name): _normal(name, value) for name, value in export.items()}


def _normal(kind: str, node: Any) -> Any:
    if isinstance(node, list):
        return [_normal(kind, each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _WIDGETS.get(value, value) if (kind, name) == _WIDGET_TYPE else _normal(name, value)
        for name, value in node.items()
        if (kind, name) != _LETTER and not _is_idle(name, node)
    }


def _is_idle(name: str, node: Mapping[str, Any]) -> bool:
    return any(name == row.field and node.get(row.beside) in row.values for row in _IDLE)
