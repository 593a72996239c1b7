"""The commands on recorded processes, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import List, NamedTuple

import pytest

from psdiff_zbx.cli.main import main
from psdiff_zbx.core.model import Process
from psdiff_zbx.core.snapshot_file import dump_snapshot
from tests.builders import INIT

USER = "  {user=root}"


class Said(NamedTuple):
    """An exit code, and lines."""

    code: int
    out: List[str]
    err: List[str]


class Replay:
    """A host with files of its own, in ``folder``."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        folder.chmod(0o700)
        self.folder, self.capsys = folder, capsys
        self.configure("")

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(f"missing_retry = 0\n{text}")

    def say(self, found: List[Process], *words: str) -> Said:
        """What a command says while these processes run, and pid 1."""
        (self.folder / "now.jsonl").write_text(dump_snapshot([INIT, *found]))
        files = {"config": "config.toml", "baseline": "baseline", "snapshot": "now.jsonl"}
        self.capsys.readouterr()
        code = main([*(f"--{name}={self.folder / file}" for name, file in files.items()), *words])
        said = self.capsys.readouterr()
        return Said(code, said.out.splitlines(), said.err.splitlines())

    def differences(self, found: List[Process]) -> List[str]:
        """Without indents and users."""
        told = [*self.say(found, "missing").out, *self.say(found, "extra").out]
        return [f"{line[:2]}{line[2:].strip().removesuffix(USER)}" for line in told]

    def files(self) -> List[str]:
        """The names and texts of all files but the recording."""
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [f"{path} {path.read_text()}" for path in paths if path.name != "now.jsonl"]
