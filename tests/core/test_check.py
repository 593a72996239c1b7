"""One look at the host, and looking again while something differs."""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, NamedTuple

import pytest

from psdiff_zbx.core.check import Check, look_again
from psdiff_zbx.core.compare import expect
from psdiff_zbx.core.model import IGNORED_KINDS, Process, SnapshotError, Times
from psdiff_zbx.core.rules.apply import filter_tree, ignored
from psdiff_zbx.core.rules.facts import RECORDED
from tests.builders import INIT, SHIPPED, SOURCE, process, tree


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: List[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def looks(clock: Clock, results: List[int], takes: float) -> Callable[[], int]:
    """A look that takes so long and finds one result after the other, at last the last one."""
    following: Iterator[int] = iter(results[:-1])

    def look() -> int:
        clock.time += takes
        return next(following, results[-1])

    return look


class Again(NamedTuple):
    """What each look finds (at last the last), how long it takes, and what comes of it."""

    results: List[int]
    limit: float
    takes: float
    found: int
    slept: List[float]
    after: float


AGAIN = {
    "nothing-differs": Again([0], 2.0, 0.25, 0, [], 0.25),
    "a-difference-that-goes-away": Again([1, 2, 0, 9], 2.0, 0.25, 0, [0.1, 0.2], 1.05),
    "no-time-to-look-again": Again([1, 0], 0.0, 0.25, 1, [], 0.25),
    "a-difference-that-stays": Again([1, 1, 1, 5], 2.0, 0.25, 5, [0.1, 0.2, 0.4, 0.05], 2.0),
    "half-a-second-at-most": Again([1], 2.0, 0.0, 1, [0.1, 0.2, 0.4, 0.5, 0.5, 0.3], 2.0),
    "one-long-look": Again([1, 0], 2.0, 3.0, 1, [], 3.0),
    "goes-away-at-the-last-moment": Again([1, 1, 0], 0.3, 0.0, 0, [0.1, 0.2], 0.3),
}


@pytest.mark.parametrize("case", AGAIN.values(), ids=AGAIN)
def test_looks_until_nothing_differs_or_the_time_is_over(case: Again) -> None:
    clock = Clock()
    look = looks(clock, case.results, case.takes)
    assert look_again(look, bool, case.limit, clock, clock.sleep) == case.found
    assert clock.slept == pytest.approx(case.slept)
    assert clock.time == pytest.approx(1000.0 + case.after)
    assert clock.time <= 1000.0 + max(case.limit, case.takes) + 1e-9


def test_what_differs_is_the_callers_word() -> None:
    clock = Clock()
    found = look_again(looks(clock, [1, 2, 3], 0), lambda n: n != 2, 2.0, clock, clock.sleep)
    assert found == 2


PROCESSES = [
    INIT,
    process(5, "/usr/sbin/apache2 -k start", started=100.0),
    process(6, "young", started=990.0),
    process(7, "old", started=100.0),
    process(8, "psdiff-zbx get", ppid=5, started=999.0),
    process(9, state="Z"),
    process(10, "sleep 5"),
]
IGNORED = {**dict.fromkeys(IGNORED_KINDS, 0), "daemon": 1}


def check(**changes: Any) -> Check:
    clock = Clock()

    def read() -> List[Process]:
        clock.time += 0.25
        return PROCESSES

    made = Check(
        source=SOURCE,
        expected=expect(tree("/usr/sbin/apache2 -k start\ncron -f")),
        read=read,
        own=8,
        apply=lambda current: filter_tree(current, SHIPPED),
        ignored=lambda current, wanted: ignored(current, SHIPPED, RECORDED, wanted),
        min_age=60.0,
        now=lambda: 1000.0,
        clock=clock,
        paused=lambda: 0,
    )
    return made._replace(**changes)


def test_a_look_compares_what_runs_with_the_baseline() -> None:
    found = check().look()
    assert [line.cmdline for line in found.comparison.missing] == ["cron -f"]
    assert [line.cmdline for line in found.comparison.extra] == ["old"]
    assert (found.processes, found.zombies) == (len(PROCESSES), 1)
    assert found.ignored == IGNORED
    assert [(each.cmdline, each.running) for each in found.comparison.daemons] == [
        ("/usr/sbin/apache2 -k start", 1),
        ("cron -f", 0),
    ]
    assert (found.source, found.seconds) == (SOURCE, 0.25)


def test_a_younger_age_shows_younger_processes() -> None:
    found = check(min_age=0.0).look()
    assert [line.cmdline for line in found.comparison.extra] == ["old", "young"]


def test_a_clock_that_was_set_back_hides_nothing() -> None:
    found = check(now=lambda: 980.0).look()
    assert [line.cmdline for line in found.comparison.extra] == ["old", "young"]


def test_a_recording_holds_nothing_of_ours() -> None:
    found = check(own=None, min_age=0.0).look()
    assert "psdiff-zbx get" in [line.cmdline for line in found.comparison.extra]


def test_what_cannot_be_read_is_no_state() -> None:
    def fail() -> List[Process]:
        raise SnapshotError("hidden")

    with pytest.raises(SnapshotError, match="hidden"):
        check(read=fail).look()


def test_what_is_expected_is_never_ignored() -> None:
    """Of what a rule ignores so many count as are expected; the others are still ignored."""
    live = [INIT, process(5, "CRON -f"), *(process(6 + n, "/opt/nightly", 5) for n in range(3))]
    expected = expect(tree("/opt/nightly\n/opt/nightly"))
    state = check(expected=expected, read=lambda: live).look()
    assert (state.comparison.missing, state.comparison.extra) == ((), ())
    assert [daemon.running for daemon in state.comparison.daemons] == [2]
    state = check(expected=expected, read=lambda: live[:3]).look()
    assert [line.cmdline for line in state.comparison.missing] == ["/opt/nightly"]


def test_the_workers_of_a_daemon_that_died_are_not_extra() -> None:
    """They fall to pid 1.  Once it runs again, those that are left are extra."""
    expected = expect(tree("/usr/sbin/zabbix_server -c x"))
    workers = [
        process(20 + n, f"/usr/sbin/zabbix_server: poller #{n}", started=100.0, forked=True)
        for n in range(9)
    ]
    dead = check(expected=expected, read=lambda: [INIT, *workers]).look().comparison
    assert [line.cmdline for line in dead.missing] == ["/usr/sbin/zabbix_server -c x"]
    assert dead.extra == ()
    server = process(5, "/usr/sbin/zabbix_server -c x")
    again = check(expected=expected, read=lambda: [INIT, server, *workers]).look().comparison
    assert (len(again.missing), len(again.extra)) == (0, 9)


def test_who_has_called_exec_is_no_worker_of_who_died() -> None:
    live = [INIT, process(6, "/usr/sbin/cron -x", started=100.0)]
    found = check(expected=expect(tree("/usr/sbin/cron -f")), read=lambda: live).look().comparison
    assert (len(found.missing), len(found.extra)) == (1, 1)


def test_a_daemon_in_a_container_is_never_the_hosts_own() -> None:
    scope = f"/system.slice/docker-{'0' * 64}.scope"
    shim = process(6, "/usr/bin/containerd-shim-runc-v2 -namespace moby -id 0")
    inside = [
        process(7, "/usr/sbin/rsyslogd -n", 6, cgroup=scope),
        process(8, "/usr/sbin/rsyslogd -n", cgroup=scope),
    ]
    expected = expect(tree("/usr/sbin/rsyslogd -n"))
    state = check(expected=expected, own=None, read=lambda: [INIT, shim, *inside]).look()
    assert [line.cmdline for line in state.comparison.missing] == ["/usr/sbin/rsyslogd -n"]


def times(**changes: Any) -> Times:
    """Those of a look at a host on which pid 1 has started at 400.75."""
    init = INIT._replace(started=400.75)
    processes = [process(5, "cron -f", started=900.5), init]
    return check(**{"read": lambda: processes, **changes}).look().times


def test_the_uptime_is_the_age_of_pid_1_by_the_clock_of_its_start() -> None:
    assert times() == Times(400, 599, 0)
    assert times(now=lambda: 400.0) == Times(400, 0, 0)
    assert times(paused=lambda: 1234) == Times(400, 599, 1234)


def test_a_recording_knows_of_no_moment_after_its_youngest_process() -> None:
    assert times(own=None) == Times(400, 499, 0)


def test_without_pid_1_nobody_knows_when_the_host_has_booted() -> None:
    assert times(read=lambda: [process(5, "cron -f")], paused=lambda: 7) == Times(0, 0, 7)
