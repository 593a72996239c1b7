"""A server's API in our words: our template in and out, and what a host has of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = {"passive": "psdiff by Zabbix agent", "active": "psdiff by Zabbix agent active"}
FILES = {"passive": "template_psdiff.xml", "active": "template_psdiff_active.xml"}
GROUPS = {"6.0": ("groups",), "7.0": ("template_groups", "host_groups")}
WHOLE = ("items", "triggers", "graphs", "discoveryRules", "valueMaps", "templateDashboards")
UPDATE = {"createMissing": True, "updateExisting": True}


class Api:
    """`call` is the logged-in API of a server of `version`."""

    def __init__(self, call: Any, version: str) -> None:
        """Nothing is asked yet."""
        self.call, self.version = call, version

    def committed(self, checks: str) -> str:
        """The text of the template for this version that people download."""
        return (TEMPLATES / self.version / FILES[checks]).read_text(encoding="utf-8")

    def import_xml(self, text: str) -> None:
        """configuration.import, with every rule; the API's own error where it refuses."""
        rules = {name: {**UPDATE, "deleteMissing": True} for name in WHOLE}
        rules.update(dict.fromkeys(("templates", *GROUPS[self.version]), UPDATE))
        getattr(self.call.configuration, "import")(format="xml", source=text, rules=rules)

    def export_xml(self, checks: str) -> str:
        """configuration.export of one template."""
        options = {"templates": self.templates(NAMES[checks])}
        return str(self.call.configuration.export(format="xml", options=options))

    def templates(self, name: str) -> list[str]:
        """The ids of the templates of that name: one, or none."""
        rows = self.call.template.get(output=["templateid"], filter={"host": [name]})
        return [row["templateid"] for row in rows]

    def items(self, host: str) -> dict[str, dict[str, str]]:
        """The items of a host (or of a template), by key."""
        output = ["key_", "name", "lastvalue", "lastclock", "state", "error"]
        return {row["key_"]: row for row in self.call.item.get(hostids=host, output=output)}

    def rules(self, host: str) -> list[dict[str, str]]:
        """The discovery rules of a host."""
        output = ["key_", "state", "error"]
        return list(self.call.discoveryrule.get(hostids=host, output=output))

    def history(self, host: str, since: int) -> dict[str, list[tuple[int, str]]]:
        """What was stored for a host from then on: time (in ns) and value, by the items' keys."""
        output = ["itemid", "key_", "value_type"]
        found: dict[str, list[tuple[int, str]]] = {}
        for item in self.call.item.get(hostids=host, output=output):
            rows = self.call.history.get(
                itemids=item["itemid"],
                history=item["value_type"],
                time_from=since,
                output=["clock", "ns", "value"],
            )
            stored = [(int(row["clock"]) * 10**9 + int(row["ns"]), row["value"]) for row in rows]
            found.update({item["key_"]: sorted(stored)} if stored else {})
        return found

    def triggers(self, host: str) -> list[str]:
        """The names of a host's triggers."""
        rows = self.call.trigger.get(hostids=host, output=["description"])
        return sorted(row["description"] for row in rows)

    def units(self, host: str) -> set[str]:
        """The values of the tag by which daemons' items and triggers name their units."""
        rows = self.call.item.get(hostids=[host], output=[], selectTags="extend")
        rows += self.call.trigger.get(hostids=[host], output=[], selectTags="extend")
        return {tag["value"] for row in rows for tag in row["tags"] if tag["tag"] == "unit"}

    def graphs(self, host: str) -> list[str]:
        """The names of a host's graphs."""
        return sorted(row["name"] for row in self.call.graph.get(hostids=host, output=["name"]))

    def problems(self, *hosts: str) -> list[str]:
        """The names of the open problems of some hosts."""
        rows = self.call.problem.get(hostids=list(hosts), output=["name"])
        return sorted(row["name"] for row in rows)

    def ids(self, host: str) -> list[str]:
        """The ids of everything that a host (or a template) has of our template."""
        sources = (self.call.item, self.call.discoveryrule, self.call.itemprototype)
        found = [row["itemid"] for each in sources for row in each.get(hostids=host, output=[])]
        for each, field in (
            (self.call.trigger, "triggerid"),
            (self.call.triggerprototype, "triggerid"),
            (self.call.graph, "graphid"),
            (self.call.graphprototype, "graphid"),
        ):
            found += [row[field] for row in each.get(hostids=host, output=[])]
        return sorted(found)
