"""OpenRC's services and init scripts: each is a command that takes ``start``, ``status``."""

from __future__ import annotations

import os
import subprocess
from typing import Callable, Dict, List, NamedTuple, Tuple

from .manager import ACTIVE, FAILED, PATH, REFUSED, STARTING, STOPPED, WORDS, Status, asked

_SCRIPTS = "/etc/init.d"  # OpenRC has its scripts there, too
_RUNS = 0
_MOST = 65_536  # bytes of what a script says


class _Run(NamedTuple):
    process: subprocess.Popen[bytes]
    said: int  # a file descriptor


class Scripts:
    """Services by their names.  ``command`` makes the words that run one's script."""

    def __init__(self, command: Callable[[str], Tuple[str, ...]]) -> None:
        self._command = command
        self._runs: Dict[str, _Run] = {}

    def status(self, unit: str) -> Status:
        """In which state a service is.  One that cannot tell counts as stopped: what matters then
        is whether the daemon runs."""
        path = f"{_SCRIPTS}/{unit}"
        if "/" in unit or not (os.path.isfile(path) and os.access(path, os.X_OK)):
            return Status(REFUSED, f"has no script that can be run in {_SCRIPTS}")
        code = self._runs[unit].process.poll() if unit in self._runs else 0
        if code is None:
            return Status(STARTING)
        if code:
            return Status(FAILED, f"exit code {code}")
        runs = asked((*self._command(unit), "status")).returncode == _RUNS
        return Status(ACTIVE if runs else STOPPED)

    def start(self, unit: str, before: Status) -> str:
        """Run the script, apart from us: it goes on if we are ended."""
        said = os.memfd_create(unit)  # no pipe: a daemon may keep it open
        verb = "restart" if before.state == ACTIVE else "start"
        try:
            process = subprocess.Popen(
                (*self._command(unit), verb),
                env={"PATH": PATH},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            return error.strerror or "cannot be run"
        self._runs[unit] = _Run(process, said)
        return ""

    def last_words(self, unit: str, since: float) -> List[str]:
        """Of what the script has said."""
        if unit not in self._runs:
            return []
        lines = os.pread(self._runs[unit].said, _MOST, 0).decode(errors="replace").splitlines()
        return [line for line in lines if line.strip()][-WORDS:]
