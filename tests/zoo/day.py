"""A day in the zoo: a host boots, is installed and at rest, and then everybody is busy.

In: a suite and for how many seconds they are busy.  Out: what was expected at rest, all samples
that Zabbix took, and how the visitors fared.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.zoo import root
from tests.zoo.census import Seen, census, hidden, table
from tests.zoo.daemons import Daemon, daemons
from tests.zoo.host import Host
from tests.zoo.watch import Sample, install, sample, watch, write_baseline

LOAD = ("load.py", "visitors.py")
START = 10.0  # seconds from the end of a restart to the daemon's last title


@dataclass(frozen=True)
class Day:
    """What there is to be said about it."""

    suite: str
    host: Host
    daemons: tuple[Daemon, ...]
    baseline: tuple[str, ...]
    rest: Sample
    people: list[Seen]
    hidden: list[str]
    busy: list[Sample]
    visitors: dict[str, dict[str, Any]]
    orders: list[tuple[str, str, float, float]]
    killed: list[str] = field(default_factory=list)

    @property
    def false(self) -> dict[str, list[int]]:
        """The lines that Zabbix was told while nobody was gone, and after how many seconds."""
        found: dict[str, list[int]] = {}
        for each in (self.rest, *self.busy):
            for line in each.lines:
                if not self._is_away(line, each.at):
                    found.setdefault(line, []).append(round(each.at - self.rest.at))
        return found

    def _is_away(self, line: str, now: float) -> bool:
        """Whether that daemon is just being restarted: until it is there again, it is missing."""
        return any(
            began <= now <= ended + START
            for verb, unit, began, ended in self.orders
            if verb == "restart" and line in self._lines_of(unit)
        )

    def _lines_of(self, unit: str) -> set[str]:
        """Those that are missing while a unit is stopped."""
        theirs = [each for each in self.daemons if fnmatch(unit, each.start)]
        return {f"- {line}" for each in theirs for line in each.lines(self.baseline)}

    def story(self) -> list[str]:
        """Its figures."""
        visitors = self.visitors.items()
        return [
            self._size(),
            *table(self.people),
            "  done: " + ", ".join(f"{name} {each['done']}" for name, each in visitors),
            *(
                f"  failed, {each['failed']} times: {name}: {each['why']}"
                for name, each in visitors
                if each["failed"]
            ),
            "  told: " + ", ".join(f"{verb} {count}" for verb, count in self._told().items()),
            f"  false: {len(self.false)}",
            *(f"  false, at {times} s: {line}" for line, times in self.false.items()),
            *self.killed,
        ]

    def _told(self) -> Counter[str]:
        return Counter(verb for verb, *_ in self.orders)

    def _size(self) -> str:
        most = max(each.processes for each in self.busy)
        seconds = self.busy[-1].at - self.busy[0].at
        return (
            f"{len(self.daemons)} daemons, {len(self.baseline)} lines of baseline, "
            f"{self.rest.processes} to {most} processes, "
            f"{len(self.busy)} samples in {seconds:.0f} s"
        )


@contextmanager
def day(suite: str, everyone: bool, seconds: float, pause: float) -> Iterator[Day]:
    """From boot to the end of the block."""
    with Host(root.build(root.zoo(suite, everyone))) as host:
        install(host)
        everybody = daemons(everyone)
        baseline = write_baseline(host, (each.manual for each in everybody if each.manual))
        rest, people = sample(host), census(host)
        unseen = hidden(host, people)
        busy, load = _busy(host, seconds, pause)
        yield Day(suite, host, everybody, baseline, rest, people, unseen, busy, **load)


def _busy(host: Host, seconds: float, pause: float) -> tuple[list[Sample], dict[str, Any]]:
    place = host.files / "root/tests/zoo"
    place.mkdir(parents=True)
    for name in LOAD:
        shutil.copy(Path(__file__).with_name(name), place)
    crowd = host.visitor("sh", "-c", f"cd /root && exec python3 -m tests.zoo.load {seconds}")
    samples = watch(host, pause, seconds)
    return samples, json.loads(crowd.communicate(timeout=120)[0])
