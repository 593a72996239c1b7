"""The plugin under real agents: their starts, stops, restarts and signals."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.zabbix import packages
from tests.zabbix.agents import Agent, AgentError
from tests.zabbix.answers import DOCUMENT, document, types
from tests.zabbix.test_errors import broken

pytestmark = pytest.mark.zabbix

PATIENCE = 10.0
RESTARTS = 3


@pytest.fixture(params=packages.VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agent(version: str, baseline: Path, plugin: Path) -> Iterator[Agent]:
    """Agent 2 with the file as it is installed."""
    with Agent("agent2", version, plugin) as running:
        yield running


def plugins(agent: Agent) -> list[int]:
    """The pids of the plugins of this agent, also where it is gone."""
    socket = f"{agent.folder}/plugin".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if socket in words:
            found.append(int(path.parent.name))
    return found


def wait(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def assert_serves(agent: Agent) -> None:
    """One plugin answers; on a machine with more to do than it can, perhaps not the first time:
    then it says so before the agent's timeout."""
    assert wait(lambda: "no answer within" not in document(agent)["error"])
    found = document(agent)
    assert (types(found), found["error"]) == (DOCUMENT, "")
    assert len(plugins(agent)) == 1


def assert_no_panic(agent: Agent) -> None:
    said = f"{agent.printed()}{(agent.folder / 'log').read_text()}"
    assert "panic" not in said, said
    assert "Zabbix Agent 2 stopped" in said


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Bsaeline=/x", "Plugins.PsdiffZbx.Bsaeline: no such option; known are Baseline, Config"),
        (
            "MinAge=soon",
            "Plugins.PsdiffZbx.MinAge: 'soon' is no number of seconds from 0 to 86400",
        ),
        ("Config=x.toml", "Plugins.PsdiffZbx.Config: 'x.toml' is no absolute path"),
    ],
)
def test_an_agent_with_a_wrong_option_does_not_start_and_says_why(
    version: str, plugin: Path, line: str, text: str
) -> None:
    with pytest.raises(AgentError) as caught:
        Agent("agent2", version, plugin, f"Plugins.PsdiffZbx.{line}").__enter__()
    assert text in str(caught.value)
    assert "panic" not in str(caught.value)


def test_the_options_are_obeyed(version: str, baseline: Path, plugin: Path, folder: Path) -> None:
    nowhere = folder / "no such baseline"
    lines = [f"Baseline={nowhere}", "CacheTime=0.5", "MinAge=0", "System.Capacity=3"]
    settings = "\n".join(f"Plugins.PsdiffZbx.{line}" for line in lines)
    with Agent("agent2", version, plugin, settings) as agent:
        assert document(agent)["error"].startswith(f"no baseline at {nowhere}")


def test_further_baselines_are_those_of_roles(
    version: str, baseline: Path, plugin: Path, folder: Path
) -> None:
    role = folder / "role"
    role.write_text("root  {user=root}\n  INIT  {user=root}\n    /opt/of-a-role  {user=root}\n")
    role.chmod(0o644)
    lines = [f"Plugins.PsdiffZbx.Baseline={path}" for path in (baseline, role)]
    with Agent("agent2", version, plugin, "\n".join(lines)) as agent:
        found = document(agent)
        assert (found["error"], found["baseline"]["path"]) == ("", str(baseline))
        assert "/opt/of-a-role" in found["missing"]["text"]


def test_it_serves_and_says_so_in_the_agents_log(agent: Agent) -> None:
    assert_serves(agent)
    log = (agent.folder / "log").read_text()
    assert log.count("psdiff-zbx 1.0.0 watches this host") == 1


def test_many_keys_at_once_are_answered_from_one_look(agent: Agent) -> None:
    assert_serves(agent)
    time.sleep(1.1)
    with ThreadPoolExecutor(16) as threads:
        values = list(threads.map(agent.get, ["psdiff.get"] * 16))
    looks = [json.loads(value)["seconds"] for value in values]
    assert len(set(values)) < len(values), looks
    assert all(json.loads(value)["error"] == "" for value in values)


@pytest.mark.parametrize("how", ["removed", "unreadable", "damaged"])
def test_a_baseline_that_goes_and_returns(agent: Agent, baseline: Path, how: str) -> None:
    assert_serves(agent)
    with broken(baseline, how):
        assert wait(lambda: str(baseline) in document(agent)["error"])
        assert agent.get("psdiff.missing").startswith("psdiff: error: ")
    assert wait(lambda: document(agent)["error"] == "")
    told = [
        line
        for line in (agent.folder / "log").read_text().splitlines()
        if str(baseline) in line and "watches" not in line
    ]
    assert len(told) == 2, told
    assert "resolved: " in told[1]


@pytest.mark.parametrize("name", ["HUP", "INT", "TERM", "QUIT", "USR1", "USR2", "ALRM", "PIPE"])
def test_a_signal_to_the_plugin_does_not_take_the_agent_down(agent: Agent, name: str) -> None:
    assert_serves(agent)
    (before,) = plugins(agent)
    os.kill(before, getattr(signal, f"SIG{name}"))
    assert_serves(agent)
    assert plugins(agent) == [before]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("group", [True, False], ids=["group", "agent"])
def test_an_agent_stops_without_panic_and_leaves_no_plugin(
    agent: Agent, number: int, group: bool
) -> None:
    for _ in range(RESTARTS):
        assert_serves(agent)
        agent.end(number, group)
        assert wait(lambda: not plugins(agent))
        assert_no_panic(agent)
        agent.start()
    assert_serves(agent)


def test_an_agent_that_is_killed_leaves_no_plugin(agent: Agent) -> None:
    assert_serves(agent)
    agent.end(signal.SIGKILL)
    assert wait(lambda: not plugins(agent))
    agent.start()
    assert_serves(agent)
