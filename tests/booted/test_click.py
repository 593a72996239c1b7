"""From a problem to a click in the frontend to its recovery, on a host that `setup` has set up."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pyzabbix.api import ZabbixAPIException

from psdiff_zbx.core.start import NO_UNIT
from tests.booted.site import (
    ACCEPT,
    MISSING,
    SHOW,
    START,
    UNEXPECTED,
    UNITS,
    Site,
    watched,
)
from tests.zabbix import people
from tests.zabbix.browser import Browser
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server import LOGIN

pytestmark = pytest.mark.zabbix

DENIED = {"agentd": "Unsupported item key.", "agent2": "Unknown metric system.run"}
# Neither shells nor psdiff-zbx may take any of it for more than a name.
HOSTILE = '$(touch /tmp/x); `touch /tmp/x` --missing "o'
# The frontend has the agent refuse this one: its quote would end the word.
QUOTED = "o'brien; touch /tmp/x; '"


def fewer(name: str) -> str:
    return f"psdiff: {name}: Fewer processes than expected"


def id_of(site: Site, cmdline: str) -> str:
    rows = json.loads(site.host.run("psdiff-zbx", "discover"))
    (found,) = [row for row in rows if row["{#PSDIFF.CMDLINE}"] == cmdline]
    return str(found["{#PSDIFF.ID}"])


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
    site.wait_for(MISSING, f"{fewer('cron')} (cron.service)")
    assert site.click(SHOW, "carla") == [line]
    assert line in site.click(ACCEPT, "carla")
    site.wait_for()
    assert site.click(SHOW, "carla") == ["nothing differs"]
    head, changed = site.log()[-2:]
    assert "carla (frontend)" in head
    assert changed == line


SLEEPERS = {
    "quick.service": "/bin/sleep 1001",
    "fails.service": "sleep 1002",
    "slow.service": "sleep 1003",
    "hidden.service": "/bin/sleep 1004",
    "jane/own.service": "/bin/sleep 1005",
    "": "sleep 1006",
}


def start(site: Site, user: str, *beginnings: str) -> None:
    """Click until a line has begun with each of these: on a busy machine, what starts or fails may
    take longer than a click lasts."""
    said: set[str] = set()

    def check() -> None:
        said.update(site.click(START, user))
        lacking = [each for each in beginnings if not any(line.startswith(each) for line in said)]
        assert lacking == [], sorted(said)

    eventually(check)


def test_what_is_missing_is_started_by_a_click(site: Site) -> None:
    """What can be started is; of what cannot, one line says why."""
    ids = {unit: id_of(site, cmdline) for unit, cmdline in SLEEPERS.items()}
    names = {unit: f"{fewer('sleep')} ({unit})".removesuffix(" ()") for unit in SLEEPERS}
    site.host.run("touch", "/root/fail", "/root/slow")
    site.host.run("systemctl", "mask", "--runtime", "hidden")
    site.host.run("pkill", "-KILL", "-x", "sleep")
    site.wait_for(MISSING, *names.values())
    lacks = {unit: f"{id_} is still missing" for unit, id_ in ids.items()}
    failed = f"fails.service was started and has failed (exit-code); {lacks['fails.service']}"
    masked = "hidden.service is masked: systemctl unmask hidden.service"
    start(
        site,
        HOSTILE,
        "quick.service was started",
        "jane/own.service was started",
        f"{failed}: no such database --password=********",
        f"slow.service was started and has not come up yet; {lacks['slow.service']}",
        f"{masked}; {lacks['hidden.service']}",
        f"{ids['']}: {NO_UNIT}",
    )
    assert f"quick.service for {ids['quick.service']}" in site.log()
    (head,) = [line for line in site.log() if " start " in line][-1:]
    assert head.endswith(f"by {HOSTILE} (frontend)")
    assert not (site.host.files / "tmp/x").exists()
    site.host.run("rm", "/root/fail", "/root/slow")
    site.host.run("systemctl", "unmask", "--runtime", "hidden")
    # The others run; slow.service has come up by itself.
    site.wait_for(MISSING, *(names[unit] for unit in ("fails.service", "hidden.service", "")))
    start(site, "carla", "fails.service was started", "hidden.service was started")
    site.host.run("psdiff-zbx", "accept", ids[""])
    site.wait_for()
    (line,) = site.click(START, "carla")
    assert line == "nothing is missing; nothing is started"


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
    for action in (ACCEPT, START):
        with pytest.raises(ZabbixAPIException, match=DENIED[site.kind]):
            site.click(action, QUOTED)
    assert site.click(SHOW, QUOTED) == ["nothing differs"]
    assert site.log() == before
    assert not (site.host.files / "tmp/x").exists()


def test_root_does_nothing_else_for_the_agent(site: Site) -> None:
    as_agent = ("runuser", "-u", "zabbix", "--", "sudo", "-n", "/usr/local/bin/psdiff-zbx")
    more = ("--missing", "cron", "--baseline=/tmp/b")
    accepts = [("accept",), *(("accept", "--remote", word) for word in more)]
    starts = [("start", "cron"), *(("start", "--remote", word) for word in more)]
    for words in (("show",), (), *accepts, *starts):
        said = site.host.run(*as_agent, *words, check=False)
        assert said.splitlines()[-1] == "sudo: a password is required"


def test_without_the_line_of_sudoers_the_click_says_what_to_do(site: Site) -> None:
    site.host.run("rm", "/etc/sudoers.d/psdiff-zbx")
    (said,) = site.click(ACCEPT, "carla")
    assert said.endswith("there, as root: psdiff-zbx setup --remote-accept")
    site.host.run("psdiff-zbx", "setup", "--agent", site.kind, "--remote-accept")
    (said,) = site.click(ACCEPT, "carla")
    assert "nothing differs from /var/lib/psdiff-zbx/baseline" in said
    site.host.run("rm", "/etc/sudoers.d/psdiff-zbx-start")
    (said,) = site.click(START, "carla")
    assert said.endswith("there, as root: psdiff-zbx setup --remote-start")


def test_removed_it_is_off(site: Site) -> None:
    site.host.run("psdiff-zbx", "setup", "--agent", site.kind, "--remove")
    site.host.run("systemctl", "restart", UNITS[site.kind])
    with pytest.raises(ZabbixAPIException, match=DENIED[site.kind]):
        site.click(SHOW, "carla")
    assert list((site.host.files / "etc/sudoers.d").glob("psdiff*")) == []
