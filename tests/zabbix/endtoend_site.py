"""One Zabbix server with our template, and four hosts that watch this machine through it.

In: a running server and the machine's UserParameter file.  Out: hosts with values and problems.
The templates are the committed files; the hosts have macros, and nothing else of their own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.zabbix.agents import KINDS, Agent
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server import Server

# How often an active agent asks what to do, in seconds: the least that each version allows.
REFRESH = {"6.0": 60, "7.0": 1}
MACROS = {
    "{$PSDIFF.INTERVAL}": "2s",
    "{$PSDIFF.BOOT.GRACE}": "0s",  # the tests may be pid 1's only children
    "{$PSDIFF.NODATA}": "30s",
    "{$PSDIFF.RESTART.AGE}": "10s",
    "{$PSDIFF.RESOURCES.MATCHES}": "^measured$",
    "{$PSDIFF.NAME.NOT_MATCHES}": "^hidden$",
    '{$PSDIFF.DAEMON.ALERT:"hushed"}': "0",
}
# How often a value is stored that does not change: after a few samples, or never while tests run.
HEARTBEATS = {"active": "1h", "passive": "5s"}
CHECK_NOW = 6


class Host(NamedTuple):
    """One of the four hosts of a server: which agent, and who asks whom."""

    version: str
    kind: str
    checks: str
    id: str


class Site:
    """A server and its `hosts`, which `connect` creates."""

    def __init__(self, server: Server, include: Path) -> None:
        """Nothing is imported, created or started yet."""
        self.server, self.version = server, server.version
        self.api = Api(server.api, server.version)
        self.hosts: list[Host] = []
        self._agents = [self._agent(kind, include) for kind in KINDS]
        self._running = ExitStack()

    def connect(self) -> None:
        """Import both templates, and watch the machine through both agents in both ways.

        An agent of 6.0 asks once a minute what to do, so it starts when the server knows that;
        a server leaves a host alone for a while whose agent is not up, so those come after.
        """
        for checks in NAMES:
            self.api.import_xml(self.api.committed(checks))
        for agent in self._agents:
            self._create(agent, "active")
        eventually(self._expects_active_agents)
        self.start_agents()
        for agent in self._agents:
            self._create(agent, "passive")

    def start_agents(self) -> None:
        """Start both agents, and have the server look at once whether they are there."""
        self.stop_agents()
        for agent in self._agents:
            self._running.enter_context(agent)
        items = [self.api.items(host.id) for host in self.hosts if host.checks == "passive"]
        tasks = [
            {"type": CHECK_NOW, "request": {"itemid": found["psdiff.get"]["itemid"]}}
            for found in items
        ]
        if tasks:
            self.api.call.task.create(*tasks)

    def stop_agents(self) -> None:
        """Stop those that run."""
        self._running.close()

    def fail(self, host: Host, error: str) -> None:
        """Tell the server what a host's active agent tells it of an item that fails."""
        item = self.api.items(host.id)["psdiff.get"]["itemid"]
        name = _name(host.kind, host.checks)
        keyed = {"host": name, "key": "psdiff.get", "itemid": int(item)}
        clock, nanoseconds = divmod(time.time_ns(), 10**9)
        row = {**keyed, "id": 1, "state": 1, "value": error, "clock": clock, "ns": nanoseconds}
        session = {"session": uuid.uuid4().hex, "host": name, "version": self.version}
        answer = self.server.ask({"request": "agent data", **session, "data": [row]})
        assert "failed: 0" in answer["info"], answer

    def host_ids(self) -> list[str]:
        """The ids of all our hosts."""
        return [host.id for host in self.hosts]

    @contextmanager
    def macro(self, name: str, value: str) -> Iterator[None]:
        """A macro of all our hosts, for a while."""
        macros, ids = self.api.call.usermacro, ["hostmacroid", "value"]
        before = macros.get(output=ids, hostids=self.host_ids(), filter={"macro": name})
        if before:
            macros.delete(*[each["hostmacroid"] for each in before])
        made = [macros.create(hostid=host, macro=name, value=value) for host in self.host_ids()]
        try:
            yield
        finally:
            for each in made:
                (one,) = each["hostmacroids"]
                if before:
                    macros.update(hostmacroid=one, value=before[0]["value"])
                else:
                    macros.delete(one)

    def _agent(self, kind: str, include: Path) -> Agent:
        settings = (
            f"ServerActive=127.0.0.1:{self.server.port}",
            f"Hostname={_name(kind, 'active')}",
            f"RefreshActiveChecks={REFRESH[self.version]}",
            "BufferSend=1",
        )
        return Agent(kind, self.version, include, "\n".join(settings))

    def _create(self, agent: Agent, checks: str) -> None:
        """A host in Zabbix that an agent reports for."""
        interface = {"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": ""}
        (template,) = self.api.templates(NAMES[checks])
        macros = {**MACROS, "{$PSDIFF.HEARTBEAT}": HEARTBEATS[checks]}
        made = self.api.call.host.create(
            host=_name(agent.kind, checks),
            groups=self.api.call.hostgroup.get(output=["groupid"], limit=1),
            interfaces=[{**interface, "port": str(agent.port)}] if checks == "passive" else [],
            templates=[{"templateid": template}],
            macros=[{"macro": name, "value": value} for name, value in macros.items()],
        )
        self.hosts.append(Host(self.version, agent.kind, checks, made["hostids"][0]))

    def _expects_active_agents(self) -> None:
        for kind in KINDS:
            answer = self.server.ask({"request": "active checks", "host": _name(kind, "active")})
            assert [row["key"] for row in answer.get("data", [])] == ["psdiff.get"]


def _name(kind: str, checks: str) -> str:
    """The host's name, which an active agent has to know."""
    return f"{kind} {checks}"
