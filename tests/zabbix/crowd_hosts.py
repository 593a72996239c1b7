"""Hosts with many daemons, and many hosts: what their agents would have sent, for pictures.

In: numbers.  Out: documents as `psdiff-zbx get` prints them.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from tests.zabbix.fleet_hosts import NO_BASELINE, Sent, failure

NAMES = (
    *("cron", "dbus-daemon", "rsyslogd", "sshd", "chronyd", "nginx", "postgres", "redis-server"),
    *("php-fpm", "master", "zabbix_agentd", "systemd-journald", "systemd-logind", "systemd-udevd"),
    *("irqbalance", "smartd", "lldpd", "snmpd", "auditd", "fail2ban-server", "unbound", "dovecot"),
    *("haproxy", "keepalived", "mariadbd", "memcached", "java", "containerd", "dockerd", "sssd"),
)
SEVERAL = {"nginx": 4, "postgres": 3}
OPTIONAL = "lldpd"
STRANGERS = (
    "/tmp/.x/miner -o pool.example:3333 --threads 8  {user=www-data}",
    "nc -l 4444  {user=www-data}",
    "/usr/bin/python3 /home/ann/try/import.py --all --from 2019-01-01 --verbose  {user=ann}",
)
DAY, HOUR = 86_400, 3600


class Daemon(NamedTuple):
    """One daemon of the baseline."""

    id: str
    name: str
    user: str
    cmdline: str
    expected: int

    @property
    def mode(self) -> str:
        """As in the document."""
        return "exact" if self.expected else "optional"


def daemons(number: int) -> Iterator[Daemon]:
    """So many daemons; several of one name have different command lines."""
    for each in range(number):
        name = NAMES[each % len(NAMES)]
        cmdline = f"/usr/sbin/{name} -f /etc/{name}/{each // len(NAMES)}.conf"
        expected = 0 if name == OPTIONAL else SEVERAL.get(name, 1)
        digest = f"{zlib.crc32(cmdline.encode()):08x}"
        yield Daemon(f"{name}-{digest}", name, "root", cmdline, expected)


def document(number: int, less: Collection[int] = (), extra: int = 0) -> str:
    """Of a host with so many daemons, some of which lack one process, and so many strangers."""
    there = list(daemons(number))
    running = [daemon.expected - (at in less) for at, daemon in enumerate(there)]
    missing = [
        f"-     {daemon.cmdline}  {{user={daemon.user}}}"
        for at, daemon in enumerate(there)
        if at in less
    ]
    strangers = [f"+     {STRANGERS[at % len(STRANGERS)]}" for at in range(extra)]
    return json.dumps(
        {
            "version": "1.0.0",
            "error": "",
            "seconds": 0.031,
            "processes": 120 + number,
            "baseline": {
                "written": int(time.time()) - 5 * DAY,
                "by": "ann",
                "lines": sum(daemon.expected for daemon in there),
                "digest": "9f86d081",
            },
            "missing": _side(missing),
            "extra": _side(strangers),
            "discovery": [_discovered(daemon) for daemon in there],
            "daemons": {
                daemon.id: {"expected": daemon.expected, "running": runs, "started": 1}
                for daemon, runs in zip(there, running)
            },
        }
    )


def _side(lines: list[str]) -> dict[str, Any]:
    return {"count": len(lines), "text": "\n".join(lines)}


def _discovered(daemon: Daemon) -> dict[str, Any]:
    values = {**daemon._asdict(), "mode": daemon.mode}
    return {f"{{#PSDIFF.{name.upper()}}}": value for name, value in values.items()}


def fleet(number: int, calm: bool = False) -> dict[str, Sent]:
    """So many hosts, or the same when all of them were still right.

    Of a hundred, twelve lack cron, five another daemon too, seven have strangers, three cannot
    tell, and four have been silent for an hour.
    """
    return {f"web{each:03}": _host(each % 100, calm) for each in range(number)}


def _host(each: int, calm: bool) -> Sent:
    if each in (11, 38, 62, 87):
        return Sent(document(12), ago=HOUR) if calm else Sent(None)
    if each in (20, 54, 71):
        return Sent(None) if calm else Sent(failure(NO_BASELINE))
    if calm:
        return Sent(document(12))
    less = {0} if each % 8 == 1 else set()
    less |= {3 + each % 7, 11} if each % 20 == 9 else set()
    return Sent(document(12, less, extra=each % 14 // 13 * (1 + each % 5)))
