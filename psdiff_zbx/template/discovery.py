"""The discovery rule's filter, and its override for prototypes that are not discovered by
default."""

from __future__ import annotations

from typing import Iterable

from .items import ITEM_PROTOTYPES
from .versions import Export

_FILTERS = ("CMDLINE", "NAME", "USER")


def conditions() -> Iterable[Export]:
    """The filter: command line, name and user must each match one macro and not match another."""
    operators = (("MATCHES", ""), ("NOT_MATCHES", "NOT_MATCHES_REGEX"))
    rows = [(name, *operator) for name in _FILTERS for operator in operators]
    for number, (name, suffix, operator) in enumerate(rows):
        condition = {
            "macro": f"{{#PSDIFF.{name}}}",
            "value": f"{{$PSDIFF.{name}.{suffix}}}",
            "operator": operator,
            "formulaid": chr(ord("A") + number),
        }
        yield without_empty(condition)


def resources_override() -> Export:
    """The override by which a macro switches on the prototypes that are not discovered by
    default."""
    names = [item.name.partition("}")[2] for item in ITEM_PROTOTYPES if item.resource]
    return {
        "name": "Resources of the daemons that {$PSDIFF.RESOURCES.MATCHES} names",
        "step": "1",
        "filter": {
            "conditions": [
                {
                    "macro": "{#PSDIFF.NAME}",
                    "value": "{$PSDIFF.RESOURCES.MATCHES}",
                    "formulaid": "A",
                }
            ]
        },
        "operations": [
            {
                "operationobject": "ITEM_PROTOTYPE",
                "operator": "LIKE",
                "value": name,
                "discover": "DISCOVER",
            }
            for name in names
        ],
    }


def without_empty(export: Export) -> Export:
    """The export without empty values, which Zabbix's own exports leave out, too."""
    return {name: value for name, value in export.items() if value not in ("", [])}
