"""When processes started, and how old they are, whatever is done to the clock of the day."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Dict, List

import pytest

from psdiff_zbx.core.model import Process
from psdiff_zbx.core.snapshot_file import dump_snapshot
from psdiff_zbx.host import boot_clock
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.processes import read_recorded
from tests.files import write
from tests.host.own_process import own_process
from tests.live.recordings import recording

BOOT, SINCE = 1763800000.75, 5000.5
DAY = 86_400
SECOND = 10**9


class Clocks:
    """Both clocks, in place of the module ``time``.  What is in ``held_up`` passes after each
    look at the boot's."""

    CLOCK_BOOTTIME = time.CLOCK_BOOTTIME

    def __init__(self) -> None:
        self.boot, self.since = BOOT, SINCE
        self.held_up: List[float] = []

    def time(self) -> float:
        return self.boot + self.since

    def time_ns(self) -> int:
        return int(self.boot * SECOND) + int(self.since * SECOND)

    def clock_gettime(self, clock: int) -> float:
        return self.clock_gettime_ns(clock) / SECOND

    def clock_gettime_ns(self, clock: int) -> int:
        assert clock == time.CLOCK_BOOTTIME
        found = int(self.since * SECOND)
        self.since += self.held_up.pop(0) if self.held_up else 0
        return found


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocks]:
    """Those of a host, for a program that has not looked at them yet."""
    made = Clocks()
    monkeypatch.setattr(boot_clock, "time", made)
    boot_clock._boot.cache_clear()
    yield made
    boot_clock._boot.cache_clear()


def test_the_boot_time_is_in_whole_seconds_and_a_start_in_a_part_of_one(clocks: Clocks) -> None:
    assert boot_clock.boot_time() == 1763800000
    assert boot_clock.exact(1763800012.25) == pytest.approx(1763800013.0, abs=0.001)
    assert boot_clock.now() == pytest.approx(1763800000 + clocks.since, abs=0.001)


@pytest.mark.parametrize("seconds", [3, -3, 4 * DAY, -0.8])
def test_a_clock_that_is_set_moves_nothing(clocks: Clocks, seconds: float) -> None:
    before = boot_clock.boot_time(), boot_clock.exact(1763800012.25), boot_clock.now()
    clocks.boot += seconds
    assert (boot_clock.boot_time(), boot_clock.exact(1763800012.25), boot_clock.now()) == before


@pytest.mark.parametrize("seconds", [0.2, -0.7])
def test_the_next_program_sees_the_same_where_it_is_set_a_little(
    clocks: Clocks, seconds: float
) -> None:
    before = boot_clock.boot_time()
    boot_clock._boot.cache_clear()
    clocks.boot += seconds
    assert boot_clock.boot_time() == before


def test_to_be_held_up_between_the_clocks_is_no_other_boot(clocks: Clocks) -> None:
    clocks.held_up = [0.5, 0.3, 0, 7]
    assert boot_clock.boot_time() == 1763800000
    assert boot_clock.exact(0) == pytest.approx(0.75, abs=0.001)


def test_the_kernels_own_is_the_same() -> None:
    """In whole seconds; somebody may set the clock while tests run."""
    for _ in range(3):
        boot_clock._boot.cache_clear()
        found, rows = boot_clock.boot_time(), Path("/proc/stat").read_text().splitlines()
        kernels = [int(row.split()[1]) for row in rows if row.startswith("btime ")]
        if kernels in ([], [found]):
            return
    pytest.fail(f"{found} is not {kernels}")


def starts() -> Dict[int, float]:
    found = own_process()
    return {found.pid: found.started}


def test_a_clock_that_is_set_between_two_reads_restarts_nobody(clocks: Clocks) -> None:
    before = starts()
    clocks.boot += 3
    after = starts()
    assert before == after
    assert list(before) == [os.getpid()]


class Watched:
    """A host on which /opt/new is more than its baseline."""

    def __init__(self, etc: Path, folder: Path) -> None:
        tree = "root  {user=root}\n  INIT  {user=root}\n    /opt/a  {user=root}\n"
        self.config, self.baseline = write(etc / "config.toml", ""), write(folder / "b", tree)
        self.snapshot = recording(folder / "now", ["/opt/a", "/opt/new"])
        self.processes = read_recorded(str(self.snapshot))

    def read(self, *_: object) -> List[Process]:
        """In place of the host's reader."""
        return self.processes

    def start(self, started: float) -> None:
        """All of them have started then."""
        self.processes = [each._replace(started=started, cgroup="/") for each in self.processes]
        self.snapshot.write_text(dump_snapshot(self.processes))

    def extra(self, is_live: bool) -> List[str]:
        """What is extra beyond an age of a minute."""
        snapshot = None if is_live else str(self.snapshot)
        found = Monitor(self.config, self.baseline, snapshot, 60).check().look().comparison
        return [line.cmdline for line in found.extra]


@pytest.fixture
def watched(etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    made = Watched(etc, tmp_path)
    monkeypatch.setattr("psdiff_zbx.host.this_host.read_processes", made.read)
    return made


@pytest.mark.parametrize("seconds", [0, 3, -3 * DAY, 3 * DAY])
@pytest.mark.parametrize("age", [1, 59, 61, 5000])
def test_how_old_a_live_process_is_does_not_depend_on_the_clock_of_the_day(
    clocks: Clocks, watched: Watched, seconds: float, age: float
) -> None:
    watched.start(boot_clock.boot_time() + clocks.since - age)
    clocks.boot += seconds
    assert watched.extra(is_live=True) == (["/opt/new"] if age > 60 else [])


@pytest.mark.usefixtures("clocks")
@pytest.mark.parametrize(
    ("age", "extra"),
    [(30, []), (300, ["/opt/new"]), (-4 * DAY, ["/opt/new"])],
    ids=["young", "old", "of a host whose clock is ahead"],
)
def test_nothing_in_a_recording_is_hidden_for_ever(
    watched: Watched, age: float, extra: List[str]
) -> None:
    watched.start(time.time() - age)
    assert watched.extra(is_live=False) == extra


@pytest.mark.parametrize("seconds", [0, 600, -600])
@pytest.mark.parametrize("started", [0.25, 4000.0], ids=["a host", "a container"])
def test_the_uptime_is_right_whatever_the_clock_of_the_day_says(
    clocks: Clocks, watched: Watched, seconds: float, started: float
) -> None:
    """A container's pid 1 is younger than its host."""
    clocks.boot += seconds  # it is wrong, and nobody sets it
    boot = boot_clock.boot_time()
    watched.start(boot + started)
    monitor = Monitor(watched.config, watched.baseline)
    look = monitor.check().look
    clocks.boot += 7200  # somebody sets it
    assert look().times == (boot + int(started), int(SINCE - started), 0)
    boot_clock._boot.cache_clear()  # as the next command does
    watched.start(boot_clock.boot_time() + started)
    assert look().times.uptime == int(SINCE - started)


def test_our_own_age_counts_pythons_start() -> None:
    code = "from psdiff_zbx.host import boot_clock as c; print(c.own_age(), c.own_age())"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    took = time.monotonic() - began
    first, second = map(float, done.stdout.split())
    assert 0.01 < first <= second < took + 0.02
