"""What is kept in the cache is whole, and made once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.zabbix.cache import kept


def test_several_want_it_and_one_makes_it(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "begun").touch()
        time.sleep(0.1)
        (folder / "done").touch()

    def want() -> set[str]:
        return {path.name for path in kept(tmp_path / "cache" / "name", make).iterdir()}

    with ThreadPoolExecutor() as threads:
        found = [each.result() for each in [threads.submit(want) for _ in range(4)]]
    assert found == [{"begun", "done"}] * 4
    assert len(made) == 1


def test_what_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    def break_off(folder: Path) -> None:
        (folder / "begun").touch()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept(tmp_path / "name", break_off)
    assert [path.name for path in tmp_path.iterdir()] == [".name.lock"]
    assert kept(tmp_path / "name", Path.touch) == tmp_path / "name"
