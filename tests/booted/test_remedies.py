"""What the program recommends is typed as it stands, and helps.

Each state is broken, told, typed and looked at again, on one booted host.  What is recommended
stands in single quotes: a command with at least one argument.
"""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.booted import states
from tests.booted.states import AGENTD, DOCTOR, FILES, PLUGIN, State
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

PATIENCE = 60.0  # agent 2 6.0 may lose its race at more than one start, each 10 s after the other
# Not what an apostrophe begins, as in "the host's".
COMMAND = re.compile(r"(?<!\w)'([a-z][a-z0-9_./-]* [^']+)'")
AGENT, AGENT2 = "zabbix-agent", "zabbix-agent2"
PING = "until zabbix_get -s 127.0.0.1 -k agent.ping > /dev/null 2>&1; do {}; done"
PINGS = {
    AGENT: PING.format("sleep 0.1"),
    AGENT2: PING.format("systemctl start zabbix-agent2; sleep 0.3"),
}
# What a host with this agent is like, and back to that.  It is restarted only if it has to be.
KEEP = "mkdir /root/{unit}; cp -a /etc/zabbix /etc/systemd/system /var/lib/psdiff-zbx /root/{unit}"
RESET = """
mount -o remount,hidepid=0,gid=0 /proc
chmod 755 /opt
rm -rf /etc/psdiff-zbx /var/lib/psdiff-zbx
cp -a /root/{unit}/psdiff-zbx /var/lib
systemctl stop zabbix-second 2> /dev/null || true
if ! diff -rq /root/{unit}/zabbix /etc/zabbix \\
    || ! diff -rq /root/{unit}/system /etc/systemd/system \\
    || ! systemctl is-active {unit} || systemctl is-active {other}
then
    rm -rf /etc/zabbix /etc/systemd/system
    cp -a /root/{unit}/zabbix /etc
    cp -a /root/{unit}/system /etc/systemd
    systemctl daemon-reload
    systemctl stop {other}
    systemctl reset-failed
    systemctl restart {unit}
    {ping}
fi
"""


def sh(host: Host, script: str, check: bool = True) -> str:
    return host.run("sh", "-ec", f"{{ {script}\n}} 2>&1", check=check)


def told(host: Host, command: str) -> tuple[bool, str]:
    """Whether all is well, and what was said.  Of the doctor only what is not ok counts."""
    if command != DOCTOR:
        said = sh(host, f"{command} || echo exit $?")
        return "exit " not in said, said
    document = json.loads(sh(host, f"{command} --json || true"))
    found = [each for each in document["checks"] if each["status"] != "ok"]
    return not found, "\n".join(f"{each['text']} – {each['remedy']}" for each in found)


def mended(host: Host, state: State) -> str:
    """What is still told; nothing if all is well, as soon as a restarted agent answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        is_well, said = told(host, state.told_by)
        if is_well:
            return ""
        if time.monotonic() > deadline or (state.leaves and state.leaves in said):
            return said


def is_helped(host: Host, state: State) -> None:
    sh(host, state.breaks)
    is_well, said = told(host, state.told_by)
    assert not is_well
    assert state.says in said
    commands = COMMAND.findall(said)
    assert commands, said
    printed = "".join(sh(host, command) for command in commands)
    if state.asks:
        assert '"error":""' in printed, (commands, printed)
    else:
        left = mended(host, state)
        assert state.says not in left, (commands, left)
        assert bool(left) == bool(state.leaves), (commands, left)
        assert state.leaves in left


def reset(host: Host, unit: str, other: str) -> None:
    sh(host, RESET.format(unit=unit, other=other, ping=PINGS[unit]))


@pytest.fixture(scope="module")
def agentd(bare: Host) -> Host:
    """With zabbix_agentd, and a baseline that was changed once.  A busy machine takes its time."""
    for main in (states.MAIN, states.MAIN_2):
        sh(bare, f"echo Timeout=10 >> {main}")
    sh(bare, f"systemctl start zabbix-agent; {PINGS[AGENT]}; psdiff-zbx write --all")
    sh(bare, f"psdiff-zbx manual add root /x; psdiff-zbx undo; {states.SETUP}")
    sh(bare, f"systemctl restart zabbix-agent; {PINGS[AGENT]}; {KEEP.format(unit=AGENT)}")
    return bare


@pytest.fixture
def with_agentd(agentd: Host) -> Host:
    reset(agentd, AGENT, AGENT2)
    return agentd


# On two hosts at the same time.
@pytest.mark.parametrize(
    "state",
    [
        *(
            pytest.param(name, marks=pytest.mark.xdist_group("remedies of files"))
            for name in FILES
        ),
        *(pytest.param(name, marks=pytest.mark.xdist_group("remedies")) for name in AGENTD),
    ],
)
def test_a_remedy_helps(with_agentd: Host, state: str) -> None:
    is_helped(with_agentd, {**FILES, **AGENTD}[state])


@pytest.fixture(scope="module")
def agent2(agentd: Host) -> Host:
    """With the plugin; what other tests have left is taken back first."""
    reset(agentd, AGENT, AGENT2)
    sh(agentd, "psdiff-zbx setup --remove; systemctl stop zabbix-agent")
    sh(agentd, "psdiff-zbx setup --agent plugin --yes; systemctl start zabbix-agent2")
    sh(agentd, f"{PINGS[AGENT2]}; {KEEP.format(unit=AGENT2)}")
    return agentd


@pytest.fixture
def with_plugin(agent2: Host) -> Host:
    reset(agent2, AGENT2, AGENT)
    return agent2


@pytest.mark.xdist_group("remedies")
@pytest.mark.parametrize("state", PLUGIN)
def test_a_remedy_helps_with_the_plugin(with_plugin: Host, state: str) -> None:
    is_helped(with_plugin, PLUGIN[state])


def test_there_are_enough_states() -> None:
    assert len(FILES) + len(AGENTD) + len(PLUGIN) >= 40
