"""Stand-in daemons: processes that sleep, with the command line and the user of our choice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Union

PYTHON = "/usr/bin/python3"
# In the command lines: assertions look at these lines, not at the whole machine.
KNOWN = f"standin{os.getpid()}"
UNKNOWN = f"stranger{os.getpid()}"
LIFETIME = "86400"  # longer than any run of the tests
PATIENCE = 10.0
# The launcher ends at once, so that a stand-in is a child of init, as a daemon is.
LAUNCHER = """\
import subprocess, sys
program, user, *command = sys.argv[1:]
quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
print(subprocess.Popen(
    command, executable=program, user=user, extra_groups=[], env={}, cwd="/",
    start_new_session=True, **quiet).pid)
"""


class StandInError(Exception):
    """A stand-in does not start or does not end."""


@dataclass
class StandIn:
    """A daemon: the user's name, what it is called with, and how psdiff-zbx shows that."""

    user: str
    command: tuple[bytes, ...]
    cmdline: str
    program: str = "/bin/sleep"
    pid: int = 0
    started: float = 0.0

    @property
    def line(self) -> str:
        """The process line, without its indent."""
        return f"{self.cmdline}  {{user={self.user}}}"

    def start(self) -> None:
        """Returns when the process has its command line."""
        how = (PYTHON, "-c", LAUNCHER, self.program, self.user)
        launch: list[Union[str, bytes]] = [*how, *self.command]
        done = subprocess.run(
            launch, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StandInError(done.stderr)
        self.pid, self.started = int(done.stdout), time.time()

    def stop(self) -> None:
        """Returns when the process is gone, or a zombie that init does not reap."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while self._lives():
            if time.monotonic() > deadline:
                raise StandInError(f"process {self.pid} does not end")
            time.sleep(0.01)

    def _lives(self) -> bool:
        """Whether it has arguments, which the kernel takes from zombies."""
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_bytes() != b""
        except (FileNotFoundError, ProcessLookupError):
            return False


def sleeper(name: str, user: str, word: str = KNOWN) -> StandIn:
    """`/opt/WORD/NAME 86400`."""
    path = f"/opt/{word}/{name}"
    return StandIn(user, (path.encode(), LIFETIME.encode()), f"{path} {LIFETIME}")


def hostile() -> StandIn:
    """A command line that tries to be two lines, another user, a macro, and no text at all."""
    code = f"import time; time.sleep({LIFETIME})"
    start = (PYTHON.encode(), b"-c", code.encode(), KNOWN.encode())
    nasty = b"a\nroot  {user=root}", b"'\"`", b"\x1b[31m", b"\xff\xfe", b"{user=root}", b"{$MACRO}"
    shown = r"""a\nroot  {user=root} '"` \x1b[31m \xff\xfe {user=root} {$MACRO}"""
    cmdline = f"{PYTHON} -c {code} {KNOWN} {shown}"
    return StandIn("nobody", start + nasty, cmdline, program=PYTHON)


def lines(text: str, sign: str, word: str = KNOWN) -> list[str]:
    """The lines with `word` of a value of psdiff.missing ("-") or psdiff.extra ("+").

    Every line of the value has to be `SIGN LINE`, whosever process it is.
    """
    found = text.splitlines()
    assert all(line.startswith(f"{sign} ") and line.endswith("}") for line in found), text
    return [line[2:].lstrip() for line in found if word in line]
