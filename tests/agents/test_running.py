"""The agents that run: when they started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.agents import running
from psdiff_zbx.host import boot_clock
from psdiff_zbx.host.proc_stat import decode, parse_stat
from tests.host.own_process import own_process

BOOT = 1763800000_750000000  # nanoseconds


def test_a_start_can_be_compared_with_the_time_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not cut to whole seconds of the boot, as it is for processes."""
    monkeypatch.setattr(boot_clock, "_boot", lambda: BOOT)
    stat = parse_stat(Path("/proc/self/stat").read_bytes())
    monkeypatch.setattr(running, "read_processes", lambda _: [own_process()])
    (ours,) = [each for each in running.here([decode(stat.name)]) if each.pid == os.getpid()]
    since = stat.started / os.sysconf("SC_CLK_TCK")
    assert ours.started == pytest.approx(1763800000.75 + since, abs=0.001)
