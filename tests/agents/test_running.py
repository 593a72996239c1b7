"""The agents that run: when they started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.agents import running
from psdiff_zbx.host import boot_clock, procfs
from psdiff_zbx.host.proc_reader import Raw
from psdiff_zbx.host.proc_stat import decode, parse_stat

BOOT = 1763800000_750000000  # nanoseconds


def test_a_start_can_be_compared_with_the_time_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not cut to whole seconds of the boot, as it is for processes."""
    monkeypatch.setattr(boot_clock, "_boot", lambda: BOOT)
    data = Path("/proc/self/stat").read_bytes()
    stat, raw = parse_stat(data), Raw(str(os.getpid()), data, False, b"python3\0", "", 0, None)
    made = procfs._Maker({0: "root"}, tuple).all([raw], None)
    monkeypatch.setattr(running, "read_processes", lambda _: made)
    (ours,) = [each for each in running.here([decode(stat.name)]) if each.pid == os.getpid()]
    since = stat.started / os.sysconf("SC_CLK_TCK")
    assert ours.started == pytest.approx(1763800000.75 + since, abs=0.001)
