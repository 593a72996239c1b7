"""Pauses and roles through real agents: what was said on the host is in their next answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zabbix.agents import Agent
from tests.zabbix.answers import document, types
from tests.zabbix.conftest import ROOT
from tests.zabbix.program import run

pytestmark = pytest.mark.zabbix

CMDLINE = "/opt/psdiff-zbx-tests/of-a-role"
ROLE = f"root  {{user=root}}\n  INIT  {{user=root}}\n    {CMDLINE}  {{user=root}}\n"
MISSING = f"-     {CMDLINE}  {{user=root}}"
FAILURE = {"version": str, "error": str, "seconds": float}


@pytest.fixture
def role(baseline: Path) -> Iterator[Path]:
    """The file of a role that expects what nobody runs."""
    path = Path("/etc/psdiff-zbx/baseline.d/tests")
    path.parent.mkdir(mode=0o755, parents=True)
    try:
        path.write_text(ROLE)
        path.chmod(0o644)
        yield path
    finally:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        path.parent.parent.rmdir()


def test_a_role_adds_up_with_the_hosts_baseline(agent: Agent, role: Path) -> None:
    found = document(agent)
    assert MISSING in found["missing"]["text"].split("\n")
    assert MISSING in agent.get("psdiff.missing").split("\n")
    (row,) = [row for row in found["discovery"] if "{#PSDIFF.ROLE}" in row]
    assert (row["{#PSDIFF.ROLE}"], row["{#PSDIFF.CMDLINE}"]) == ("tests", CMDLINE)
    assert agent.get(f"psdiff.count[{row['{#PSDIFF.ID}']}]") == "0"
    role.unlink()
    without = document(agent)
    assert CMDLINE not in without["missing"]["text"]
    assert without["baseline"]["digest"] != found["baseline"]["digest"]
    assert without["baseline"]["lines"] == found["baseline"]["lines"] - 1


def test_a_role_that_is_damaged_or_not_to_be_trusted_is_named(agent: Agent, role: Path) -> None:
    role.write_text(ROLE * 2)
    found = document(agent)
    assert types(found) == FAILURE
    assert found["error"].startswith(f"{role}: line 4: another baseline begins; ")
    role.write_text(ROLE)
    role.chmod(0o666)
    assert document(agent)["error"].startswith(f"{role} can be written by others; ")
    role.chmod(0o600)
    assert document(agent)["error"].startswith(f"cannot read {role}: Permission denied")


def test_a_pause_is_told_until_it_is_ended(agent: Agent, baseline: Path, program: Path) -> None:
    assert document(agent)["paused"] == 0
    try:
        run(str(program), "pause", "1h", "--why", "tests", env=ROOT)
        found = document(agent)
        assert 3000 < found["paused"] - found["boot"] - found["uptime"] < 3700
        os.truncate(baseline.with_name("baseline.pause"), 9)
        found = document(agent)
        assert (found["paused"], found["error"]) == (0, "")
        run(str(program), "pause", "1h", env=ROOT)
        assert document(agent)["paused"] > 0
    finally:
        run(str(program), "pause", "--end", env=ROOT)
    assert document(agent)["paused"] == 0
