"""From a problem to a click in the frontend to its recovery, on a host that `setup` has set up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from pyzabbix.api import ZabbixAPIException

from psdiff_zbx.frontend.push import push
from psdiff_zbx.frontend.session import Login
from tests.host.bare import bare
from tests.zabbix import people
from tests.zabbix.agents import free_port
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server import LOGIN, PASSWORD, Server
from tests.zabbix.stack import create_host
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

NAME = "web1"
SHOW, ACCEPT = "psdiff: show differences", "psdiff: accept as expected"
MISSING, UNEXPECTED = "psdiff: Processes are missing", "psdiff: Unexpected processes"
FOLDERS = {"agentd": "zabbix_agentd.conf.d", "agent2": "zabbix_agent2.d"}
UNITS = {"agentd": "zabbix-agent", "agent2": "zabbix-agent2"}
DENIED = {"agentd": "Unsupported item key.", "agent2": "Unknown metric system.run"}
# Neither shells nor psdiff-zbx may take any of it for more than a name.
HOSTILE = '$(touch /tmp/x); `touch /tmp/x` --missing "o'
# The frontend has the agent refuse this one: its quote would end the word.
QUOTED = "o'brien; touch /tmp/x; '"


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

    def wait_for(self, *names: str) -> None:
        """Until these problems are there, and no others."""

        def check() -> None:
            rows = self.server.api.problem.get(hostids=[self.hostid], output=["name"])
            assert sorted(row["name"] for row in rows) == sorted(names)

        eventually(check)

    def log(self) -> list[str]:
        """The lines of the host's history."""
        return self.host.run("psdiff-zbx", "log").splitlines()


@pytest.fixture(scope="module", params=[("6.0", "agentd"), ("7.0", "agent2")], ids="-".join)
def site(request: pytest.FixtureRequest, namespaces: None) -> Iterator[Site]:
    version, kind = request.param
    with Server(version) as server, bare(shares_network=True) as host:
        port = free_port()
        _set_up(host, kind, port)
        create_host(server, NAME, port, "2s")
        push(server.url, Login("", LOGIN, PASSWORD), False, [NAME], with_actions=True)
        for user in ("carla", HOSTILE, QUOTED):
            people.create(server, user, people.SUPER_ADMIN, people.ADMINISTRATORS)
        (found,) = server.api.host.get(filter={"host": NAME}, output=["hostid"])
        yield Site(server, host, kind, found["hostid"])


def _set_up(host: Host, kind: str, port: int) -> None:
    own = host.files / "etc/zabbix" / FOLDERS[kind] / "port.conf"
    own.write_text(f"ListenPort={port}\n")
    config = host.files / "etc/psdiff-zbx"
    config.mkdir()
    (config / "config.toml").write_text("extra_min_age = 1\n")
    host.run("psdiff-zbx", "setup", "--agent", kind, "--remote-accept")
    host.run("systemctl", "start", UNITS[kind])
    host.run("psdiff-zbx", "write")


def test_what_is_missing(site: Site) -> None:
    line = "-     /usr/sbin/cron -f  {user=root}"
    assert site.click(SHOW, "carla") == ["nothing differs"]
    site.host.run("systemctl", "stop", "cron")
    site.wait_for(MISSING, "psdiff: cron: Fewer processes than expected")
    assert site.click(SHOW, "carla") == [line]
    assert line in site.click(ACCEPT, "carla")
    site.wait_for()
    assert site.click(SHOW, "carla") == ["nothing differs"]
    head, changed = site.log()[-2:]
    assert "carla (frontend)" in head
    assert changed == line


def test_what_is_extra(site: Site) -> None:
    site.host.run("systemd-run", "--unit=stray", "/bin/sleep", "900")
    line = "+     /bin/sleep 900  {user=root}"
    site.wait_for(UNEXPECTED)
    assert site.click(SHOW, HOSTILE) == [line]
    assert line in site.click(ACCEPT, HOSTILE)
    site.wait_for()
    assert f"{HOSTILE} (frontend)" in site.log()[-2]
    assert not (site.host.files / "tmp/x").exists()


def test_a_name_with_a_quote_runs_nothing(site: Site) -> None:
    before = site.log()
    with pytest.raises(ZabbixAPIException, match=DENIED[site.kind]):
        site.click(ACCEPT, QUOTED)
    assert site.click(SHOW, QUOTED) == ["nothing differs"]
    assert site.log() == before
    assert not (site.host.files / "tmp/x").exists()


def test_root_does_nothing_else_for_the_agent(site: Site) -> None:
    as_agent = ("runuser", "-u", "zabbix", "--", "sudo", "-n", "/usr/local/bin/psdiff-zbx")
    for words in (("show",), ("accept",), ("accept", "--remote", "--baseline=/tmp/b"), ()):
        said = site.host.run(*as_agent, *words, check=False)
        assert said.splitlines()[-1] == "sudo: a password is required"


def test_without_the_line_of_sudoers_the_click_says_what_to_do(site: Site) -> None:
    site.host.run("rm", "/etc/sudoers.d/psdiff-zbx")
    (said,) = site.click(ACCEPT, "carla")
    assert said.endswith("there, as root: psdiff-zbx setup --remote-accept")
    site.host.run("psdiff-zbx", "setup", "--agent", site.kind, "--remote-accept")
    (said,) = site.click(ACCEPT, "carla")
    assert "nothing differs from /var/lib/psdiff-zbx/baseline" in said


def test_removed_it_is_off(site: Site) -> None:
    site.host.run("psdiff-zbx", "setup", "--agent", site.kind, "--remove")
    site.host.run("systemctl", "restart", UNITS[site.kind])
    with pytest.raises(ZabbixAPIException, match=DENIED[site.kind]):
        site.click(SHOW, "carla")
    assert not (site.host.files / "etc/sudoers.d/psdiff-zbx").exists()
