"""A Python that has psdiff-zbx in it and forks for each command, which a start would hold up."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 60.0
Outcome = tuple[int, str, str]


class Forks:
    """It runs from `with` to the end of the block, for root or whoever runs the tests."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """`env` lets it find the package."""
        self._env = dict(env)

    def __enter__(self) -> Forks:
        line = [sys.executable, str(Path(__file__).with_name("forked.py"))]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(line, env=self._env, cwd="/", stdin=pipe, stdout=pipe)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(
        self,
        argv: Sequence[bytes],
        env: Mapping[str, str],
        stdin: bytes = b"",
        kill: tuple[int, str] | tuple[()] = (),
    ) -> Outcome:
        """How a command ends: its exit code, and what it printed.  With `kill` it is killed when
        it touches that folder for so many times."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        words = [os.fsdecode(word) for word in argv]
        line = json.dumps([words, dict(env), stdin.decode("latin-1"), *kill])
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        assert select.select([self._process.stdout], [], [], PATIENCE)[0], f"{words} does not end"
        code, out, err = json.loads(self._process.stdout.readline())
        return code, out, err
