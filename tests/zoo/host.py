"""A whole Debian that boots, in namespaces of its own, on a root that stays as it is.

In: a root that `tests.zoo.root` has built.  Out: a host whose first process is its systemd;
`run` starts commands inside, as its administrator does, `visit` starts them on its network and
its files but not among its processes, as a client from elsewhere.  `reboot` is its own, if it has
a disk.  Nothing of it is left behind: no process, no mount, no file, no control group.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Optional

HERE = Path(__file__).parent
PATIENCE = 120.0
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
}
# What is killed with the tests takes the whole host with it.
WITH_US = ("setpriv", "--pdeathsig", "KILL")
# What runs beside it must not make its daemons slow to restart.
FIRST = ("nice", "-n", "-10")


class HostError(Exception):
    """It does not boot, or a command on it fails; with what was said."""


class Host:
    """One booted host, from `with` to the end of the block."""

    def __init__(
        self, root: Path, shares_network: bool = False, disk: Optional[Path] = None
    ) -> None:
        """Nothing is started yet.  `shares_network`: it has no network of its own but ours.
        `disk`: an empty folder for what it writes, which is in memory otherwise."""
        self.root, self.network = root, () if shares_network else ("--net",)
        self.disk = disk
        self.group = f"psdiff-zoo-{os.getpid()}-{id(self):x}"
        self._outside: Optional[subprocess.Popen[bytes]] = None
        self._visitors: list[subprocess.Popen[str]] = []
        self.pid = 0

    def __enter__(self) -> Host:
        """Boot, and wait until all its units are started."""
        self._log = tempfile.TemporaryFile()
        try:
            self._start()
        except BaseException:
            self._kill()
            self._log.close()
            raise
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        where: Optional[TracebackType],
    ) -> None:
        """Kill it as a power cut does, and wait until nothing is left."""
        self._kill()
        self._log.close()

    def reboot(self) -> None:
        """Shut it down as its administrator does, and boot it again with the files it had."""
        assert self.disk
        assert self._outside
        self.run("systemctl", "reboot")
        self._outside.wait(PATIENCE)
        self._kill()
        self._start()

    def run(self, *command: str, check: bool = True) -> str:
        """What `command` prints, as one of the host's own processes."""
        return self._enter(("-a",), command, check)

    def follow(self, *command: str) -> int:
        """The same, but what it prints is printed at once; how it ends."""
        line = (*self._nsenter("-a"), *command)
        return subprocess.run(
            line, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False
        ).returncode

    def visit(self, *command: str, check: bool = True) -> str:
        """What `command` prints, which the host does not see among its processes."""
        return self._enter(("-m", "-n"), command, check)

    def visitor(self, *command: str) -> subprocess.Popen[str]:
        """The same, but still running; gone with all its children when it is killed, or we are."""
        alone = ("unshare", "--pid", "--fork", "--kill-child")
        line = (*WITH_US, *self._nsenter("-m", "-n"), *alone, *command)
        pipe = subprocess.PIPE
        visitor = subprocess.Popen(line, env=ENVIRONMENT, stdout=pipe, text=True)
        self._visitors.append(visitor)
        return visitor

    @property
    def files(self) -> Path:
        """Its files, as they are now."""
        return Path(f"/proc/{self.pid}/root")

    def log(self) -> str:
        """The last lines that its systemd wrote."""
        self._log.seek(0)
        return "\n".join(self._log.read().decode(errors="replace").splitlines()[-30:])

    def _nsenter(self, *namespaces: str) -> tuple[str, ...]:
        return ("nsenter", "-t", str(self.pid), *namespaces, "-r", "-w", "--")

    def _enter(self, namespaces: tuple[str, ...], command: tuple[str, ...], check: bool) -> str:
        done = subprocess.run(
            (*self._nsenter(*namespaces), *command),
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        said = (done.stdout + (done.stderr if done.returncode else b"")).decode(errors="replace")
        if check and done.returncode:
            raise HostError(f"{' '.join(command)}: exit {done.returncode}: {said}")
        return said

    def _start(self) -> None:
        self.pid, self._outside = 0, self._boot()
        self.pid = self._wait_for_init(self._outside)
        self._wait_for_units()

    def _boot(self) -> subprocess.Popen[bytes]:
        places = (str(self.root), str(self.disk or ""))
        enter = (str(HERE / "enter.sh"), self.group, *places, *self.network)
        return subprocess.Popen(
            (*WITH_US, *FIRST, "unshare", "--mount", "sh", *enter),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def _wait_for_init(self, outside: subprocess.Popen[bytes]) -> int:
        """Its first process, as soon as it is systemd."""
        children = Path(f"/proc/{outside.pid}/task/{outside.pid}/children")
        deadline = time.monotonic() + PATIENCE
        while outside.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError):
                pid = int(children.read_text())
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    return pid
            time.sleep(0.05)
        raise HostError(f"does not boot:\n{self.log()}")

    def _wait_for_units(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            state = self.run("systemctl", "is-system-running", "--wait", check=False).strip()
            if state in {"running", "degraded"}:
                break
            time.sleep(0.1)
        failed = self.run("systemctl", "--failed", "--no-legend", "--plain")
        if state != "running":
            raise HostError(f"{state}: {failed}\n{self.log()}")

    def _kill(self) -> None:
        """All of it, and its visitors; init takes its processes with it, and unshare ends too."""
        for visitor in self._visitors:
            with visitor:
                visitor.kill()
        if self._outside is not None:
            # After a reboot, that number may be somebody else's.
            if self._outside.poll() is None:
                os.kill(self.pid or self._outside.pid, signal.SIGKILL)
            self._outside.wait()
            self._outside = None
            leave = ("unshare", "--mount", "sh", str(HERE / "leave.sh"), self.group)
            subprocess.run(leave, check=True)
