"""Servers, some of whose clocks are an hour off, and how each of them watches the same host.

In: a folder for the servers, how often they look.  Out: watchers: a server, which agent it asks or
hears, and what it has made of that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.zabbix import packages
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.server import Server
from tests.zoo.watch import AGENT, AGENT2

# Each server, and by how many seconds its clock is ahead of the host's.  Where it is, only passive
# checks are watched: what an active agent sends has the time of the host, and nodata() takes what
# is an hour old, or an hour ahead, for silence.
SERVERS = (("7.0", 0), ("6.0", 0), ("7.0", 3600), ("6.0", -3600))
PORTS = {"agentd": AGENT, "agent2": AGENT2}
OF_TRIGGERS = {"source": 0, "object": 0, "value": 1}
# Without the monotonic clock, by which programs wait.
FAKETIME = packages.Bundle("faketime", ("bookworm",), ("libfaketime",))
LIBRARY = "usr/lib/*/faketime/libfaketime.so.1"


class Problem(NamedTuple):
    """One problem, and when it began, by the clock of its server."""

    name: str
    severity: int
    clock: int


class Watcher(NamedTuple):
    """A host of a server's, whose clock is `ahead` of the machine's."""

    server: Server
    ahead: int
    agent: str
    checks: str
    hostid: str

    @property
    def name(self) -> str:
        """Such as `7.0 +3600 s, agent2 passive`."""
        return f"{self.server.version} {self.ahead:+} s, {self.agent} {self.checks}"

    def last_event(self) -> int:
        """The id of the latest problem that there ever was on the server."""
        newest = {"sortfield": "eventid", "sortorder": "DESC", "limit": 1}
        rows = self.server.api.event.get(output=["eventid"], **OF_TRIGGERS, **newest)
        return int(rows[0]["eventid"]) if rows else 0

    def problems(self, after: int) -> list[Problem]:
        """What began on the host after that event, whether it is over or not."""
        rows = self.server.api.event.get(
            output=["name", "severity", "clock"],
            hostids=self.hostid,
            eventid_from=after + 1,
            sortfield="eventid",
            **OF_TRIGGERS,
        )
        return [Problem(row["name"], int(row["severity"]), int(row["clock"])) for row in rows]

    def counts(self, since: float) -> list[int]:
        """How many lines were missing in each sample since then, by the machine's clock."""
        item = self.value("psdiff.missing.count")
        start = int(since) + self.ahead
        rows = self.server.api.history.get(
            itemids=item["itemid"], history=item["value_type"], time_from=start, output=["value"]
        )
        return [int(row["value"]) for row in rows]

    def value(self, key: str) -> dict[str, str]:
        """An item of the host, with its latest value."""
        output = ["itemid", "value_type", "lastvalue", "lastclock"]
        rows = self.server.api.item.get(output=output, hostids=self.hostid, filter={"key_": key})
        return dict(rows[0])

    def is_settled(self, daemons: int) -> bool:
        """Whether all daemons are known, the host no longer comes up, and nothing is wrong."""
        api = self.server.api
        found = api.item.get(hostids=self.hostid, search={"key_": "psdiff.daemon.running["})
        valued = self.value("psdiff.booting")
        is_up = valued["lastvalue"] == "0" and valued["lastclock"] != "0"
        return is_up and len(found) >= daemons and not api.problem.get(hostids=self.hostid)

    def is_off(self) -> bool:
        """Whether its values have the time that they are meant to have."""
        off = int(self.value("psdiff.seconds")["lastclock"]) - time.time() - self.ahead
        return abs(off) < 600


@contextmanager
def servers(folder: Path) -> Iterator[dict[Server, int]]:
    """All of them, with how far each is ahead; gone at the end of the block."""
    library = next(packages.fetch(FAKETIME).glob(LIBRARY))
    with ExitStack() as undo:
        found = {}
        for version, ahead in SERVERS:
            clock = {"LD_PRELOAD": str(library), "FAKETIME": f"{ahead:+}"} if ahead else {}
            environment = {**clock, "DONT_FAKE_MONOTONIC": "1"}
            server = Server(version, folder, environment=environment)
            found[undo.enter_context(server)] = ahead
        yield found


def watchers(server: Server, ahead: int, macros: Mapping[str, str]) -> list[Watcher]:
    """A host for each agent, in both ways if the clock is right."""
    api = Api(server.api, server.version)
    made = []
    for checks in ("passive",) if ahead else tuple(NAMES):
        api.import_xml(api.committed(checks))
        (templateid,) = api.templates(NAMES[checks])
        for agent in PORTS:
            hostid = _create(api, agent, checks, templateid, macros)
            made.append(Watcher(server, ahead, agent, checks, hostid))
    return made


def _create(api: Api, agent: str, checks: str, templateid: str, macros: Mapping[str, str]) -> str:
    address = {"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": ""}
    interfaces = [{**address, "port": PORTS[agent]}] if checks == "passive" else []
    found = api.call.host.create(
        host=f"{agent} {checks}",
        groups=api.call.hostgroup.get(output=["groupid"], limit=1),
        interfaces=interfaces,
        templates=[{"templateid": templateid}],
        macros=[{"macro": name, "value": value} for name, value in macros.items()],
    )
    return str(found["hostids"][0])
