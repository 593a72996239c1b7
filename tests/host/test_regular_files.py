"""What is no file, or does not end, is an error, and nobody waits for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Dict

import pytest

from psdiff_zbx.core.model import BaselineError, ConfigError, SnapshotError
from psdiff_zbx.host.baseline_store import read_baseline
from psdiff_zbx.host.config import load_config
from psdiff_zbx.host.journal import read_history
from psdiff_zbx.host.processes import read_recorded


def large(path: Path) -> None:
    path.touch()
    os.truncate(path, (64 << 20) + 1)


MADE: Dict[str, Callable[[Path], object]] = {
    "it is no regular file": os.mkfifo,
    "Is a directory": Path.mkdir,
    "it has more than 64 MiB": large,
}


@pytest.mark.parametrize("why", MADE)
def test_it_is_refused_at_once(etc: Path, why: str) -> None:
    path = etc / "file"
    MADE[why](path)
    with pytest.raises(BaselineError, match=why):
        read_baseline(path)
    with pytest.raises(ConfigError, match=why):
        load_config(path)
    with pytest.raises(SnapshotError, match=why):
        read_recorded(str(path))
    path.rename(etc / "file.history")
    with pytest.raises(BaselineError, match=why):
        read_history(path)


def test_a_device_is_no_file() -> None:
    with pytest.raises(SnapshotError, match="it is no regular file"):
        read_recorded("/dev/zero")
