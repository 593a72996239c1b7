"""Made-up hosts of so many daemons, what each would answer, and who dies when.

In: a moment (seconds since the beginning).  Out: the documents that our agent, or Zabbix's own key
for processes, would send.  The same in every run.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import NamedTuple

from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import (
    EXACT,
    IGNORED_KINDS,
    Comparison,
    Daemon,
    Line,
    Source,
    State,
    Times,
)
from psdiff_zbx.core.process_state import NOT_RUNNING, RUNNING

# A gone daemon stays away for so many collections.
AWAY = 4
SHARE = 0.01
DAY = 86_400


class Death(NamedTuple):
    """One daemon of one host that is gone from `at` on, for a while (seconds)."""

    host: int
    daemon: int
    at: float
    until: float


class Fleet:
    """So many hosts of so many daemons.  `began` is Unix time, `seconds` how long they live."""

    def __init__(self, hosts: int, daemons: int, interval: float, began: float) -> None:
        """Everyone is well."""
        self.hosts, self.daemons = hosts, daemons
        self.interval, self.began = interval, began
        self.deaths: list[Death] = []
        self._random = random.Random(1)

    def plan_deaths(self, first: float, last: float) -> None:
        """One of a hundred daemons dies between the two moments, at any time, and returns."""
        number = round(self.hosts * self.daemons * SHARE)
        everyone = self._random.sample(range(self.hosts * self.daemons), number)
        for each in everyone:
            at = self._random.uniform(first, last)
            until = at + AWAY * self.interval
            self.deaths.append(Death(*divmod(each, self.daemons), at, until))

    def ours(self, host: int, now: float) -> str:
        """The document of psdiff.get."""
        rows = tuple(self._daemon(host, number, now) for number in range(self.daemons))
        missing = tuple(
            Line(2, each.cmdline, each.user) for each in rows if each.running < each.expected
        )
        source = Source("/var/lib/psdiff-zbx/baseline", int(self.began) - DAY, "root", 52, "9f86")
        seconds = self._random.uniform(0.02, 0.04)
        found, ignored = Comparison(rows, missing, ()), dict.fromkeys(IGNORED_KINDS, 0)
        times = Times(int(self.began) - DAY, DAY + int(now))
        return document(State(source, found, self._processes(), seconds, ignored, 0, times))

    def theirs(self, host: int, now: float) -> str:
        """The answer of proc.get[,,,summary]."""
        return json.dumps(list(self._summaries(host, now)), separators=(",", ":"))

    def _summaries(self, host: int, now: float) -> Iterator[dict[str, object]]:
        for number in range(self.daemons):
            daemon = self._daemon(host, number, now)
            if daemon.running:
                seconds = round(daemon.cpu, 2)
                yield {
                    "name": daemon.name,
                    "processes": 1,
                    "vsize": 4 * daemon.rss,
                    "pmem": 0.1,
                    "rss": daemon.rss,
                    "data": daemon.rss,
                    "exe": 100_000,
                    "lck": 0,
                    "lib": 0,
                    "pin": 0,
                    "pte": 50_000,
                    "size": 4 * daemon.rss,
                    "stk": 100_000,
                    "swap": 0,
                    "cputime_user": seconds,
                    "cputime_system": seconds,
                    "ctx_switches": int(100 * seconds),
                    "threads": daemon.threads,
                    "page_faults": 100,
                }

    def _daemon(self, host: int, number: int, now: float) -> Daemon:
        """A daemon that uses some CPU time and keeps the memory it has."""
        started, running = self.began - DAY, 1
        for death in self._deaths_of(host, number):
            if death.at <= now < death.until:
                started, running = 0.0, 0
            elif now >= death.until:
                started = self.began + death.until
        name = f"daemon{number:02}"
        return Daemon(
            id=f"{name}-{number:08x}",
            name=name,
            user="root",
            cmdline=f"/usr/sbin/{name} --foreground --config /etc/{name}/{name}.conf",
            expected=1,
            mode=EXACT,
            running=running,
            started=int(started),
            cpu=round(10 + now / (number + 20), 2) * running,
            rss=(5_000_000 + 4096 * number) * running,
            threads=(1 + number % 4) * running,
            state=RUNNING if running else NOT_RUNNING,
        )

    def _deaths_of(self, host: int, number: int) -> list[Death]:
        return [each for each in self.deaths if (each.host, each.daemon) == (host, number)]

    def _processes(self) -> int:
        """It changes now and then, for somebody logs in."""
        return 300 + (self._random.random() < 0.3)
