"""Values that do not change are stored once an hour: what that saves, and that nothing is lost.

The hosts with passive checks store them every few samples, the others never while tests run.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from psdiff_zbx.core.model import IGNORED_KINDS
from tests.zabbix.endtoend import SAMPLE, World, every_item_is_supported
from tests.zabbix.endtoend_poll import PATIENCE, eventually
from tests.zabbix.endtoend_site import HEARTBEATS, Host, Site
from tests.zabbix.endtoend_watch import PROMPT
from tests.zabbix.packages import VERSIONS

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

MISSING = "psdiff: Processes are missing"
LISTED = "psdiff.missing.daemons"
EVERY_SAMPLE = {
    SAMPLE,
    "psdiff.missing.count",
    "psdiff.extra.count",
    "psdiff.baseline.digest",
    "psdiff.state",
}
# The machine has other processes, too, and its daemons have only just started; and the CPU time
# and memory of one daemon are asked for.
RESTLESS = {"psdiff.processes", "psdiff.started.recently", "psdiff.zombies"}
RESTLESS |= {f"psdiff.ignored[{kind}]" for kind in IGNORED_KINDS}
RESOURCES = ("psdiff.daemon.cpu", "psdiff.daemon.rss")
MOST = 8
# An active agent that has asked in vain what to do asks again after a minute, and is silent until
# then (seen with 7.0.22: "active check configuration update started to fail" at 37:05, "is working
# again" at 38:05).
AGAIN = 60.0


class Problem(NamedTuple):
    """When it began, and when it ended (in ns, 0 if it has not)."""

    began: int
    ended: int


def fewer(name: str) -> str:
    """The problem of one daemon."""
    return f"psdiff: {name}: Fewer processes than expected"


def test_a_quiet_host_stores_few_values_and_discovers_nothing(world: World) -> None:
    world.watch()
    since, before = int(time.time()), _discoveries(world)
    for _ in range(3):
        world.wait_for_values()
    for site, host in _without_heartbeats(world):
        history = site.api.history(host.id, since + 1)
        found = {key: len(history[key]) for key in history if not key.startswith(RESOURCES)}
        stored = EVERY_SAMPLE | ({"psdiff.blind"} if host.version == "6.0" else set())
        assert stored <= set(found) <= stored | RESTLESS, host
        assert found[SAMPLE] >= 3
        # One more sample may come while the history is read.
        samples = max(found[key] for key in stored)
        counted = stored | ({"psdiff.processes"} & found.keys())
        assert sum(found[key] for key in counted) <= MOST * samples, host
    assert _discoveries(world) == before


def test_a_second_daemon_is_no_problem_before_its_second_sample(world: World) -> None:
    """Although the host has had missing lines for long."""
    watch, since = world.watch(), int(time.time())
    world.machine.stop("lonely")
    watch.until(fewer("lonely"), MISSING)
    world.machine.stop("hostile")
    watch.until(fewer("lonely"), fewer("hostile"), MISSING)
    world.machine.start("lonely")
    watch.until(fewer("hostile"), MISSING)
    world.machine.start("hostile")
    watch.until_over(fewer("lonely"), fewer("hostile"), MISSING)
    for site, host in world.hosts():
        for name in ("lonely", "hostile"):
            (found,) = _as_they_were(site, host, name, since)
            assert found == _as_they_should_be(site, host, name, since)[0], host


def test_a_daemon_that_flaps_between_samples(world: World) -> None:
    """Whatever the samples have seen, the problems are those of two samples in a row."""
    world.watch()
    since = int(time.time())
    for gone, back in ((3.0, 1.5), (5.0, 1.0), (4.0, 2.5)):
        world.machine.stop("lonely")
        time.sleep(gone)
        world.machine.start("lonely")
        time.sleep(back)
    world.watch()
    seen = 0
    for site, host in world.hosts():
        wanted = _as_they_should_be(site, host, "lonely", since)
        assert _as_they_were(site, host, "lonely", since) == wanted, host
        seen += sum(1 for found in _samples(site, host, "lonely", since) if found[1])
    assert seen > 0


def test_a_server_that_starts_anew_while_a_daemon_is_gone(world: World) -> None:
    """Between the first sample and the second, and while there is a problem."""
    watch, since = world.watch(), int(time.time())
    with ExitStack() as stack:
        for site in world.sites:
            stack.enter_context(site.macro("{$PSDIFF.NODATA}", "5m"))
        world.machine.stop("lonely")
        eventually(lambda: _is_listed(world, "lonely", since))
        _restart_servers(world)
        watch.until(fewer("lonely"), MISSING, patience=PROMPT + AGAIN)
        _restart_servers(world)
        world.wait_for_values(PATIENCE + AGAIN)
        watch.until(fewer("lonely"), MISSING)
        world.machine.start("lonely")
        watch.until_over(fewer("lonely"), MISSING)


def _restart_servers(world: World) -> None:
    for site in world.sites:
        site.server.restart()


def test_an_answer_that_fails_leaves_nothing_unsupported(world: World) -> None:
    """As an agent says it, for example after its timeout."""
    world.watch()
    for site, host in _without_heartbeats(world):
        site.fail(host, "Timeout while executing a shell script.")
    world.wait_for_values()
    world.wait_for_values()
    every_item_is_supported(world)


def _without_heartbeats(world: World) -> list[tuple[Site, Host]]:
    found = [(site, host) for site, host in world.hosts() if HEARTBEATS[host.checks] == "1h"]
    assert len(found) == len(VERSIONS)
    return found


def _discoveries(world: World) -> list[str]:
    """When each host last discovered its daemons."""
    found = []
    for site, host in _without_heartbeats(world):
        rows = site.api.call.item.get(
            hostids=host.id,
            search={"key_": "psdiff.daemon.running["},
            selectItemDiscovery=["lastcheck"],
        )
        found += [row["itemDiscovery"]["lastcheck"] for row in rows]
    assert len(found) > 4
    return found


def _samples(site: Site, host: Host, name: str, since: int) -> list[tuple[int, bool]]:
    """Each sample, and whether the daemon had too few processes in it."""
    history = site.api.history(host.id, since)
    listed = {clock for clock, ids in history.get(LISTED, []) if f"\n{name}-" in ids}
    return [(clock, clock in listed) for clock, _ in history["psdiff.missing.count"]]


def _as_they_should_be(site: Site, host: Host, name: str, since: int) -> list[Problem]:
    """A problem begins with the second sample in a row, and ends with the first that is well."""
    found: list[Problem] = []
    before, is_open = False, False
    for clock, is_bad in _samples(site, host, name, since):
        if is_bad and before and not is_open:
            found.append(Problem(clock, 0))
            is_open = True
        elif is_open and not is_bad:
            found[-1] = found[-1]._replace(ended=clock)
            is_open = False
        before = is_bad
    return found


def _as_they_were(site: Site, host: Host, name: str, since: int) -> list[Problem]:
    """The problems of one daemon."""
    rows = site.api.call.problem.get(
        hostids=host.id,
        time_from=since,
        recent=True,
        search={"name": fewer(name)},
        output=["clock", "ns", "r_clock", "r_ns"],
    )
    return sorted(
        Problem(_time(row["clock"], row["ns"]), _time(row["r_clock"], row["r_ns"])) for row in rows
    )


def _time(clock: str, ns: str) -> int:
    return int(clock) * 10**9 + int(ns)


def _is_listed(world: World, name: str, since: int) -> None:
    for site, host in world.hosts():
        found = site.api.items(host.id)[LISTED]
        assert f"\n{name}-" in found["lastvalue"], host
        assert int(found["lastclock"]) >= since
