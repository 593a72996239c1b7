"""Kill a daemon of the zoo as the kernel does when memory runs out, and start it again."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tests.zoo.daemons import Daemon
from tests.zoo.day import Day
from tests.zoo.watch import AGENT, AGENT2, Sample, sample, wait_for

# What the daemon leaves behind has so long to notice, seconds.
GRACE = 10.0
PATIENCE = 40.0
START_TRIES = 2  # one that finds what it has left behind may give up
# It has ended when nothing of it is left; where the disks are busy, that takes a while.
END = "kill -KILL {0} && timeout 60 tail -s 0.1 --pid={0} -f /dev/null"


class Death(NamedTuple):
    """What Zabbix is told before, then until it is what is expected, and until it runs again."""

    before: Sample
    after: list[Sample]
    revival: list[Sample]

    @property
    def reported(self) -> Counter[str]:
        """The lines that came with it."""
        return news(self.after[-1], self.before)

    @property
    def left(self) -> Counter[str]:
        """The lines that did not go again."""
        return news(self.revival[-1], self.before)


def kill(day: Day, daemon: Daemon) -> Death:
    """Kill it, ask, start it again, and ask until all is as it was."""

    def ask() -> Sample:
        return sample(day.host, AGENT2 if daemon.name == "zabbix-agent" else AGENT)

    expected = obituary(day, daemon)
    if daemon.first:
        day.host.run("sh", "-c", daemon.first)
    before = wait_for(ask, lambda told: not told.lines, PATIENCE)[-1]
    if daemon.socket:
        day.host.run("systemctl", "stop", "--job-mode=ignore-dependencies", daemon.socket)
    victim = day.host.run("pgrep", "-o", "-f", f"^({daemon.victim})").strip()
    day.host.run("sh", "-c", END.format(victim))
    after = wait_for(ask, lambda told: news(told, before) == expected, GRACE)
    revival: list[Sample] = []
    for _ in range(START_TRIES):
        day.host.run("sh", "-c", daemon.command, check=False)
        revival += wait_for(ask, lambda told: not news(told, before), PATIENCE)
        if not news(revival[-1], before):
            break
    death = Death(before, after, revival)
    day.killed.append(_story(daemon, death))
    return death


def obituary(day: Day, daemon: Daemon) -> Counter[str]:
    """What has to be reported when it is dead."""
    return Counter(f"- {line}" for line in daemon.lines(day.baseline))


def news(told: Sample, before: Sample) -> Counter[str]:
    """The lines that were not there before."""
    return Counter(told.lines) - Counter(before.lines)


def _story(daemon: Daemon, death: Death) -> str:
    said = [f"{line} ({count})" for line, count in death.reported.items()]
    samples, seconds = len(death.after), death.revival[-1].at - death.after[-1].at
    text = " ".join(said) or f"nothing new, {' '.join(death.before.lines) or 'nothing before'}"
    return f"  killed {daemon.name}: after {samples} samples {text}; runs after {seconds:.0f} s"
