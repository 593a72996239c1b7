"""The templates that are measured: how each comes onto the server, and what its hosts answer."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, NamedTuple

from tests.bench.server.fleet import Fleet
from tests.files import TOP
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.server import Server

FILE = "templates/7.0/template_psdiff_active.xml"
OURS, BEFORE, ZABBIXS = "this template", "the other template", "OS processes by Zabbix agent"
MASTER, THEIR_MASTER = "psdiff.get", "proc.get[,,,summary]"
ACTIVE = 7
BATCH = 50


class Variant(NamedTuple):
    """A template: its name in the report and in Zabbix, its master item, its XML (None if the
    server has it), and what makes the answers."""

    name: str
    template: str
    master: str
    xml: str | None
    answer: Callable[[Fleet, int, float], str]


def variants(other: str | None) -> list[Variant]:
    """Ours, an other one of ours (a commit, or a folder like this project), and Zabbix's."""
    ours = (TOP / FILE).read_text(encoding="utf-8")
    found = [Variant(OURS, NAMES["active"], MASTER, ours, Fleet.ours)]
    if other:
        found.append(Variant(BEFORE, NAMES["active"], MASTER, _other(other), Fleet.ours))
    return [*found, Variant(ZABBIXS, ZABBIXS, THEIR_MASTER, None, Fleet.theirs)]


def _other(where: str) -> str:
    if (Path(where) / FILE).exists():
        return (Path(where) / FILE).read_text(encoding="utf-8")
    command = ("git", "-C", str(TOP), "show", f"{where}:{FILE}")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def create_hosts(server: Server, variant: Variant, names: Sequence[str]) -> list[str]:
    """Hosts with the template; the ids of their master items, in the order of the names."""
    api = Api(server.api, server.version)
    if variant.xml is None:
        _make_active(api, variant)
    else:
        api.import_xml(variant.xml)
    (template,) = api.templates(variant.template)
    fields = {
        "groups": api.call.hostgroup.get(output=["groupid"], limit=1),
        "templates": [{"templateid": template}],
        "macros": [{"macro": "{$PROC.NAME.MATCHES}", "value": ".*"}],
    }
    for at in range(0, len(names), BATCH):
        api.call.host.create(*[{"host": name, **fields} for name in names[at : at + BATCH]])
    rows = api.call.item.get(
        filter={"key_": variant.master}, selectHosts=["host"], output=["itemid"], templated=False
    )
    ids = {row["hosts"][0]["host"]: row["itemid"] for row in rows}
    return [ids[name] for name in names]


def _make_active(api: Api, variant: Variant) -> None:
    """Zabbix's template is for passive checks."""
    (template,) = api.templates(variant.template)
    (item,) = api.call.item.get(hostids=template, filter={"key_": variant.master}, output=[])
    api.call.item.update(itemid=item["itemid"], type=ACTIVE)
