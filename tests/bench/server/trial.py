"""One template on one server: hosts are created, fed until all is discovered, then measured.

In: a variant, how many hosts, how long.  Out: what it cost the server.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tests.bench.server.feed import Feed
from tests.bench.server.fleet import Fleet
from tests.bench.server.usage import OWN, Sizes, cpu, query, sizes
from tests.bench.server.variants import Variant, create_hosts
from tests.zabbix.server import Server

VERSION = "7.0"
INTERVAL = 55.0  # {$PSDIFF.INTERVAL}
# Until all is discovered hosts are asked more often, in so many rounds.
LEAST, QUICK, ROUNDS = 15.0, 0.1, 60
IDLE = 30.0
PAUSE = 2.0  # between two looks for new problems
SETTINGS = """\
CacheUpdateFrequency=10
CacheSize=2G
ValueCacheSize=1G
HistoryCacheSize=64M
HistoryIndexCacheSize=32M
TrendCacheSize=128M
"""
HEARTBEATS = "SELECT count(*) FROM items i JOIN item_preproc p USING (itemid)"
QUEUES = {
    "zabbix[preprocessing_queue]": "values that wait for preprocessing, at most",
    "zabbix[lld_queue]": "discoveries that wait, at most",
    "zabbix[queue,6s]": "items that are late by more than 6 s, at most",
}


class Result(NamedTuple):
    """What it cost in `seconds`; `delays` are from a death to its problem.  `cpu` is in seconds,
    beyond what the server uses when no host sends: `idle`, in seconds for each second."""

    hosts: int
    seconds: float
    sent: int
    bytes_each: float
    late: float
    cpu: dict[str, float]
    idle: dict[str, float]
    stored: Sizes
    throttled: int
    queues: dict[str, int]
    deaths: int
    delays: list[float]


class Trial:
    """A variant on a running server."""

    def __init__(self, server: Server, variant: Variant, hosts: int, daemons: int) -> None:
        """Create the hosts."""
        self.server, self.variant = server, variant
        self.names = [f"host{number:05}" for number in range(hosts)]
        items = create_hosts(server, variant, self.names)
        self._watch_queues()
        time.sleep(12)  # until the server knows them: CacheUpdateFrequency
        self.fleet = Fleet(hosts, daemons, INTERVAL, time.time())
        self.feed = Feed(
            server,
            self.names,
            items,
            self.fleet.began,
            lambda host, now: variant.answer(self.fleet, host, now),
        )
        self._delays: dict[tuple[str, str], float] = {}
        self._last_look, self._last_event = 0.0, 0

    def run(self, minutes: float) -> Result:
        """Feed until nothing new is discovered; then measure for so long."""
        start = self._discover() + IDLE
        idle = self._idle()
        end = start + minutes * 60
        self.fleet.plan_deaths(start, max(start, end - 3 * INTERVAL))
        before, stored, sent = cpu(self.server), sizes(self.server), self.feed.sent
        volume, self.feed.late = self.feed.bytes, 0.0
        began = time.time()
        self.feed.until(end, INTERVAL, self._look)
        seconds, used = time.time() - began, cpu(self.server)
        now = sizes(self.server)
        return Result(
            hosts=len(self.names),
            seconds=seconds,
            sent=self.feed.sent - sent,
            bytes_each=(self.feed.bytes - volume) / (self.feed.sent - sent),
            late=self.feed.late,
            cpu=_more(before, used, seconds, idle),
            idle=idle,
            stored=Sizes(*(new - old for new, old in zip(now, stored))),
            throttled=self._throttled(),
            queues=self._queues(int(began + INTERVAL)),
            deaths=len(self.fleet.deaths),
            delays=sorted(self._delays.values()),
        )

    def _idle(self) -> dict[str, float]:
        """What the server uses while it knows all hosts, and none of them sends."""
        before = cpu(self.server)
        self.feed.rest(IDLE)
        return {kind: used / IDLE for kind, used in _more(before, cpu(self.server)).items()}

    def _discover(self) -> float:
        """Feed all hosts until nothing new is discovered; when that was."""
        known, interval = -1, max(LEAST, QUICK * len(self.names))
        for number in range(1, ROUNDS):
            end = number * interval
            self.feed.until(end, interval, lambda: None)
            ((now,),) = query(self.server, "SELECT count(*) FROM items WHERE flags = 4")
            print(f"  round {number}: {int(now):,} items discovered", file=sys.stderr, flush=True)
            if int(now) == known > 0:
                return end
            known = int(now)
        return end

    def _look(self) -> None:
        """Note the problems that have come since the last look."""
        if time.time() - self._last_look < PAUSE:
            return
        self._last_look = time.time()
        rows = query(
            self.server,
            "SELECT DISTINCT p.eventid, h.host, p.name FROM problem p"
            " JOIN functions f ON f.triggerid = p.objectid JOIN items i USING (itemid)"
            f" JOIN hosts h USING (hostid) WHERE p.eventid > {self._last_event}"
            " AND p.source = 0 AND p.name LIKE '%Fewer%' ORDER BY 1",
        )
        now = time.time() - self.fleet.began
        dead = {
            (self.names[each.host], f"daemon{each.daemon:02}"): each for each in self.fleet.deaths
        }
        for event, host, name in rows:
            self._last_event = int(event)
            where = (host, name.split(": ")[1])
            self._delays.setdefault(where, now - dead[where].at)

    def _throttled(self) -> int:
        """How many items of a host store an unchanged value once an hour."""
        ((number,),) = query(
            self.server,
            f"{HEARTBEATS} JOIN hosts h USING (hostid) WHERE p.type = 20 AND i.flags IN (0, 4)"
            f" AND i.history <> '0' AND h.host = '{self.names[0]}'",
        )
        return int(number)

    def _watch_queues(self) -> None:
        """A host whose items are the server's own queues."""
        groups = self.server.api.hostgroup.get(output=["groupid"], limit=1)
        made = self.server.api.host.create(host=OWN, groups=groups)
        items = [
            {"name": key, "key_": key, "type": 5, "value_type": 3, "delay": "5s"} for key in QUEUES
        ]
        hostid = made["hostids"][0]
        self.server.api.item.create(*[{**item, "hostid": hostid} for item in items])

    def _queues(self, since: int) -> dict[str, int]:
        rows = query(
            self.server,
            "SELECT i.key_, max(v.value) FROM history_uint v JOIN items i USING (itemid)"
            f" JOIN hosts h USING (hostid) WHERE h.host = '{OWN}' AND v.clock >= {since}"
            " GROUP BY 1",
        )
        return {QUEUES[key]: int(most) for key, most in rows}


def _more(
    before: dict[str, float],
    after: dict[str, float],
    seconds: float = 0.0,
    idle: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, float]:
    """What was used between two looks, by kind, less what an idle server uses in that time."""
    return {
        kind: after[kind] - before.get(kind, 0.0) - seconds * idle.get(kind, 0.0) for kind in after
    }


def trial(variant: Variant, hosts: int, daemons: int, minutes: float, folder: Path) -> Result:
    """The cost of one template, on a server of its own."""
    print(f"{variant.name}: {hosts:,} hosts …", file=sys.stderr, flush=True)
    with Server(VERSION, folder, SETTINGS) as server:
        return Trial(server, variant, hosts, daemons).run(minutes)
