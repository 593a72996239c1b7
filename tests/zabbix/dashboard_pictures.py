"""Pictures of both dashboards, in their themes: `python -m tests.zabbix.dashboard_pictures`.

A real server and frontend, and 200 hosts; what their agents would have sent is made up.
A version as an argument takes those of that version only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from psdiff_zbx.frontend.push import Extras, push
from psdiff_zbx.frontend.session import Login
from tests.zabbix.browser import Browser
from tests.zabbix.crowd_hosts import document, fleet
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.fleet_hosts import Hosts, Sent, counted
from tests.zabbix.packages import VERSIONS, ensure_user
from tests.zabbix.screenshots import FOLD, IMAGES
from tests.zabbix.server import LOGIN, PASSWORD, Server

NUMBER = 200
BIG = "db1"
DAEMONS, LESS, EXTRA = 60, {2, 6, 40}, 3
SIZE = (1600, 1000)
SAMPLES, BETWEEN = 3, 5.0  # two samples have to agree
LIGHT, DARK = ("blue-theme", ""), ("dark-theme", "-dark")
THEMES = {"6.0": (LIGHT,), "7.0": (LIGHT, DARK)}
PERIOD = "from=now-15m&to=now"
SURE = 90.0


def fill(server: Server) -> None:
    """Hosts that were right at first, and of which some are not any more."""
    hosts = Hosts(server)
    template = hosts.import_template()
    calm = {**fleet(NUMBER, calm=True), BIG: Sent(document(DAEMONS))}
    hosts.create([*calm], template)
    for _ in range(SAMPLES):  # of a host that the server has only just read of, some are lost
        hosts.send(calm)
        time.sleep(BETWEEN)
    for _ in range(SAMPLES):
        hosts.send({**fleet(NUMBER), BIG: Sent(document(DAEMONS, LESS, EXTRA))})
        time.sleep(BETWEEN)


def count(server: Server) -> None:
    """Returns when the numbers are those of the hosts."""

    def right() -> None:
        found = {name: float(value) for name, value in counted(server.api).items()}
        assert found["Hosts"] == NUMBER + 1
        assert found["Hosts that differ"] > found["Hosts that are silent"] > 1

    eventually(right, SURE)


def take(server: Server, browser: Browser) -> Iterator[Path]:
    """The pictures of one version, one after the other."""
    api = server.api
    (host,) = api.host.get(filter={"host": BIG}, output=["hostid"])
    (dashboard,) = api.dashboard.get(filter={"name": "psdiff: fleet"}, output=["dashboardid"])
    (user,) = api.user.get(filter={"username": LOGIN}, output=["userid"])
    pages = {
        "host": f"zabbix.php?action=host.dashboard.view&hostid={host['hostid']}&{PERIOD}",
        "fleet": f"zabbix.php?action=dashboard.view&dashboardid={dashboard['dashboardid']}",
    }
    api.settings.update(blink_period="0")  # or new problems have no colour now and then
    browser.resize(*SIZE)
    for theme, suffix in THEMES[server.version]:
        api.user.update(**user, theme=theme)
        for name, address in pages.items():
            browser.go(address)
            browser.run(FOLD)
            browser.settle()
            path = IMAGES / f"{name}-{server.version}{suffix}.png"
            browser.screenshot(path)
            yield path


def main(arguments: list[str]) -> int:
    """One version after the other: a server with so many hosts needs its memory."""
    ensure_user()
    for version in arguments or VERSIONS:
        with Server(version) as server:
            extras = Extras(dashboard=True)
            push(server.url, Login("", LOGIN, PASSWORD), False, [], extras)
            fill(server)
            count(server)
            with Browser(server) as browser:
                for path in take(server, browser):
                    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
