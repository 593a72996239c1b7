"""A host that the server sees through a proxy: its problems, its silence, the click."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.booted.site import (
    ACCEPT,
    MISSING,
    NAME,
    SHOW,
    UNITS,
    Site,
    watched,
)
from tests.zabbix import people
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server_proxy import Proxy

pytestmark = pytest.mark.zabbix

LINE = "-     /usr/sbin/cron -f  {user=root}"
FEWER = "psdiff: cron: Fewer processes than expected (cron.service)"
NO_DATA = "psdiff: No data"
# {$PSDIFF.NODATA}, the least that Zabbix takes; a server looks for silence twice a minute.
NODATA = 30
SILENCE = NODATA + 30 + 5
# For what takes the way through the proxy, which asks for all it does.
PATIENCE = 90.0
NEWEST = ("7.0", "agent2")


class Behind(NamedTuple):
    """A site, and the proxy that stands between the server and the host."""

    site: Site
    proxy: Proxy

    def wait_for_a_value(self) -> None:
        """One that came through the proxy: until that is there, the server asks by itself."""
        self._wait_for_the_proxy()
        now = time.time()

        def check() -> None:
            wanted = {"hostids": self.site.hostid, "filter": {"key_": "psdiff.seconds"}}
            (item,) = self.site.server.api.item.get(output=["lastclock"], **wanted)
            assert int(item["lastclock"]) > now

        eventually(check, PATIENCE)

    def _wait_for_the_proxy(self) -> None:
        now = time.time()

        def check() -> None:
            assert self.proxy.last_seen() > now

        eventually(check, PATIENCE)


@pytest.fixture(scope="module", params=[("6.0", "agentd"), NEWEST], ids="-".join)
def behind(request: pytest.FixtureRequest, namespaces: None) -> Iterator[Behind]:
    with watched(*request.param) as site:
        people.create(site.server, "carla", people.SUPER_ADMIN, people.ADMINISTRATORS)
        macros = {"{$PSDIFF.NODATA}": f"{NODATA}s", "{$PSDIFF.RESTART.ALERT}": "0"}
        rows = [{"hostid": site.hostid, "macro": name, "value": macros[name]} for name in macros]
        site.server.api.usermacro.create(*rows)
        proxy = Proxy(site.server)
        proxy.take(NAME)
        yield Behind(site, proxy)


def test_a_problem_is_accepted_by_a_click(behind: Behind) -> None:
    site = behind.site
    with behind.proxy.running():
        behind.wait_for_a_value()
        site.wait_for()
        site.host.run("systemctl", "stop", "cron")
        site.wait_for(MISSING, FEWER, patience=PATIENCE)
        assert site.click(SHOW, "carla") == [LINE]
        assert LINE in site.click(ACCEPT, "carla")
        site.wait_for(patience=PATIENCE)
        assert "carla (frontend)" in site.log()[-2]


# It takes minutes, so one version has to do.
@pytest.mark.parametrize("behind", [NEWEST], indirect=True, ids="-".join)
def test_a_proxy_that_is_away_is_not_silence_of_the_host(behind: Behind) -> None:
    with behind.proxy.running():
        behind.wait_for_a_value()
    time.sleep(SILENCE)
    behind.site.wait_for()
    with behind.proxy.running():
        behind.wait_for_a_value()
        behind.site.wait_for()
        behind.site.host.run("systemctl", "stop", UNITS[behind.site.kind])
        behind.site.wait_for(NO_DATA, patience=SILENCE + PATIENCE)
        behind.site.host.run("systemctl", "start", UNITS[behind.site.kind])
        behind.site.wait_for(patience=PATIENCE)
