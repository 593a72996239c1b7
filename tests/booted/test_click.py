"""From a problem to a click in the frontend to its recovery, on a host that `setup` has set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyzabbix.api import ZabbixAPIException

from tests.booted.site import (
    ACCEPT,
    MISSING,
    SHOW,
    UNEXPECTED,
    UNITS,
    Site,
    watched,
)
from tests.zabbix import people
from tests.zabbix.browser import Browser
from tests.zabbix.server import LOGIN

pytestmark = pytest.mark.zabbix

DENIED = {"agentd": "Unsupported item key.", "agent2": "Unknown metric system.run"}
# Neither shells nor psdiff-zbx may take any of it for more than a name.
HOSTILE = '$(touch /tmp/x); `touch /tmp/x` --missing "o'
# The frontend has the agent refuse this one: its quote would end the word.
QUOTED = "o'brien; touch /tmp/x; '"


@pytest.fixture(scope="module", params=[("6.0", "agentd"), ("7.0", "agent2")], ids="-".join)
def site(request: pytest.FixtureRequest, namespaces: None) -> Iterator[Site]:
    with watched(*request.param) as running:
        for user in ("carla", HOSTILE, QUOTED):
            people.create(running.server, user, people.SUPER_ADMIN, people.ADMINISTRATORS)
        yield running


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


def test_in_a_browser(site: Site) -> None:
    site.host.run("systemd-run", "--unit=another", "/bin/sleep", "901")
    line = "+     /bin/sleep 901  {user=root}"
    site.wait_for(UNEXPECTED)
    with Browser(site.server) as browser:
        assert browser.run_action(SHOW, asks=False) == line
        assert browser.run_action(ACCEPT, asks=True).endswith(f"\n{line}")
    site.wait_for()
    assert f"{LOGIN} (frontend)" in site.log()[-2]


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
