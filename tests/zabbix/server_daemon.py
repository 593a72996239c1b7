"""One program in the background as user zabbix: started, waited for, stopped with its children.

In: a command, and where its output goes.  Out: nothing but the running program, and the end of
its output when something goes wrong.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Optional

from tests.zabbix.agents import PATH
from tests.zabbix.packages import USER

PATIENCE = 60.0


class ServerError(Exception):
    """Something of the stack does not come up, or does not go; with the end of its log."""


class Daemon:
    """`command` from `with` to the end of the block; it has to stay in the foreground.

    What it prints goes to `log`.  On the signal `end` it stops cleanly, having stopped its
    children unless they need the same signal themselves (`to_all`).  What is left is killed.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        log: Path,
        env: Optional[dict[str, str]] = None,
        end: int = signal.SIGTERM,
        to_all: bool = False,
    ) -> None:
        """Nothing is started yet."""
        self.command, self.log = command, log
        self.end, self.to_all = end, to_all
        self.env = {"PATH": PATH, **(env or {})}
        self.name = Path(command[0]).name

    def __enter__(self) -> Daemon:
        """Start, and do not wait."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                user=USER,
                group=USER,
                extra_groups=[],
                env=self.env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop, and wait until neither it nor a child of it is left."""
        try:
            if self.to_all:
                self._signal_all(self.end)
            else:
                self._process.send_signal(self.end)
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise self.failed("does not stop") from error
        finally:
            self._signal_all(signal.SIGKILL)
            self._process.wait(PATIENCE)

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Ask `ready` until it says yes; ServerError if the program ends or time is up.

        An OSError of `ready` means not yet.
        """
        deadline = time.monotonic() + PATIENCE
        while self.status() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if ready():
                    return
            time.sleep(0.05)
        code = self.status()
        raise self.failed("is not ready" if code is None else f"ended with status {code}")

    def status(self) -> Optional[int]:
        """How the program ended; None while it runs."""
        return self._process.poll()

    def failed(self, what: str) -> ServerError:
        """An error that says so, with the end of the log."""
        return ServerError(f"{self.name} {what}; its log:\n{self.log_tail()}")

    def log_tail(self, lines: int = 15) -> str:
        """The last lines which the program printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _signal_all(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
