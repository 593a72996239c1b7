"""Nested dictionaries and lists to Zabbix's XML."""

from __future__ import annotations

from typing import Any, Iterable, Mapping
from xml.sax.saxutils import escape

SINGULAR = {
    "dashboards": "dashboard",
    "dependencies": "dependency",
    "discovery_rules": "discovery_rule",
    "fields": "field",
    "filters": "filter",
    "graph_items": "graph_item",
    "graph_prototypes": "graph_prototype",
    "graphs": "graph",
    "groups": "group",
    "item_prototypes": "item_prototype",
    "items": "item",
    "lld_macro_paths": "lld_macro_path",
    "macros": "macro",
    "mappings": "mapping",
    "operations": "operation",
    "overrides": "override",
    "pages": "page",
    "parameters": "parameter",
    "preprocessing": "step",
    "tags": "tag",
    "template_groups": "template_group",
    "templates": "template",
    "trigger_prototypes": "trigger_prototype",
    "triggers": "trigger",
    "valuemaps": "valuemap",
    "widgets": "widget",
    "conditions": "condition",
}


def to_xml(export: Mapping[str, Any]) -> str:
    """The text of a ``zabbix_export`` document."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_element("zabbix_export", export, 0), ""]
    return "\n".join(lines)


def _element(name: str, value: Any, depth: int) -> Iterable[str]:
    indent = "    " * depth
    if isinstance(value, str):
        yield f"{indent}<{name}>{escape(value)}</{name}>"
        return
    yield f"{indent}<{name}>"
    if isinstance(value, Mapping):
        for child, content in value.items():
            yield from _element(child, content, depth + 1)
    else:
        for content in value:
            yield from _element(SINGULAR[name], content, depth + 1)
    yield f"{indent}</{name}>"
