"""What one process can do to hold up a look, by accident or on purpose, and what it comes to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.plugin_host import PluginHost
from tests.live.program import Program, error_of, poll
from tests.live.standins import StandIns, only
from tests.live.stuck import Stuck


@pytest.fixture
def host(lonely: Program, word: str, standins: StandIns) -> Program:
    """A host of one daemon."""
    lonely.config.write_text("missing_retry = 0\n" + only(word))
    standins.sleeper(f"/opt/{word}/alpha")
    lonely.write()
    return lonely


@pytest.fixture
def stuck(host: Program, root: None, tmp_path: Path) -> Iterator[Stuck]:
    """And of a process that nobody can read."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("needs /dev/fuse")
    folder = tmp_path / "never"
    folder.mkdir()
    with Stuck(folder) as found:
        yield found


def told(pid: int) -> re.Pattern[str]:
    return re.compile(rf"process {pid} \([\w.]+\) has not let its command line be read for 1\.5 s")


@pytest.mark.parametrize("command", ["get", "count", "write"])
def test_who_cannot_be_read_is_named(stuck: Stuck, host: Program, command: str) -> None:
    words = [command, "alpha-00000000"] if command == "count" else [command]
    done = host.run(*words)
    assert told(stuck.pid).match(error_of(done, command))


def test_the_plugin_answers_again_as_soon_as_it_can(
    stuck: Stuck, host: Program, tmp_path: Path
) -> None:
    with PluginHost(tmp_path) as plugin:
        files = {"Baseline": host.baseline, "Config": host.config}
        plugin.configure({**files, "CacheTime": 0})
        for _ in range(3):
            assert told(stuck.pid).match(plugin.document()["error"])
        assert len(os.listdir(f"/proc/{plugin.process.pid}/task")) < 20
        stuck.free()
        assert poll(lambda: plugin.document()["error"] == "")
        assert plugin.value("psdiff.missing") == ""
