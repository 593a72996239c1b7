"""What reaches the disk, and in which order: a power failure leaves the old file or the new."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import List

import pytest

from psdiff_zbx.host.atomic_files import write_file


class Calls:
    """What is asked of the kernel, and done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: List[str] = []
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, descriptor: int) -> None:
        what = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        self.made.append(f"fsync {what} {os.readlink(f'/proc/self/fd/{descriptor}')}")
        self._fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self.made.append(f"rename {source} {target} with {source.read_text()}")
        self._replace(source, target)


def test_the_file_then_its_name_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(monkeypatch)
    target, new = tmp_path / "baseline", tmp_path / ".baseline.new"
    write_file(target, b"text")
    assert calls.made == [
        f"fsync file {new}",
        f"rename {new} {target} with text",
        f"fsync folder {tmp_path}",
    ]
    assert target.read_text() == "text"
