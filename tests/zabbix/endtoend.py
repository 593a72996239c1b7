"""This machine under the eyes of every Zabbix version: one event, seen on all hosts.

with World(program, folder) as world:
    watch = world.watch()
    world.machine.stop("lonely")
    watch.until("psdiff: Processes are missing", …)
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from tests.zabbix.endtoend_machine import Machine
from tests.zabbix.endtoend_poll import PATIENCE, eventually
from tests.zabbix.endtoend_site import Host, Site
from tests.zabbix.endtoend_watch import Problem, Watch, all_problems
from tests.zabbix.packages import VERSIONS
from tests.zabbix.server import Server

SAMPLE = "psdiff.seconds"


class World:
    """The machine and, for each version, a site; up from `with` to the end of the block.

    `at_first` are the problems there were, on any host, when there had been some values.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        """Nothing is started yet."""
        self.machine = Machine(program, folder)
        self.sites: list[Site] = []
        self.at_first: dict[Host, list[Problem]] = {}
        self._folder = folder
        self._undo = ExitStack()

    def __enter__(self) -> World:
        """Start everything, and wait for three values of every host."""
        with ExitStack() as undo:
            undo.enter_context(self.machine)
            for version in VERSIONS:
                server = undo.enter_context(Server(version, self._folder))
                site = Site(server, self.machine.userparameters)
                undo.callback(site.stop_agents)
                site.connect()
                self.sites.append(site)
            for _ in range(3):
                self.wait_for_values()
            self.at_first = all_problems(self.sites)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, the last started first."""
        self._undo.close()

    def watch(self) -> Watch:
        """Wait until all is well, and see what happens from then on."""
        return Watch(self.sites)

    def wait_for_values(self, patience: float = PATIENCE) -> None:
        """Until every host has been looked at anew."""
        now = int(time.time())

        def check() -> None:
            for site in self.sites:
                items = [site.api.items(host.id) for host in site.hosts]
                assert all(int(found[SAMPLE]["lastclock"]) > now for found in items)

        eventually(check, patience)

    def hosts(self) -> list[tuple[Site, Host]]:
        """Every host, with its site."""
        return [(site, host) for site in self.sites for host in site.hosts]


def every_item_is_supported(world: World) -> None:
    """Also one whose value is that of before an error, and is not stored again."""
    for site, host in world.hosts():
        items = [*site.api.items(host.id).values(), *site.api.rules(host.id)]
        assert [each for each in items if each["state"] != "0"] == [], host
