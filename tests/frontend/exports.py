"""What each release of Zabbix makes of a file: the file taken apart, and exported again.

Seen in exports of 6.0.14 and 7.0.9; for the others read in Zabbix's converters and validators:
https://github.com/zabbix/zabbix/tree/master/ui/include/classes/import
"""

from __future__ import annotations

from typing import Any, Dict
from xml.etree import ElementTree as ET

from psdiff_zbx.template import Release
from psdiff_zbx.template.to_xml import SINGULAR

Export = Dict[str, Any]

TWO_KINDS_OF_GROUPS = Release(6, 2)
NEW_WIDGET_TYPES = Release(6, 4)
NO_DATE = Release(6, 4)
NO_IDLE_FIELDS = Release(7, 2)

WIDGETS = {
    "CLOCK": "clock",
    "GRAPH_CLASSIC": "graph",
    "GRAPH_PROTOTYPE": "graphprototype",
    "ITEM": "item",
    "PLAIN_TEXT": "plaintext",
    "URL": "url",
}


def parsed(source: str) -> Export:
    """The `zabbix_export` of an XML file."""
    found: Export = _value(ET.fromstring(source))
    return found


def _value(element: ET.Element) -> Any:
    inner = list(element)
    if not inner:
        return element.text or ""
    if {each.tag for each in inner} == {SINGULAR.get(element.tag)}:
        return [_value(each) for each in inner]
    return {each.tag: _value(each) for each in inner}


def exported(found: Export, release: Release) -> Export:
    """The same content as an export of this release."""
    groups = "template_groups" if release >= TWO_KINDS_OF_GROUPS else "groups"
    head = {"version": str(release)}
    head.update({} if release >= NO_DATE else {"date": "2026-11-26T10:00:00Z"})
    rest = {
        groups if name in ("groups", "template_groups") else name: _exported(name, value, release)
        for name, value in found.items()
        if name not in ("version", "date")
    }
    return {**head, **rest}


def _exported(kind: str, node: Any, release: Release) -> Any:
    if isinstance(node, list):
        return [_exported(kind, each, release) for each in reversed(node)]
    if not isinstance(node, dict):
        return node
    made = {name: _exported(name, value, release) for name, value in node.items()}
    if kind == "widgets" and release >= NEW_WIDGET_TYPES:
        made["type"] = WIDGETS.get(made["type"], made["type"])
    for name, value in _idle(kind, node).items():
        if release < NO_IDLE_FIELDS:
            made.setdefault(name, value)
        else:
            made.pop(name, None)
    return made


def _idle(kind: str, node: Export) -> Dict[str, str]:
    """The fields of an object that say nothing, as the releases that write them do."""
    found = {}
    if node.get("type") == "DEPENDENT":
        found["delay"] = "0"
    if node.get("value_type") == "TEXT":
        found["trends"] = "0"
    if node.get("lifetime_type") == "DELETE_IMMEDIATELY":
        found["lifetime"] = "0"
    if kind == "conditions":
        found["formulaid"] = "A"
    return found
