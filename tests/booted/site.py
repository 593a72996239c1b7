"""A booted host that a server watches, set up as README says, with the frontend's actions.

In: a version, and which agent.  Out: a site; problems to wait for, and actions to click.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from psdiff_zbx.frontend.push import Extras, push
from psdiff_zbx.frontend.session import Login
from tests.booted.bare import bare
from tests.zabbix import people
from tests.zabbix.agents import free_port
from tests.zabbix.endtoend_poll import PATIENCE, eventually
from tests.zabbix.server import LOGIN, PASSWORD, WAITS, Server
from tests.zabbix.stack import create_host
from tests.zoo.host import Host

NAME = "web1"
SHOW, ACCEPT = "psdiff: show differences", "psdiff: accept as expected"
START = "psdiff: start what is missing"
MISSING, UNEXPECTED = "psdiff: Processes are missing", "psdiff: Unexpected processes"
FOLDERS = {"agentd": "zabbix_agentd.conf.d", "agent2": "zabbix_agent2.d"}
# Units that systemd does not start again: one that starts at once, one that may fail, one that may
# take long, one that is to be masked, of user jane's; and a daemon without a unit.
SERVICES = """
put() { mkdir -p $1; printf '[Service]\\nType=%s\\nExecStart=%s\\n' "$3" "$4" > $1/$2.service; }
put /etc/systemd/system quick simple '/bin/sleep 1001'
put /etc/systemd/system fails simple "/bin/sh -c '! test -e /root/fail || { \
    echo no such database --password=hunter2; exit 7; }; exec sleep 1002'"
put /etc/systemd/system slow notify "/bin/sh -c 'while test -e /root/slow; do sleep 0.2; done; \
    systemd-notify --ready; exec sleep 1003'"
printf NotifyAccess=all >> /etc/systemd/system/slow.service
put /usr/local/lib/systemd/system hidden simple '/bin/sleep 1004'
useradd -m jane
put /home/jane/.config/systemd/user own simple '/bin/sleep 1005'
systemctl daemon-reload
systemctl start quick fails slow hidden
loginctl enable-linger jane
own="runuser -u jane -- env XDG_RUNTIME_DIR=/run/user/$(id -u jane) systemctl --user start own"
for again in $(seq 50); do $own 2>/dev/null && break; sleep 0.1; done
setsid sleep 1006 </dev/null >/dev/null 2>&1 &
"""
UNITS = {"agentd": "zabbix-agent", "agent2": "zabbix-agent2"}


class Site(NamedTuple):
    """A server, and the host that it watches by one of the agents."""

    server: Server
    host: Host
    kind: str
    hostid: str

    def click(self, action: str, user: str) -> list[str]:
        """The lines that a user gets to see.  Raises ZabbixAPIException."""
        (script,) = self.server.api.script.get(filter={"name": action}, output=["scriptid"])
        with people.api_of(self.server, user) as api:
            found = api.script.execute(scriptid=script["scriptid"], hostid=self.hostid)
        assert found["response"] == "success"
        return str(found["value"]).splitlines()

    def wait_for(self, *names: str, patience: float = PATIENCE) -> None:
        """Until these problems are there, and no others."""

        def check() -> None:
            rows = self.server.api.problem.get(hostids=[self.hostid], output=["name"])
            found = sorted(row["name"] for row in rows)
            assert found == sorted(names), found

        eventually(check, patience)

    def log(self) -> list[str]:
        """The lines of the host's history."""
        return self.host.run("psdiff-zbx", "log").splitlines()


@contextmanager
def watched(version: str, kind: str) -> Iterator[Site]:
    """From boot to the end of the block; every two seconds there is a value."""
    with Server(version) as server, bare(shares_network=True) as host:
        port = free_port()
        _set_up(host, kind, port)
        create_host(server, NAME, port, "2s")
        push(server.url, Login("", LOGIN, PASSWORD), False, [NAME], extras=Extras(actions=True))
        (found,) = server.api.host.get(filter={"host": NAME}, output=["hostid"])
        yield Site(server, host, kind, found["hostid"])


def _set_up(host: Host, kind: str, port: int) -> None:
    own = host.files / "etc/zabbix" / FOLDERS[kind] / "port.conf"
    # A click takes more than two seconds where something is missing, and on a busy machine more
    # than an agent's usual three.
    own.write_text(f"ListenPort={port}\nTimeout={WAITS}\n")
    config = host.files / "etc/psdiff-zbx"
    config.mkdir()
    (config / "config.toml").write_text("extra_min_age = 1\n")
    host.run("sh", "-ec", SERVICES)
    host.run("psdiff-zbx", "setup", "--agent", kind, "--remote-accept", "--remote-start")
    host.run("systemctl", "start", UNITS[kind])
    host.run("psdiff-zbx", "write", "--all")
