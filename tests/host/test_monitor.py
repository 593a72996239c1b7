"""What a monitor makes of a baseline's header."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from psdiff_zbx.core.document import document
from psdiff_zbx.host.monitor import Monitor
from tests.files import write
from tests.live.recordings import recording

HEADER = "# psdiff-zbx baseline 1\n{}# by: jane\n"
TREE = "root  {user=root}\n  INIT  {user=root}\n    /opt/a  {user=root}\n"
CHANGED = 1763851200


@pytest.fixture
def monitor(etc: Path, tmp_path: Path) -> Monitor:
    snapshot = recording(tmp_path / "snapshot", ["/opt/a"])
    return Monitor(write(etc / "config.toml", ""), tmp_path / "baseline", str(snapshot))


def told(monitor: Monitor, text: str) -> object:
    """What psdiff.get tells of a baseline file with this text, and when that was changed."""
    assert monitor.baseline_path is not None
    os.utime(write(monitor.baseline_path, text), (CHANGED + 0.5, CHANGED + 0.5))
    return json.loads(document(monitor.state()))["baseline"]["written"]


@pytest.mark.parametrize(
    "line", ["", "# written: yesterday\n", "# written: \n", "# written: 2026-13-45T00:00:00Z\n"]
)
def test_a_header_without_a_date_has_the_files_own(monitor: Monitor, line: str) -> None:
    assert told(monitor, f"{HEADER.format(line)}{TREE}# end\n") == CHANGED


def test_a_header_with_a_date_is_believed(monitor: Monitor) -> None:
    header = HEADER.format("# written: 2026-11-23T10:00:00Z\n")
    assert told(monitor, f"{header}{TREE}# end\n") == 1795428000


def test_psdiffs_own_file_has_its_own(monitor: Monitor) -> None:
    assert told(monitor, TREE) == CHANGED
