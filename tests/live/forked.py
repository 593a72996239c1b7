"""Many commands of psdiff-zbx, each in a process of its own, without starting Python for each.

Standard input: in each line, in JSON, one command: its arguments, its environment, what it reads,
and at which step it is killed, if it is: when it touches its files for so many times.  Standard
output: in each line how it ended: its exit code (-9 if it was killed) and what it printed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from psdiff_zbx.cli import baseline_commands, commands, parser
from psdiff_zbx.cli.main import run as end
from psdiff_zbx.core import snapshot_file

Outcome = tuple[int, str, str]
# Most commands import these, but not before they are called.
OFTEN = (baseline_commands, commands, parser, snapshot_file)


def run(command: Sequence[Any], folder: Path) -> Outcome:
    """One command in a forked process; its streams are files."""
    argv, environment, reads, *kill = command
    streams = [folder / name for name in ("in", "out", "err")]
    for path, text in zip(streams, (reads, "", "")):
        path.write_bytes(text.encode("latin-1"))
    child = os.fork()
    if not child:
        for number, path in enumerate(streams):
            os.dup2(os.open(path, os.O_RDWR), number)
        os.environ.clear()
        os.environ.update(environment)
        if kill:
            kill_at(*kill)
        end(argv)
    status = os.waitpid(child, 0)[1]
    out, err = (path.read_bytes().decode() for path in streams[1:])
    return (os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status), out, err)


def kill_at(step: int, folder: str) -> None:
    """Die when this folder is touched for the step-th time: sys.audit has an event for every
    open, unlink, rename, chmod, mkdir."""
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if any(folder in str(argument) for argument in arguments) or event == "os.chmod":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(run(json.loads(line), Path(folder))), flush=True)


if __name__ == "__main__":
    main()
