"""One Zabbix server with our template, and two hosts that watch this machine through it.

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

from tests.zabbix.agents import Agent
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server import Server

# How often an active agent asks what to do, in seconds: the least that each version allows.
REFRESH = {"6.0": 60, "7.0": 1}
# Which agent a host has: one of each version's hosts asks itself, one is asked.
HOSTS = {
    "6.0": {"active": "agentd", "passive": "agent2"},
    "7.0": {"active": "agent2", "passive": "agentd"},
}
RESTART_AGE = 15
MACROS = {
    "{$PSDIFF.INTERVAL}": "2s",
    "{$PSDIFF.BOOT.GRACE}": "0s",  # the tests may be pid 1's only children
    "{$PSDIFF.NODATA}": "30s",
    "{$PSDIFF.RESTART.AGE}": f"{RESTART_AGE}s",
    "{$PSDIFF.RESOURCES.MATCHES}": "^measured$",
    "{$PSDIFF.NAME.NOT_MATCHES}": "^hidden$",
    '{$PSDIFF.DAEMON.ALERT:"hushed"}': "0",
}
# How often a value is stored that does not change: after a few samples, or never while tests run.
# A busy machine must not let the next sample come so late: what is stored again has not changed.
HEARTBEATS = {"active": "1h", "passive": "15s"}
CHECK_NOW = 6


class Host(NamedTuple):
    """One of the two hosts of a server: which agent, and who asks whom."""

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
        self._agents = {checks: self._agent(checks, include) for checks in NAMES}
        self._running = ExitStack()

    def connect(self) -> None:
        """Import both templates, and watch the machine in both ways.

        An agent of 6.0 asks once a minute what to do, so it starts when the server knows that;
        a server leaves a host alone for a while whose agent is not up, so that one comes after.
        """
        for checks in NAMES:
            self.api.import_xml(self.api.committed(checks))
        self._create("active")
        eventually(self._expects_the_active_agent)
        self.start_agents()
        self._create("passive")

    def start_agents(self) -> None:
        """Start both agents, and have the server look at once whether they are there."""
        self.stop_agents()
        for agent in self._agents.values():
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
        keyed = {"host": host.checks, "key": "psdiff.get", "itemid": int(item)}
        clock, nanoseconds = divmod(time.time_ns(), 10**9)
        row = {**keyed, "id": 1, "state": 1, "value": error, "clock": clock, "ns": nanoseconds}
        session = {"session": uuid.uuid4().hex, "host": host.checks, "version": self.version}
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

    def _agent(self, checks: str, include: Path) -> Agent:
        """With passive checks it knows no server to ask."""
        asks = (
            f"ServerActive=127.0.0.1:{self.server.port}",
            "Hostname=active",
            f"RefreshActiveChecks={REFRESH[self.version]}",
            "BufferSend=1",
        )
        kind = HOSTS[self.version][checks]
        return Agent(kind, self.version, include, "\n".join(asks if checks == "active" else ()))

    def _create(self, checks: str) -> None:
        """A host in Zabbix that an agent reports for; its name is how."""
        agent = self._agents[checks]
        interface = {"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": ""}
        (template,) = self.api.templates(NAMES[checks])
        macros = {**MACROS, "{$PSDIFF.HEARTBEAT}": HEARTBEATS[checks]}
        made = self.api.call.host.create(
            host=checks,
            groups=self.api.call.hostgroup.get(output=["groupid"], limit=1),
            interfaces=[{**interface, "port": str(agent.port)}] if checks == "passive" else [],
            templates=[{"templateid": template}],
            macros=[{"macro": name, "value": value} for name, value in macros.items()],
        )
        self.hosts.append(Host(self.version, agent.kind, checks, made["hostids"][0]))

    def _expects_the_active_agent(self) -> None:
        answer = self.server.ask({"request": "active checks", "host": "active"})
        assert [row["key"] for row in answer.get("data", [])] == ["psdiff.get"]
