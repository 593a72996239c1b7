"""Every item key, asked through real agents with the UserParameter file we ship.

One machine, one baseline, four agents.  Other processes come and go meanwhile, so what is
compared in full is the stand-ins' lines.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.zabbix.agents import KINDS, Agent
from tests.zabbix.answers import (
    BASELINE,
    DIFFERENCE,
    DOCUMENT,
    ENTITY,
    NUMBERS,
    count_key,
    document,
    entity,
    numbers,
    of_daemon,
    types,
)
from tests.zabbix.standins import StandIn

pytestmark = pytest.mark.zabbix

OTHERS = 10
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def test_the_agent_is_the_one_we_mean(agent: Agent) -> None:
    assert agent.get("agent.version").startswith(f"{agent.version}.")
    assert agent.get("agent.variant") == str(KINDS.index(agent.kind) + 1)


def test_version(agent: Agent, program: Path) -> None:
    version = agent.get("psdiff.version")
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", version)
    assert document(agent)["version"] == version
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True)
    assert version in said.stdout.split()


def test_fields_of_get(agent: Agent) -> None:
    found = document(agent)
    assert types(found) == DOCUMENT
    assert types(found["baseline"]) == BASELINE
    assert types(found["missing"]) == {**DIFFERENCE, "daemons": str}
    assert types(found["extra"]) == DIFFERENCE
    # A daemon of the host's own may have a unit; no stand-in has one.
    unit = {"{#PSDIFF.UNIT}": str}
    assert all({**types(one), **unit} == {**ENTITY, **unit} for one in found["discovery"])
    assert all(types(one) == NUMBERS for one in found["daemons"].values())


def test_values_of_get(agent: Agent, baseline: Path, standins: list[StandIn]) -> None:
    found = document(agent)
    tree = [line for line in baseline.read_text().splitlines() if not line.startswith("#")]
    source = found["baseline"]
    assert found["error"] == ""
    assert 0 < found["seconds"] < 3
    assert found["processes"] >= len(standins) + 2
    assert (source["path"], source["by"]) == (str(baseline), "root")
    assert source["lines"] == len(tree)
    assert source["written"] <= time.time() <= source["written"] + 3600
    assert re.fullmatch("[0-9a-f]{8}", source["digest"])


def test_discovery(agent: Agent, standins: list[StandIn]) -> None:
    found = document(agent)
    assert json.loads(agent.get("psdiff.discovery")) == found["discovery"]
    ids = [one["{#PSDIFF.ID}"] for one in found["discovery"]]
    assert all(ID.fullmatch(each) for each in ids)
    assert sorted(ids) == sorted(found["daemons"])
    for standin in standins:
        one = entity(found, standin)
        assert one["{#PSDIFF.EXPECTED}"] == len(of_daemon(standin, standins))
        assert one["{#PSDIFF.MODE}"] == "exact"


def test_macros_hold_no_braces(agent: Agent) -> None:
    values = [value for one in document(agent)["discovery"] for value in one.values()]
    assert not [value for value in values if re.search("[{}]", str(value))]


def test_count(agent: Agent, standins: list[StandIn]) -> None:
    found = document(agent)
    for standin in standins:
        running = len(of_daemon(standin, standins))
        assert agent.get(count_key(found, standin)) == str(running)
        assert numbers(found, standin)["running"] == running


def test_count_of_other_daemons(agent: Agent) -> None:
    for other in sorted(document(agent)["daemons"])[:OTHERS]:
        assert agent.get(f"psdiff.count[{other}]").isdecimal()


def test_numbers_of_a_daemon(agent: Agent, standins: list[StandIn]) -> None:
    found = document(agent)
    for standin in standins:
        group = of_daemon(standin, standins)
        told = numbers(found, standin)
        assert told["expected"] == told["threads"] == len(group)
        assert told["rss"] > 100_000 * len(group)
        assert 0 <= told["cpu"] < 5
        assert abs(told["started"] - min(one.started for one in group)) <= 2
