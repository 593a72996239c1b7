"""A real Zabbix agent with a UserParameter file and otherwise its default settings.

In: which of the two agents, which version, which UserParameter file.  Out: what that version's
own zabbix_get receives.  The agent runs as user zabbix with the environment of a systemd unit.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from tests.zabbix.packages import PROGRAMS, USER, library_path, prefix

KINDS = ("agentd", "agent2")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The agents' default Timeout.  zabbix_get 7.0 sends its own to the agent, which obeys it.
TIMEOUT = 3
PATIENCE = 30.0
# Agents refuse a ListenPort above 32767.
PORTS = range(11000, 32000)


class AgentError(Exception):
    """The agent does not start, does not stop, or cannot be asked."""


class Agent:
    """One running agent, from `with` to the end of the block.

    `settings` are further lines for its configuration file.
    """

    def __init__(self, kind: str, version: str, include: Path, settings: str = "") -> None:
        """Nothing is started yet."""
        self.kind, self.version = kind, version
        self.include, self.settings = include, settings
        self.root = prefix(PROGRAMS[version])
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Agent:
        """Start, and wait for the first answer."""
        self.folder = Path(tempfile.mkdtemp(prefix="psdiff-zbx-agent-", dir="/var/tmp"))
        try:
            shutil.chown(self.folder, USER, USER)
            self._process = self._start()
            self._wait_for_answer(self._process)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop, and wait until nothing is left."""
        self._stop()

    def get(self, key: str) -> str:
        """The value of `key`, or `ZBX_NOTSUPPORTED: …`, as zabbix_get prints it."""
        address = ("-s", "127.0.0.1", "-p", str(self.port), "-t", str(TIMEOUT))
        command = [f"{self.root}/usr/bin/zabbix_get", *address, "-k", key]
        env = self._environment()
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode and not done.stdout:
            raise AgentError(f"{key}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode().removesuffix("\n")

    def log(self) -> str:
        """The last lines of the agent's log file."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder / "log").read_text(errors="replace").splitlines()
            return "\n".join(lines[-15:])
        return "(no log file)"

    def _failed(self, what: str) -> AgentError:
        return AgentError(f"{self.kind} {self.version} {what}; its log:\n{self.log()}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": PATH, "LD_LIBRARY_PATH": library_path(self.root)}

    def _start(self) -> subprocess.Popen[bytes]:
        configuration = self.folder / "agent.conf"
        configuration.write_text(self._configuration())
        command = [f"{self.root}/usr/sbin/zabbix_{self.kind}", "-f", "-c", str(configuration)]
        return subprocess.Popen(
            command,
            user=USER,
            group=USER,
            extra_groups=[],
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _configuration(self) -> str:
        folder = self.folder
        lines = [
            "Server=127.0.0.1",
            f"ListenPort={self.port}",
            "ListenIP=127.0.0.1",
            f"LogFile={folder}/log",
            f"PidFile={folder}/pid",
            f"Include={self.include}",
            self.settings,
        ]
        if self.kind == "agent2":
            lines += [f"ControlSocket={folder}/control", f"PluginSocket={folder}/plugin"]
        return "\n".join(lines) + "\n"

    def _wait_for_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(AgentError):
                if self.get("agent.ping") == "1":
                    return
            time.sleep(0.05)
        raise self._failed("does not answer")

    def _stop(self) -> None:
        """The agent stops its children itself; those it leaves behind are killed."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                raise self._failed("does not stop") from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
        shutil.rmtree(self.folder)


def free_port() -> int:
    """A port of the loopback interface which nobody listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AgentError("no free port")
