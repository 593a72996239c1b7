"""A real Zabbix agent with one file included and otherwise its default settings.

In: which of the two agents, which version, which file: that of the UserParameters, or that of
the plugin.  Out: what that version's own zabbix_get receives.  The agent runs as user zabbix
with the environment of a systemd unit.
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
from concurrent.futures import ThreadPoolExecutor
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
# The start of 6.0's agent 2 with a plugin, any plugin, ends now and then with this: the run that
# registers is over, and two goroutines wait for the one child (zabbix 6.0:
# src/go/cmd/zabbix_agent2, listenOnPluginFail and checkExternalExits).
RACE = "panic: failed to obtain PID of dead child process: no child processes"
STARTS = 5


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
            self.start()
        except BaseException:
            self._stop()
            raise
        return self

    def start(self) -> None:
        """Start, again where an agent lost its own race, and wait for the first answer."""
        for left in reversed(range(STARTS)):
            self._process = self._start()
            try:
                self._wait_for_answer(self._process)
            except AgentError:
                if not left or RACE not in self.printed():
                    raise
            else:
                break

    @property
    def pid(self) -> int:
        """Of the agent, which is the leader of its process group."""
        assert self._process is not None
        return self._process.pid

    def end(self, number: int, group: bool = False) -> None:
        """Send a signal that ends the agent, and wait for that; to the whole group as systemd
        and Ctrl-C do it.  `start` starts it again."""
        assert self._process is not None
        (os.killpg if group else os.kill)(self.pid, number)
        self._process.wait(PATIENCE)

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

    def get_all(self, *keys: str) -> list[str]:
        """The values of keys that are asked for at the same time, as a server does; one after
        the other where the plugin remembers nothing, and each of them takes a look of its own."""
        remembers = "CacheTime=0\n" not in self.include.read_text()
        with ThreadPoolExecutor(len(keys) if remembers else 1) as pool:
            return list(pool.map(self.get, keys))

    def log(self) -> str:
        """The last lines of the agent's log file."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder / "log").read_text(errors="replace").splitlines()
            return "\n".join(lines[-15:])
        return "(no log file)"

    def printed(self) -> str:
        """What the agent printed when it was started last: that is where it panics."""
        return (self.folder / "printed").read_text(errors="replace")

    def _failed(self, what: str) -> AgentError:
        said = f"its log:\n{self.log()}\nand it printed:\n{self.printed()[:2000]}"
        return AgentError(f"{self.kind} {self.version} {what}; {said}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": PATH, "LD_LIBRARY_PATH": library_path(self.root)}

    def _start(self) -> subprocess.Popen[bytes]:
        configuration = self.folder / "agent.conf"
        configuration.write_text(self._configuration())
        command = [f"{self.root}/usr/sbin/zabbix_{self.kind}", "-f", "-c", str(configuration)]
        with (self.folder / "printed").open("wb") as printed:
            return subprocess.Popen(
                command,
                user=USER,
                group=USER,
                extra_groups=[],
                env=self._environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
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
