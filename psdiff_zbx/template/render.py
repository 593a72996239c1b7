"""The template's rows as a ``zabbix_export`` of one version.

In: a version, and whether checks are active.  Out: nested dictionaries and lists, or XML.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Mapping, Sequence, Tuple

from ..core.digest import hex_digest
from . import triggers
from .dashboard import COLLECTION_TIME, MISSING_AND_EXTRA, pages
from .discovery import conditions, resources_override, without_empty
from .items import DISCOVERY, ITEM_PROTOTYPES, ITEMS, MASTER
from .macros import MACROS, TIMEOUT, Macro
from .preprocessing import has_trends, item_steps, rule_steps
from .records import UNIT, UNIT_TAG, Item, Trigger
from .states import STATE, VALUE_MAPS, ValueMap, mappings
from .to_xml import to_xml
from .versions import VERSIONS, Export, Version

__all__ = ["VERSIONS", "Template", "render"]

_GROUP = {"uuid": "a571c0d144b14fd4a87a9d9b2aa9fcd6", "name": "Templates/Applications"}
_DESCRIPTION = (
    "The daemons of a Linux host compared with their baseline, by psdiff-zbx: what is missing, "
    "what is extra, one line per process."
)
# By the name a dashboard finds the same daemon on many hosts.
_UNIT_TAG = (UNIT_TAG, UNIT)
_DAEMON_TAGS: Mapping[str, Sequence[Tuple[str, str]]] = {
    "item prototype": (_UNIT_TAG,),
    "trigger prototype": (("daemon", "{#PSDIFF.NAME}"), _UNIT_TAG),
}
_RED, _ORANGE, _BLUE = "E45959", "FFA059", "2774A4"


def render(version: str, active: bool) -> str:
    """The template's XML for Zabbix ``version``, for passive or active checks."""
    return to_xml(Template(VERSIONS[version], active).export())


class Template:
    """The template for one version of Zabbix, with active or passive checks."""

    def __init__(self, version: Version, active: bool) -> None:
        self.version = version
        self.active = active
        self.name = "psdiff by Zabbix agent active" if active else "psdiff by Zabbix agent"

    def uuid(self, *what: str) -> str:
        """32 hex digits in the form of a UUIDv4, as Zabbix wants them: always the same for the
        same object, and different in every template and version."""
        text = "\0".join(("psdiff-zbx", self.version.name, self.name, *what))
        digits = hex_digest(text.encode())
        variant = "89ab"[int(digits[16], 16) % 4]
        return f"{digits[:12]}4{digits[13:16]}{variant}{digits[17:32]}"

    def export(self) -> Export:
        """The whole ``zabbix_export``, as nested dictionaries and lists."""
        return {
            "version": self.version.name,
            self.version.groups: [_GROUP],
            "templates": [self._template()],
            "triggers": self._of_several("trigger", triggers.TRIGGERS),
            "graphs": self._graphs(),
        }

    def _template(self) -> Export:
        return {
            "uuid": self.uuid("template"),
            "template": self.name,
            "name": self.name,
            "description": _DESCRIPTION,
            **self.version.template_extra,
            "groups": [{"name": _GROUP["name"]}],
            "items": [self._master(), *map(self._item, (*ITEMS, *self.version.states))],
            "discovery_rules": [self._rule()],
            "tags": _tags(("class", "software"), ("target", "psdiff")),
            "macros": [_macro(macro) for macro in self._macros()],
            "dashboards": [self._dashboard()],
            "valuemaps": [self._value_map(each) for each in VALUE_MAPS],
        }

    def _macros(self) -> Iterable[Macro]:
        return sorted((*MACROS, *([TIMEOUT] if self.version.item_extra else [])))

    def _master(self) -> Export:
        return {
            "uuid": self.uuid("item", MASTER),
            "name": "Get all",
            **({"type": "ZABBIX_ACTIVE"} if self.active else {}),
            "key": MASTER,
            "delay": "{$PSDIFF.INTERVAL}",
            "history": "0",
            "trends": "0",
            "value_type": "TEXT",
            "description": "The document from which all other items take their values.",
            **self.version.item_extra,
            "tags": _tags(("component", "raw")),
        }

    def _item(self, item: Item) -> Export:
        export = self._dependent("item", item)
        export["triggers"] = [
            self._trigger("trigger", trigger)
            for trigger in triggers.TRIGGERS
            if _keys(trigger) == [item.key]
        ]
        return without_empty(export)

    def _of_several(self, kind: str, rows: Iterable[Trigger]) -> List[Export]:
        """Triggers on several items: Zabbix exports them beside the templates, or below the
        discovery rule, not below an item."""
        return [self._trigger(kind, trigger) for trigger in rows if len(_keys(trigger)) > 1]

    def _dependent(self, kind: str, item: Item) -> Export:
        return {
            "uuid": self.uuid(kind, item.key),
            "name": item.name,
            "type": "DEPENDENT",
            "key": item.key,
            "delay": "0",
            "history": "{$PSDIFF.HISTORY}",
            "trends": "" if has_trends(item) else "0",
            "discover": "NO_DISCOVER" if item.resource else "",
            "value_type": "" if item.value_type == "UNSIGNED" else item.value_type,
            "units": item.units,
            "description": item.description,
            "valuemap": {"name": item.value_map} if item.value_map else "",
            "preprocessing": list(item_steps(item)),
            "master_item": {"key": MASTER},
            "tags": _tags(("component", item.component), *_DAEMON_TAGS.get(kind, ())),
        }

    def _trigger(self, kind: str, trigger: Trigger) -> Export:
        after = [each for each in triggers.TRIGGERS if each.name in trigger.after]
        return without_empty(
            {
                "uuid": self.uuid(kind, trigger.name),
                "expression": self._expression(trigger),
                "name": trigger.name,
                "event_name": trigger.event_name,
                "opdata": trigger.opdata,
                "priority": trigger.priority,
                "description": trigger.description,
                "manual_close": "YES" if trigger.manual_close else "",
                "dependencies": [
                    {"name": each.name, "expression": self._expression(each)} for each in after
                ],
                "tags": _tags(("scope", trigger.scope), *_DAEMON_TAGS.get(kind, ())),
            }
        )

    def _expression(self, trigger: Trigger) -> str:
        return trigger.expression.replace("{T}", self.name)

    def _rule(self) -> Export:
        return {
            "uuid": self.uuid("rule", DISCOVERY),
            "name": "Daemon discovery",
            "type": "DEPENDENT",
            "key": DISCOVERY,
            "delay": "0",
            "filter": {"evaltype": "AND", "conditions": list(conditions())},
            **self.version.rule_extra,
            "description": "The daemons of the baseline, running or not.",
            "item_prototypes": [
                self._prototype(item) for item in (*ITEM_PROTOTYPES, *self.version.daemon_states)
            ],
            "trigger_prototypes": self._of_several(
                "trigger prototype", triggers.TRIGGER_PROTOTYPES
            ),
            "master_item": {"key": MASTER},
            "preprocessing": list(rule_steps()),
            "overrides": [resources_override()],
        }

    def _prototype(self, item: Item) -> Export:
        return without_empty(self._dependent("item prototype", item))

    def _graphs(self) -> List[Export]:
        counts = {"psdiff.missing.count": _RED, "psdiff.extra.count": _ORANGE}
        return [
            self._graph("graph", MISSING_AND_EXTRA, counts),
            self._graph("graph", COLLECTION_TIME, {"psdiff.seconds": _BLUE}),
        ]

    def _graph(self, kind: str, name: str, colors: Mapping[str, str]) -> Export:
        return {
            "uuid": self.uuid(kind, name),
            "name": name,
            "ymin_type_1": "FIXED",
            "graph_items": [
                {
                    **({"sortorder": str(number)} if number else {}),
                    "drawtype": "GRADIENT_LINE",
                    "color": color,
                    "item": {"host": self.name, "key": key},
                }
                for number, (key, color) in enumerate(colors.items())
            ],
        }

    def _value_map(self, value_map: ValueMap) -> Export:
        return {
            "uuid": self.uuid("value map", value_map.name),
            "name": value_map.name,
            "mappings": mappings(value_map),
        }

    def _dashboard(self) -> Export:
        return {
            "uuid": self.uuid("dashboard"),
            "name": "psdiff: Processes",
            "auto_start": "NO",
            "pages": list(pages(self.version.grid, self.name)),
        }


def _keys(trigger: Trigger) -> List[str]:
    """The keys of the items in a trigger's expression."""
    items = (*ITEMS, STATE, *ITEM_PROTOTYPES)
    return [item.key for item in items if f"/{{T}}/{item.key}" in _bounded(trigger, item)]


def _bounded(trigger: Trigger, item: Item) -> str:
    """The expression if it has this key; empty if the key is only the beginning of a longer
    one."""
    found = trigger.expression.partition(f"/{{T}}/{item.key}")[2][:1]
    return trigger.expression if found in (",", ")") else ""


def _macro(macro: Macro) -> Export:
    return {"macro": macro.name, "value": macro.value, "description": macro.description}


def _tags(*pairs: Sequence[str]) -> List[Dict[str, str]]:
    return [{"tag": tag, "value": value} for tag, value in pairs]
