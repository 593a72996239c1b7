"""Stand-in daemons: real processes with the command line, name and user of our choice."""

from __future__ import annotations

import os
import random
import string
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional, Union

from tests.live.program import PATIENCE, poll

StandIn = subprocess.Popen[bytes]  # one process, ours to kill and to reap
SLEEP = "/bin/sleep"
LIFETIME = "900"
RETITLE = Path(__file__).with_name("retitle.py")
PADDING = 100_000  # the kernel takes no single argument of 128 KiB: MAX_ARG_STRLEN
_QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def new_word() -> str:
    """Six letters that only our processes have in their command lines and names."""
    return "".join(random.choices(string.ascii_lowercase, k=6))


class StandIns:
    """All that are running.  Whatever happens, they are killed and reaped at the end."""

    def __init__(self) -> None:
        self.running: list[StandIn] = []

    def __enter__(self) -> StandIns:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(*self.running)

    def sleeper(self, name: str, user: Optional[int] = None) -> StandIn:
        """``NAME 900``.  Returns when it shows its command line."""
        return self.start([name, LIFETIME], SLEEP, user, **_QUIET)

    def start(
        self, command: list[str], program: str, user: Optional[int] = None, **how: Any
    ) -> StandIn:
        if user is not None:
            how.update(user=user, group=user, extra_groups=[])
        process: StandIn = subprocess.Popen(command, executable=program, env={}, cwd="/", **how)
        self.running.append(process)
        # A program that is just being started has no arguments yet: fs/exec.c.
        assert poll(lambda: cmdline(process.pid)), f"{command} does not start"
        return process

    def titled(self, title: bytes, comm: bytes, euid: Optional[int] = None) -> StandIn:
        """One that rewrites its title and its name.  Returns when it has done so."""
        padding = ["-" * min(PADDING, len(title))] * (1 + len(title) // PADDING)
        uid = str(os.geteuid() if euid is None else euid)
        command = [sys.executable, "-I", "-S", str(RETITLE), uid, comm.hex(), *padding]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = self.start(command, sys.executable, **pipes)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(title)
        process.stdin.close()
        assert process.stdout.read(6) == b"ready\n"
        process.stdout.close()
        return process

    def stop(self, *processes: StandIn) -> None:
        """Returns when they are gone."""
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(PATIENCE)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        gone = set(map(id, processes))
        self.running = [process for process in self.running if id(process) not in gone]


def cmdline(pid: Union[int, str]) -> bytes:
    """What the kernel shows of a process' arguments; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def only(word: str) -> str:
    """A configuration under which nothing but our own stand-ins is seen: the other processes
    of the machine, which come and go, and whatever the tests run under, are left out."""
    return f"""
{kept(word)}
[[rule]]
regex = "."
ignore = "self"
reason = "whatever else runs on the machine of the tests"
"""


def kept(word: str) -> str:
    """A configuration that keeps our stand-ins, even if the tests run in somebody's screen."""
    return f'[[rule]]\nregex = "{word}"\nkeep = true\nreason = "a stand-in"\n'
