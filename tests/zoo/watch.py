"""psdiff-zbx on a host of the zoo, as a user installs it there and as Zabbix asks it.

In: a booted host.  Out: a baseline, and samples: the lines that Zabbix is told.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterable
from typing import Callable, NamedTuple

from tests.zabbix.program import WHEELS
from tests.zoo.host import Host, HostError

AGENT, AGENT2 = "10050", "10060"
BASELINE = "/var/lib/psdiff-zbx/baseline"
INSTALL = """
python3 -m venv /opt/psdiff-zbx
/opt/psdiff-zbx/bin/pip install --quiet --no-index --find-links /root/wheels psdiff-zbx
ln -s /opt/psdiff-zbx/bin/psdiff-zbx /usr/local/bin/
for agent in agentd.conf agent2; do
    psdiff-zbx userparameters > /etc/zabbix/zabbix_$agent.d/psdiff_zbx.conf
done
systemctl restart zabbix-agent zabbix-agent2
"""
LOGIN = "ssh -q -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1"
AGENT_PATIENCE = 10.0
# What an agent answers when systemd ends it, and with it what it has started: Debian's logrotate
# restarts it so.
STOPPED = "Signal received while executing a shell script."
REST = 10.0
PATIENCE = 90.0


class WatchError(Exception):
    """The host does not come to rest."""


class Sample(NamedTuple):
    """One answer to `psdiff.get`, and when it came (seconds, by a clock that never jumps)."""

    at: float
    processes: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.missing, *self.extra)


def install(host: Host) -> None:
    """From the wheels that are there, for the host's own Python and its agent."""
    shutil.copytree(WHEELS, host.files / "root/wheels")
    administer(host, INSTALL)


def administer(host: Host, line: str) -> str:
    """What a command prints when the administrator has logged in."""
    return host.visit(*LOGIN.split(), f"set -e\n{line}")


def write_baseline(host: Host, manual: Iterable[str]) -> tuple[str, ...]:
    """When nothing changes any more, and what the administrator adds; its lines, without their
    indent."""
    _wait_for_rest(host)
    more = (f"psdiff-zbx manual add {line}" for line in manual)
    administer(host, "\n".join(("psdiff-zbx write --all", *more)))
    lines = (host.files / BASELINE.lstrip("/")).read_text().splitlines()
    return tuple(line.strip() for line in lines if not line.startswith("#"))


def sample(host: Host, port: str = AGENT) -> Sample:
    """What Zabbix is told now."""
    answer = _ask(host, port)
    try:
        document = json.loads(answer)
        missing, extra = (_lines(document[what]["text"]) for what in ("missing", "extra"))
        return Sample(time.monotonic(), document["processes"], missing, extra)
    except (KeyError, ValueError):  # an error is no line, but may not be overlooked
        return Sample(time.monotonic(), 0, (), (f"? {answer}",))


def _ask(host: Host, port: str) -> str:
    """The agent's answer; as Zabbix does, again if there is none, for it may be restarting."""
    get = ("zabbix_get", "-s", "127.0.0.1", "-p", port, "-k", "psdiff.get")
    deadline = time.monotonic() + AGENT_PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(HostError):
            answer = host.visit(*get)
            if STOPPED not in answer:
                return answer
        time.sleep(1)
    return host.visit(*get)


def watch(host: Host, pause: float, seconds: float) -> list[Sample]:
    """Samples for so long, one every `pause` seconds."""
    samples = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        samples.append(sample(host))
        time.sleep(pause)
    return samples


def wait_for(
    ask: Callable[[], Sample], good: Callable[[Sample], bool], seconds: float
) -> list[Sample]:
    """Samples, one a second, until one is as it should be, or it takes too long."""
    end = time.monotonic() + seconds
    samples = [ask()]
    while not good(samples[-1]) and time.monotonic() < end:
        time.sleep(1)
        samples.append(ask())
    return samples


def _lines(text: str) -> tuple[str, ...]:
    """Without their indent: `- LINE` or `+ LINE`."""
    return tuple(f"{line[0]} {line[1:].strip()}" for line in text.splitlines())


def _wait_for_rest(host: Host) -> None:
    deadline = time.monotonic() + PATIENCE
    before, since = "", time.monotonic()
    while time.monotonic() < deadline:
        now = administer(host, "psdiff-zbx dump")
        if now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > REST:
            return
        time.sleep(1)
    raise WatchError(f"never at rest:\n{before}")
