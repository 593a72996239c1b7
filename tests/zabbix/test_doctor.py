"""The doctor's questions to the agents of both versions."""

from __future__ import annotations

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.agents.configuration import Configuration, Setting
from psdiff_zbx.agents.doctor.document import Answer, Patience, parse_answer
from psdiff_zbx.agents.doctor.findings import OK
from psdiff_zbx.agents.doctor.running_agent import check_keys
from psdiff_zbx.agents.installed import Installed
from psdiff_zbx.agents.passive_check import ask_agent
from tests.zabbix.agents import TIMEOUT, Agent

pytestmark = pytest.mark.zabbix


def installed(agent: Agent, **more: str) -> Installed:
    settings = {"ListenPort": str(agent.port), "Server": "127.0.0.1", **more}
    rows = tuple(Setting(name, value, "agent.conf", 1) for name, value in settings.items())
    found = Configuration("agent.conf", rows)
    return Installed(agent.kind, "", found, "zabbix", f"zabbix-{agent.kind}", agent.pid)


@pytest.mark.parametrize("key", ["psdiff.version", "psdiff.count[x]", "psdiff.no", "agent.ping"])
def test_a_question_gets_what_zabbix_get_gets(agent: Agent, key: str) -> None:
    assert ask_agent(("127.0.0.1", agent.port), key, TIMEOUT) == agent.get(key)


def test_a_whole_document(agent: Agent) -> None:
    text = ask_agent(("127.0.0.1", agent.port), "psdiff.get", TIMEOUT)
    found = parse_answer(str(text), 0.1)
    assert found.error == ""
    assert found.processes > 2


@pytest.mark.parametrize("where", ["127.0.0.1", "0.0.0.0", "127.0.0.1,::1"])
def test_the_keys_are_answered(agent: Agent, where: str) -> None:
    direct = Answer(0.1, processes=3)
    found = check_keys(installed(agent, ListenIP=where), direct, Patience(TIMEOUT, stays=False))
    assert found.status == OK, found
    assert found.text.endswith(f"version {__version__}")
