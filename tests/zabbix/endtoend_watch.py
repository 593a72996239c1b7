"""What the triggers say, on all hosts at once."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.endtoend_site import Host, Site

# Two samples, and what it takes a busy server on a busy machine to see them.
PROMPT = 45.0
OF_TRIGGERS = {"source": 0, "object": 0}


class Problem(NamedTuple):
    """One problem of one host, as the API tells it."""

    name: str
    severity: int
    opdata: str
    is_over: bool


class Watch:
    """The problems that began after it was made, when there were none."""

    def __init__(self, sites: list[Site]) -> None:
        """Wait until all is well, and remember what the last event was."""
        eventually(lambda: _all_is_well(sites))
        self._since = [(site, _last_event(site)) for site in sites]

    def problems(self) -> dict[Host, list[Problem]]:
        """What began on each host, in order; what is over by now is among it."""
        found: dict[Host, list[Problem]] = {}
        for site, last in self._since:
            found.update(_problems_after(site, last))
        return found

    def until(self, *names: str, patience: float = PROMPT) -> None:
        """Wait until these problems are open on every host, and no others."""

        def check() -> None:
            now = {
                host: sorted(each.name for each in found if not each.is_over)
                for host, found in self.problems().items()
            }
            assert now == dict.fromkeys(now, sorted(names)), now

        eventually(check, patience)

    def until_over(self, *names: str, patience: float = PROMPT) -> None:
        """Wait until these problems, and no others, have come and gone on every host."""

        def check() -> None:
            had = self.problems()
            assert all(each.is_over for found in had.values() for each in found), had
            came = {host: sorted(each.name for each in found) for host, found in had.items()}
            assert came == dict.fromkeys(came, sorted(names)), came

        eventually(check, patience)

    def each(self, name: str) -> list[Problem]:
        """The problem of that name, of every host."""
        hosts = self.problems().values()
        found = [each for problems in hosts for each in problems if each.name == name]
        assert len(found) == len(hosts)
        return found


def all_problems(sites: list[Site]) -> dict[Host, list[Problem]]:
    """What there ever was on any host."""
    return {host: found for site in sites for host, found in _problems_after(site, 0).items()}


def _all_is_well(sites: list[Site]) -> None:
    for site in sites:
        open_ = site.api.problems(*site.host_ids())
        assert open_ == [], open_


def _last_event(site: Site) -> int:
    newest = {"sortfield": "eventid", "sortorder": "DESC", "limit": 1}
    rows = site.api.call.event.get(output=["eventid"], **OF_TRIGGERS, **newest)
    return int(rows[0]["eventid"]) if rows else 0


def _problems_after(site: Site, last: int) -> dict[Host, list[Problem]]:
    rows = site.api.call.event.get(
        output=["name", "severity", "opdata", "r_eventid"],
        selectHosts=["hostid"],
        hostids=site.host_ids(),
        value=1,
        eventid_from=last + 1,
        sortfield="eventid",
        **OF_TRIGGERS,
    )
    return {
        host: [_problem(row) for row in rows if row["hosts"][0]["hostid"] == host.id]
        for host in site.hosts
    }


def _problem(row: dict[str, Any]) -> Problem:
    return Problem(row["name"], int(row["severity"]), row["opdata"], row["r_eventid"] != "0")
