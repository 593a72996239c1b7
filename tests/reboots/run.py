"""A host with real daemons is rebooted again and again, before the eyes of real servers.

In: how often, and how often they look.  Out: a table.  Runs in a network of its own, whose ports
are all free for the host's services.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.reboots.story import Boot, Story, table
from tests.reboots.watchers import Watcher, servers, watchers
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.packages import PackagesError
from tests.zabbix.server_daemon import ServerError
from tests.zoo import root
from tests.zoo.host import Host, HostError
from tests.zoo.watch import WatchError, install, write_baseline

REBOOTS, INTERVAL, GRACE = 5, 55, 300  # those of the template's macros
DAEMON, UNIT = "atd", "atd.service"
PLAN = root.zoo(root.SUITES[0], everyone=False)
LEAST = 15  # daemons
SLACK = 20  # seconds, for answers and for what a busy server does with them
ACTIVE = "ServerActive={}\nHostname={} active\n"
FOLDERS = {"agentd": "zabbix_agentd.conf.d", "agent2": "zabbix_agent2.d"}


class Pace(NamedTuple):
    """How often the host is looked at, and how long it may take to come up, in seconds."""

    interval: int = INTERVAL
    grace: int = GRACE

    @property
    def macros(self) -> dict[str, str]:
        """What the hosts in Zabbix have to have: nothing, if the template says the same."""
        if self == Pace():
            return {}
        values = {"{$PSDIFF.INTERVAL}": self.interval, "{$PSDIFF.BOOT.GRACE}": self.grace}
        return {name: f"{value}s" for name, value in values.items()}

    @property
    def within(self) -> float:
        """So long after a boot what is wrong has to be known."""
        return self.grace + 2 * self.interval + SLACK


def stories(reboots: int, pace: Pace, folder: Path) -> list[Story]:
    """Boot the host, let it be watched, reboot it, and tell."""
    with _watched(pace, folder) as (host, seen):
        boots = [_reboot(host, seen, pace, f"reboot {each + 1}") for each in range(reboots)]
        host.run("systemctl", "disable", UNIT)
        last = _reboot(host, seen, pace, f"reboot without {DAEMON}")
    told = zip(seen, zip(*boots), last)
    return [Story(each.name, mine, final, DAEMON) for each, mine, final in told]


@contextmanager
def _watched(pace: Pace, folder: Path) -> Iterator[tuple[Host, list[Watcher]]]:
    disk = folder / "disk"
    disk.mkdir()
    with servers(folder) as found, Host(root.build(PLAN), True, disk) as host:
        addresses = ",".join(f"127.0.0.1:{server.port}" for server in found)
        for agent, name in FOLDERS.items():
            active = host.files / "etc/zabbix" / name / "active.conf"
            active.write_text(ACTIVE.format(addresses, agent))
        seen = [each for one, ahead in found.items() for each in watchers(one, ahead, pace.macros)]
        install(host)
        _say(f"baseline of {len(write_baseline(host, ()))} lines")
        eventually(lambda: _are_settled(seen), pace.within + 4 * pace.interval)
        yield host, seen


def _are_settled(seen: Sequence[Watcher]) -> None:
    unsettled = [each.name for each in seen if not each.is_settled(LEAST)]
    assert not unsettled, unsettled
    assert all(each.is_off() for each in seen)


def _reboot(host: Host, seen: Sequence[Watcher], pace: Pace, what: str) -> list[Boot]:
    """Reboot, wait until everything has to be known, and ask each watcher."""
    before = {each.server: each.last_event() for each in seen}
    host.reboot()
    up = json.loads(host.run("psdiff-zbx", "get"))["uptime"]
    booted = time.time() - up
    _say(f"{what}: up again")
    time.sleep(max(0.0, booted + pace.within - time.time()))
    found = [
        Boot(
            booted + each.ahead,
            each.problems(before[each.server]),
            sum(1 for count in each.counts(booted) if count),
        )
        for each in seen
    ]
    for each, boot in zip(seen, found):
        _say(f"  {each.name}: " + "; ".join(problem.name for problem in boot.problems))
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(reboots: int = REBOOTS, interval: int = INTERVAL, grace: int = GRACE) -> int:
    """Returns 1 if something is not as it should be, and says what."""
    pace = Pace(interval, grace)
    try:
        with tempfile.TemporaryDirectory(prefix="psdiff-zbx-reboots-", dir="/var/tmp") as name:
            Path(name).chmod(0o755)
            found = stories(reboots, pace, Path(name))
    except (HostError, PackagesError, root.RootError, ServerError, WatchError) as error:
        print(f"make reboots: {error}", file=sys.stderr)
        return 1
    wrong = [line for each in found for line in each.wrong(pace.within)]
    print("\n".join((*table(found), *wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
