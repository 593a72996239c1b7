"""A plugin that runs on notices what was changed meanwhile, however it was changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, List

import pytest

from psdiff_zbx.core.model import BaselineError, Process
from psdiff_zbx.plugin.cached_state import CachedState
from psdiff_zbx.plugin.options import PluginOptions
from tests.builders import INIT, process
from tests.files import write

TREE = "root  {{user=root}}\n  INIT  {{user=root}}\n    {}  {{user=root}}\n"
RULE = '[[rule]]\nmatch = "{}"\nignore = "self"\n'
PROCESSES = [
    INIT._replace(cgroup="/"),
    process(5, "/opt/a", cgroup="/"),
    process(6, "/opt/b", cgroup="/"),
]


class Watched:
    """A plugin that has looked once, and is asked again after a change."""

    def __init__(self, etc: Path) -> None:
        self.baseline = write(etc / "baseline", TREE.format("/opt/a"))
        self.config, self.rules = write(etc / "config.toml", ""), etc / "rules.d"
        self._cached = CachedState(PluginOptions(self.baseline, self.config, 0, 0))

    def differs(self) -> List[str]:
        """What is missing, and what is extra."""
        found = self._cached.state(3).comparison
        return [line.cmdline for line in (*found.missing, *found.extra)]


def read(*_: object) -> List[Process]:
    """In place of the host's reader."""
    return PROCESSES


@pytest.fixture
def watched(etc: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setattr("psdiff_zbx.host.this_host.read_processes", read)
    made = Watched(etc)
    assert made.differs() == ["/opt/b"]
    return made


def in_place(path: Path, text: str, keep_time: bool) -> None:
    """Write over a file: it has the same inode and size, and a later change, though the kernel's
    clock for files may stand for some milliseconds."""
    before = path.stat()
    assert before.st_size == len(text.encode())
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        with open(path, "r+") as file:
            file.write(text)
        if keep_time:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    assert (after.st_mtime_ns == before.st_mtime_ns) == keep_time


@pytest.mark.parametrize("keep_time", [False, True], ids=["new time", "old time set again"])
def test_a_baseline_that_is_written_in_place(watched: Watched, keep_time: bool) -> None:
    in_place(watched.baseline, TREE.format("/opt/b"), keep_time)
    assert watched.differs() == ["/opt/a"]


def test_a_baseline_that_is_replaced(watched: Watched) -> None:
    write(watched.baseline.with_name("new"), TREE.format("/opt/b")).replace(watched.baseline)
    assert watched.differs() == ["/opt/a"]


def test_a_baseline_that_goes_and_comes_back(watched: Watched) -> None:
    watched.baseline.rename(watched.baseline.with_name("away"))
    with pytest.raises(BaselineError, match="no baseline"):
        watched.differs()
    watched.baseline.with_name("away").rename(watched.baseline)
    assert watched.differs() == ["/opt/b"]


def added(rules: Path) -> None:
    write(rules / "mine.toml", RULE.format("/opt/b"))


def added_with_the_folder(rules: Path) -> None:
    rules.rmdir()
    rules.mkdir(mode=0o755)
    added(rules)


def in_the_configuration(rules: Path) -> None:
    write(rules.with_name("config.toml"), RULE.format("/opt/b"))


@pytest.mark.parametrize("change", [added, added_with_the_folder, in_the_configuration])
def test_a_new_rule(watched: Watched, change: Callable[[Path], None]) -> None:
    change(watched.rules)
    assert watched.differs() == []


def test_a_rule_that_is_changed_in_place_and_goes(watched: Watched) -> None:
    file = write(watched.rules / "mine.toml", RULE.format("/opt/x"))
    assert watched.differs() == ["/opt/b"]
    in_place(file, RULE.format("/opt/b"), keep_time=False)
    assert watched.differs() == []
    file.unlink()
    assert watched.differs() == ["/opt/b"]


def test_a_role_that_comes_is_changed_in_place_and_goes(watched: Watched) -> None:
    folder = watched.config.with_name("baseline.d")
    folder.mkdir(mode=0o755)
    file = write(folder / "web", TREE.format("/opt/b"))
    assert watched.differs() == []
    in_place(file, TREE.format("/opt/x"), keep_time=False)
    assert watched.differs() == ["/opt/x", "/opt/b"]
    write(folder / "web", "cut")
    with pytest.raises(BaselineError, match=f"^{file}: "):
        watched.differs()
    file.unlink()
    assert watched.differs() == ["/opt/b"]


def test_without_a_change_nothing_is_read_anew(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("psdiff_zbx.host.role_files.parse_baseline", pytest.fail)
    assert watched.differs() == ["/opt/b"]


def test_what_was_missing_already_is_not_waited_for(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is newly missing may just be being restarted."""
    looks: List[int] = []

    def look(*_: object) -> List[Process]:
        looks.append(1)
        return PROCESSES

    monkeypatch.setattr("psdiff_zbx.host.this_host.read_processes", look)
    write(watched.config, "missing_retry = 0.3\n")
    numbers = []
    for gone in ("/opt/gone", "/opt/gone", "/opt/gone\n    /opt/gone", "/opt/a"):
        looks.clear()
        text = TREE.format(gone.replace("\n", "  {user=root}\n"))
        write(watched.baseline, text)
        watched.differs()
        numbers.append(len(looks) > 1)
    assert numbers == [True, False, True, False]
