"""The doctor's question to a running agent, by a listener that says what it wants.  Real agents:
tests/zabbix/test_doctor.py."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Optional

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.agents import service_manager
from psdiff_zbx.agents.doctor.document import Answer, Patience
from psdiff_zbx.agents.doctor.findings import (
    OK,
    UNKNOWN,
    WRONG,
    Finding,
)
from psdiff_zbx.agents.doctor.running_agent import check_keys
from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import Comparison
from tests.agents.doctor.test_doctor import KEYS, agent
from tests.agents.test_passive_check import framed
from tests.builders import state

DOCUMENT = document(state(Comparison((), (), ())))
DIRECT = Answer(0.1, "", 0.05, 267)


@contextmanager
def listener(says: Sequence[bytes]) -> Iterator[int]:
    """One connection for each text; on which port."""

    def serve() -> None:
        for text in says:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(text)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def asked(
    port: int, *lines: str, direct: Optional[Answer] = DIRECT, kind: str = "agent2"
) -> Finding:
    every = ("Server=127.0.0.1", f"ListenPort={port}", *lines)
    return check_keys(agent(*every, kind=kind), direct, Patience(5, stays=False))


@pytest.mark.parametrize(
    ("says", "status", "text"),
    [
        ([__version__.encode(), DOCUMENT.encode()], OK, f"version {__version__}"),
        ([b"0.9", DOCUMENT.encode()], WRONG, "answers psdiff.version with 0.9"),
        ([__version__.encode(), b"denied"], WRONG, "no document of psdiff.get, but 'denied'"),
        (
            [b"ZBX_NOTSUPPORTED\0Unknown metric psdiff.version"],
            WRONG,
            "says of psdiff.version: ZBX_NOTSUPPORTED: Unknown metric psdiff.version",
        ),
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "127.0.0.1,::1"])
def test_answers(says: list[bytes], status: str, text: str, address: str) -> None:
    with listener([framed(value) for value in says]) as port:
        found = asked(port, f"ListenIP={address}")
    assert (found.name, found.status) == ("keys", status)
    assert text in found.text
    assert bool(found.remedy) == (status == WRONG)


def test_an_agent_that_hangs_up_allows_others() -> None:
    with listener([b""]) as port:
        found = asked(port)
    assert found.status == UNKNOWN
    assert "hangs up on 127.0.0.1, which Server=127.0.0.1 does not allow" in found.text


def test_something_else_answers() -> None:
    with listener([b"SSH-2.0-OpenSSH_9.2p1\r\n"]) as port:
        found = asked(port)
    assert found.status == WRONG
    assert f"does not answer at port {port}: no answer of a Zabbix agent" in found.text


@pytest.mark.parametrize(
    ("made", "remedy"),
    [
        (("systemd", "init.d/zabbix-agent2"), "'systemctl restart zabbix-agent2'"),
        (("init.d/zabbix-agent2",), "'service zabbix-agent2 restart'"),
        (("init.d",), "zabbix_agent2, process 4711"),
    ],
)
def test_the_remedy_is_a_command_of_this_host(
    made: tuple[str, ...], remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in made:
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(service_manager, "SYSTEMD", tmp_path / "systemd")
    monkeypatch.setattr(service_manager, "_SCRIPTS", tmp_path / "init.d")
    with listener([b"SSH-2.0-OpenSSH_9.2p1\r\n"]) as port:
        found = asked(port)
    assert found.remedy == f"restart the agent: {remedy}"


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = asked(port)
    assert found.status == WRONG
    assert found.text == f"zabbix_agent2 does not answer at port {port}: Connection refused"


ALONE = (
    "'runuser -u zabbix -- /usr/sbin/zabbix_{0} -c /etc/zabbix/zabbix_agent2.conf -t psdiff.get'"
)
ASKED = (
    "'zabbix_get -s 127.0.0.1 -p 1 -k psdiff.get --tls-connect psk "
    '--tls-psk-identity "web 1" --tls-psk-file /etc/zabbix/psk\' asks it'
)
PSK = ("TLSAccept=psk,cert", "TLSPSKIdentity=web 1", "TLSPSKFile=/etc/zabbix/psk")


@pytest.mark.parametrize(
    ("lines", "kind", "why", "remedy"),
    [
        (["StartAgents=0"], "agentd", "StartAgents=0, active checks only", ALONE.format("agentd")),
        (["Server="], "agent2", "no Server=, active checks only", ALONE.format("agent2")),
        (["TLSAccept=cert"], "agent2", "TLSAccept=cert", "ask from its server, with its cert"),
        (
            PSK,
            "agent2",
            "TLSAccept=psk,cert",
            ASKED,
        ),
    ],
)
def test_an_agent_that_cannot_be_asked(
    lines: Sequence[str], kind: str, why: str, remedy: str
) -> None:
    found = asked(1, *lines, kind=kind)
    assert (found.status, found.text) == (
        UNKNOWN,
        f"zabbix_{kind} cannot be asked from here: {why}",
    )
    assert found.remedy.startswith(remedy)


def test_an_answer_that_is_too_late_is_nobodys_confinement() -> None:
    late = b"ZBX_NOTSUPPORTED\0Timeout while executing a shell script."
    with listener([framed(__version__.encode()), framed(late)]) as port:
        found = asked(port, "Timeout=1")
    assert found.status == WRONG
    assert found.remedy.startswith(r"""set Timeout=5""")
    assert "SELinux" not in found.remedy


@pytest.mark.parametrize(("keys", "commands"), [((), 2), (KEYS, 1)])
def test_an_agent_that_another_one_has_replaced_is_not_started(
    keys: Sequence[str], commands: int
) -> None:
    """Its port is taken."""
    stopped = agent(*KEYS, kind="agentd")._replace(pid=None)
    found = check_keys(stopped, DIRECT, Patience(3, stays=False), [agent(*keys)])
    assert found.text == "zabbix_agentd does not run, and zabbix_agent2 has its port 10050"
    assert found.remedy.startswith("'psdiff-zbx setup --agent agentd --remove', then ")
    assert found.remedy.count("psdiff-zbx setup") == commands
    assert "start zabbix-agentd" not in found.remedy
    other = agent("ListenPort=10051")
    found = check_keys(stopped, DIRECT, Patience(3, stays=False), [other])
    assert found.text == "zabbix_agentd does not run"
