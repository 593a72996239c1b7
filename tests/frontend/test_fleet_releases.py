"""`fleet` of a stand-in of each release; real frontends of 6.0 and 7.0 are in tests/zabbix."""

from __future__ import annotations

from typing import Dict, Iterator

import pytest

from psdiff_zbx.frontend.fleet import read_fleet
from psdiff_zbx.frontend.fleet_state import (
    COUNT_KEYS,
    ERROR_KEY,
    TEXT_KEYS,
    WRITTEN_KEY,
    Fleet,
    Side,
)
from psdiff_zbx.frontend.session import FrontendError
from psdiff_zbx.template import NEWEST_CHECKED, Release
from tests.frontend.standin import StandIn
from tests.frontend.standin_methods import ADMIN, Host
from tests.frontend.test_push import RELEASES
from tests.sampling import EACH

NOW = 1_795_000_000
DAY = 86_400
CRON = "/usr/sbin/cron -f  {user=root}"


def values(missing: str = "", error: str = "") -> Dict[str, str]:
    numbers = dict(zip(COUNT_KEYS, (str(len(missing.splitlines())), "0")))
    texts = dict(zip(TEXT_KEYS, (missing, "")))
    return {ERROR_KEY: error, WRITTEN_KEY: str(NOW - DAY), **numbers, **texts}


HOSTS = [
    Host("good", values()),
    Host("differs", values(missing=f"- {CRON}")),
    Host("wrong", values(error="no baseline")),
    Host("hour", values(), ago=3600),
    Host("days", values(), ago=3 * DAY),
    Host("forgotten", {}),
    Host("never", {}, discovered=False),
    Host("unsupported", {}, unsupported="Unsupported item key.", discovered=False),
]
STATES = {
    "good": ("ok", NOW - 40),
    "differs": ("differs", NOW - 40),
    "wrong": ("error", NOW - 40),
    "hour": ("silent", NOW - 3600),
    "days": ("silent", NOW - 3 * DAY),
    "forgotten": ("silent", None),
    "never": ("new", None),
    "unsupported": ("error", None),
}


@pytest.fixture
def frontend() -> Iterator[StandIn]:
    """A stand-in of the newest release, with a host of each kind."""
    with StandIn(NEWEST_CHECKED, HOSTS, NOW) as running:
        yield running


def read(frontend: StandIn) -> Fleet:
    return read_fleet(frontend.url, ADMIN, NOW)


@pytest.mark.parametrize("release", [release for release, _ in RELEASES[::EACH]], ids=str)
def test_each_release_tells_how_its_hosts_are(release: Release) -> None:
    with StandIn(release, HOSTS, NOW) as frontend:
        hosts = read(frontend).hosts
    assert {host.host: (host.state, host.last) for host in hosts} == STATES


def test_lines_and_errors_are_those_of_the_hosts(frontend: StandIn) -> None:
    found = {host.host: host for host in read(frontend).hosts}
    assert found["differs"].missing == Side(1, (CRON,), 0, ((CRON, "cron.service"),))
    assert found["wrong"].error == "no baseline"
    assert found["unsupported"].error == "Unsupported item key."
    assert found["never"].error == "refused"


def test_only_hosts_that_were_heard_before_cost_a_call_each(frontend: StandIn) -> None:
    read(frontend)
    assert frontend.methods().count("history.get") == 2


def test_without_hosts_it_says_what_to_do() -> None:
    with (
        StandIn(NEWEST_CHECKED) as frontend,
        pytest.raises(FrontendError, match="'push' imports it"),
    ):
        read(frontend)
