"""The clock by which processes start: the kernel counts from the boot, we tell Unix time.

The boot time is read once in the life of this program.  /proc/stat has one too, but it moves
whenever somebody sets the clock ("btime 1763800000", then "btime 1763800003").
"""

from __future__ import annotations

import os
import sys
import time
from functools import lru_cache

from .proc_stat import parse_stat

_READINGS = 5
_SECOND = 10**9  # nanoseconds


def boot_time() -> int:
    """Unix time of the boot.  It stays: a clock that is set later moves no process' start, or
    that would look like a restart.

    Whole seconds, rounded down like the kernel's btime, so ps and psutil tell the same starts.
    Two commands agree as well, although neither knows of the other: NTP slews the clock since
    the boot with that of the day, so what lies between them changes only when the clock is set.
    If it is set by less than a second, all starts mostly stay, else they move by one second.
    """
    return _boot() // _SECOND


def now() -> float:
    """Now, by the same clock: less the start of a process this is its age, whatever the clock
    of the day has been set to."""
    if not sys.platform.startswith("linux"):
        return time.time()  # psutil's starts are of that clock
    return boot_time() + time.clock_gettime(time.CLOCK_BOOTTIME)


def exact(started: float) -> float:
    """A process' start with the part of a second that the boot time lacks, to be compared with
    the time of a file."""
    if not sys.platform.startswith("linux"):
        return started
    return started + _boot() % _SECOND / _SECOND


def own_age() -> float:
    """For how many seconds this process has been running, Python's own start included; 0 where
    only psutil could tell."""
    if not sys.platform.startswith("linux"):
        return 0.0
    with open("/proc/self/stat", "rb") as file:
        ticks = parse_stat(file.read()).started
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


@lru_cache(None)
def _boot() -> int:
    """In nanoseconds.  The least of a few readings: when we are held up between the two clocks,
    it is too much, and it is never too little."""
    return min(_reading() for _ in range(_READINGS))


def _reading() -> int:
    since_boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.time_ns() - since_boot
