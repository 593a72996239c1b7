"""Many commands of psdiff-zbx, each in a process of its own, without starting Python for each.

Standard input: a JSON list of argument lists.  Standard output: of each [code, stdout, stderr].
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from psdiff_zbx.cli.main import run as end

Outcome = tuple[int, str, str]


def run(argv: Sequence[str], folder: Path) -> Outcome:
    """One command in a forked process; its streams are files."""
    streams = (folder / "out", folder / "err")
    child = os.fork()
    if not child:
        for number, path in enumerate(streams, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        end(argv)
    status = os.waitpid(child, 0)[1]
    out, err = (path.read_bytes().decode() for path in streams)
    return (os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1, out, err)


def run_all() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = [run(argv, Path(folder)) for argv in json.load(sys.stdin)]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    run_all()
