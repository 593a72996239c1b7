"""A day in the zoo: a host boots, is installed and at rest, and then everybody is busy.

In: a suite and for how many seconds they are busy.  Out: what was expected at rest, all samples
that Zabbix took, and how the visitors fared.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.zoo import root
from tests.zoo.census import Seen, census, hidden, table
from tests.zoo.daemons import Daemon, daemons
from tests.zoo.host import Host
from tests.zoo.watch import Sample, install, sample, watch, write_baseline

LOAD = ("load.py", "visitors.py")


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
    killed: list[str] = field(default_factory=list)

    @property
    def false(self) -> dict[str, list[int]]:
        """The lines that Zabbix was told while nobody had died, and after how many seconds."""
        found: dict[str, list[int]] = {}
        for each in (self.rest, *self.busy):
            for line in each.lines:
                found.setdefault(line, []).append(round(each.at - self.rest.at))
        return found

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
            f"  false: {len(self.false)}",
            *(f"  false, at {times} s: {line}" for line, times in self.false.items()),
            *self.killed,
        ]

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
        busy, visitors = _busy(host, seconds, pause)
        yield Day(suite, host, everybody, baseline, rest, people, unseen, busy, visitors)


def _busy(host: Host, seconds: float, pause: float) -> tuple[list[Sample], dict[str, Any]]:
    place = host.files / "root/tests/zoo"
    place.mkdir(parents=True)
    for name in LOAD:
        shutil.copy(Path(__file__).with_name(name), place)
    crowd = host.visitor("sh", "-c", f"cd /root && exec python3 -m tests.zoo.load {seconds}")
    samples = watch(host, pause, seconds)
    return samples, json.loads(crowd.communicate(timeout=120)[0])
