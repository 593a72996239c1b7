"""The committed template on hosts where all is well: what it finds, and that it is silent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.zabbix.endtoend import World, every_item_is_supported
from tests.zabbix.endtoend_machine import LONG, WORD
from tests.zabbix.packages import VERSIONS

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

DISCOVERED = (LONG, "hostile", "hushed", "lonely", "measured", "twin")
RESOURCES = ("CPU time", "condition", "memory", "threads")
GRAPHS = ("Collection time", "Missing and extra")
PER_DAEMON = ("Fewer processes than expected", "Restarted")
OF_HOST = (
    "Baseline has changed",
    "Cannot tell what runs",
    "No baseline",
    "Host has been restarted",
    "No data",
    "Processes are missing",
    "Unexpected processes",
)


def test_all_is_well_from_the_first_value_on(world: World) -> None:
    assert [found for found in world.at_first.values() if found] == []
    assert len(world.at_first) == len(world.hosts()) == 2 * len(VERSIONS)


def test_every_item_is_supported(world: World) -> None:
    every_item_is_supported(world)


def test_the_items_of_the_host_have_the_values_of_the_document(world: World) -> None:
    document = world.machine.document()
    wanted = _of_host(document)
    assert wanted["psdiff.missing.count"] == wanted["psdiff.extra.count"] == "0"
    assert wanted["psdiff.baseline.lines"] == str(len(world.machine.daemons) + 2)
    for site, host in world.hosts():
        items = site.api.items(host.id)
        found = {key: items[key]["lastvalue"] for key in wanted}
        assert found == wanted, host
        assert float(items["psdiff.seconds"]["lastvalue"]) > 0
        assert int(items["psdiff.processes"]["lastvalue"]) >= len(world.machine.daemons)


def test_each_daemon_has_its_items_and_one_those_of_its_resources(world: World) -> None:
    wanted = _of_daemons(world.machine.document())
    assert wanted["twin: running"] == "2"
    for site, host in world.hosts():
        items = site.api.items(host.id)
        found = {each["name"]: each["lastvalue"] for key, each in items.items() if '["' in key}
        resources = {name: found.pop(f"measured: {name}") for name in RESOURCES}
        assert found == {
            name: value
            for name, value in wanted.items()
            if host.version == "7.0" or not name.endswith(": state")
        }, host
        assert resources["condition"] == "running"
        assert resources["threads"] == "1"
        assert int(resources["memory"]) > 100_000
        assert 0 <= float(resources["CPU time"]) < 10


def test_each_daemon_has_its_triggers(world: World) -> None:
    rows = _discovered(world.machine.document())
    names = [row["{#PSDIFF.NAME}"] for row in rows]
    triggers = [*OF_HOST, *(f"{name}: {what}" for name in names for what in PER_DAEMON)]
    for site, host in world.hosts():
        assert site.api.triggers(host.id) == sorted(f"psdiff: {name}" for name in triggers)
        assert site.api.graphs(host.id) == [f"psdiff: {name}" for name in GRAPHS]
        # Nobody's unit has started them, and no macro is left in a text.
        assert site.api.units(host.id) == {""}


def test_what_a_daemon_calls_itself_is_text(world: World) -> None:
    """Zabbix would expand macros in the value of a macro."""
    cmdline = world.machine.daemons["hostile"].cmdline
    assert cmdline.startswith(f"/opt/{WORD}/hostile ")
    shown = cmdline.translate(str.maketrans("{}", "()"))
    for site, host in world.hosts():
        rows = site.api.call.trigger.get(
            hostids=host.id,
            search={"description": "hostile"},
            output=["comments", "opdata"],
            expandDescription=True,
            expandComment=True,
        )
        assert len(rows) == 2
        assert all(shown in row["comments"] for row in rows), host


def _discovered(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What the hosts' macros let through of what the program finds."""
    found = [row for row in document["discovery"] if row["{#PSDIFF.NAME}"] != "hidden"]
    assert sorted(row["{#PSDIFF.NAME}"] for row in found) == sorted(DISCOVERED)
    return found


def _of_daemons(document: dict[str, Any]) -> dict[str, str]:
    """The values of the daemons' items, by the items' names."""
    numbers = document["daemons"]
    shown = {"running": "running", "started": "started", "state": "running"}
    return {
        f"{row['{#PSDIFF.NAME}']}: {item}": str(numbers[row["{#PSDIFF.ID}"]][what])
        for row in _discovered(document)
        for item, what in shown.items()
    }


def _of_host(document: dict[str, Any]) -> dict[str, str]:
    """The values that every agent has to report, as Zabbix shows them."""
    values = {
        "psdiff.error": document["error"],
        "psdiff.program.version": document["version"],
        **{f"psdiff.missing.{name}": value for name, value in document["missing"].items()},
        **{f"psdiff.extra.{name}": value for name, value in document["extra"].items()},
        **{f"psdiff.baseline.{name}": value for name, value in document["baseline"].items()},
    }
    del values["psdiff.baseline.path"]
    return {key: str(value) for key, value in values.items()}
