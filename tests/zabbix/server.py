"""A real Zabbix server with its database and its frontend, on loopback ports of its own.

In: a version, "6.0" or "7.0", and a folder to work in.  Out: the frontend's address, the port
for active agents and zabbix_sender, and a logged-in API.  Several can run side by side.

    with Server("7.0") as server:
        server.api.host.get(output=["host"])

What it runs comes from `python -m tests.zabbix.packages`.
"""

from __future__ import annotations

import json
import shutil
import socket
import struct
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from pyzabbix.api import ZabbixAPI

from tests.zabbix import server_database, server_frontend
from tests.zabbix.agents import free_port
from tests.zabbix.packages import PROGRAMS, USER, library_path, prefix
from tests.zabbix.server_daemon import Daemon

LOGIN = "Admin"
PASSWORD = "zabbix"
TIMEOUT = 60
WAITS = 10  # seconds, for an agent that runs a script
HEADER = struct.Struct("<5sII")
MAGIC = b"ZBXD\x01"
CONFIGURATION = """\
ListenIP=127.0.0.1
ListenPort={port}
LogType=console
PidFile={folder}/server.pid
SocketDir={folder}
DBHost={folder}
DBPort={database.PORT}
DBName={database.DATABASE}
DBUser={database.USER}
CacheUpdateFrequency=1
CacheSize=64M
StartPollers=3
Timeout={waits}
StartPingers=0
FpingLocation=/bin/true
Fping6Location=/bin/true
"""
NOTHING: Mapping[str, str] = MappingProxyType({})
# It would ask the vendor once a day.
ONLY_IN = {"6.0": "", "7.0": "AllowSoftwareUpdateCheck=0\n"}


class Server:
    """Everything is up from `with` to the end of the block, and gone after it.

    `version`, `port` (the server's own), `url` (the frontend's, without a slash at the end) and
    `folder` (gone at the end, too) are there to be read.
    """

    def __init__(
        self,
        version: str,
        folder: Path = Path("/var/tmp"),
        settings: str = "",
        environment: Mapping[str, str] = NOTHING,
    ) -> None:
        """Work in a new folder under `folder`, which user zabbix has to reach.  `settings` are
        further lines for the server's configuration, `environment` is for all its programs."""
        self.version, self._parent, self._settings = version, folder, settings
        self._environment = environment
        self.root = prefix(PROGRAMS[version])
        self.port = free_port()

    def __enter__(self) -> Server:
        """Start, and wait until both the server and the API answer."""
        with ExitStack() as undo:
            self._start(undo)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Stop everything, the last started first, and remove the folder."""
        self._undo.close()

    @property
    def url(self) -> str:
        """Where the frontend is; LOGIN and PASSWORD open it."""
        return f"http://127.0.0.1:{self._frontend_port}"

    @property
    def api(self) -> ZabbixAPI:
        """The API, logged in as LOGIN."""
        return self._api

    def log_in(self, user: str, password: str) -> ZabbixAPI:
        """The API for a user, whose `session` is to be closed in the end."""
        api = ZabbixAPI(self.url, timeout=TIMEOUT)
        api.session.trust_env = False  # Not through a proxy.
        api.login(user, password)
        return api

    def ask(self, request: dict[str, object]) -> dict[str, Any]:
        """What the server answers in its own protocol, as to zabbix_sender or an active agent.

        ask({"request": "sender data", "data": [{"host": …, "key": …, "value": …}]})
        """
        body = json.dumps(request).encode()
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as link:
            link.sendall(HEADER.pack(MAGIC, len(body), 0) + body)
            with link.makefile("rb") as stream:
                answer = stream.read()[HEADER.size :]
        return dict(json.loads(answer)) if answer else {}

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the server's log."""
        return self._server.log_tail(lines)

    def restart(self) -> None:
        """Stop the server and start it again, which knows what is in the database."""
        self._server.__exit__(None, None, None)
        self._server.__enter__()
        self._server.wait_until(self._answers)

    def _start(self, undo: ExitStack) -> None:
        name = tempfile.mkdtemp(prefix=f"psdiff-zbx-server-{self.version}-", dir=self._parent)
        self.folder = Path(name)
        undo.callback(shutil.rmtree, self.folder)
        shutil.chown(self.folder, USER, USER)
        self._start_database(undo)
        self._server = undo.enter_context(self._in_environment(self._daemon()))
        self._start_frontend(undo)
        self._server.wait_until(self._answers)
        self._api = self.log_in(LOGIN, PASSWORD)
        undo.callback(self._api.session.close)

    def _start_database(self, undo: ExitStack) -> None:
        daemon = self._in_environment(server_database.database(self.version, self.folder))
        server_database.wait_for(undo.enter_context(daemon), self.folder)

    def _start_frontend(self, undo: ExitStack) -> None:
        self._frontend_port = free_port()
        ports = (self.port, self._frontend_port)
        frontend = server_frontend.frontend(self.version, self.folder, *ports)
        daemon = self._in_environment(frontend)
        server_frontend.wait_for(undo.enter_context(daemon), self.url)

    def _daemon(self) -> Daemon:
        values = {"port": self.port, "folder": self.folder, "waits": WAITS}
        values["database"] = server_database
        configuration = self.folder / "server.conf"
        text = CONFIGURATION.format(**values) + ONLY_IN[self.version] + self._settings
        configuration.write_text(text)
        command = (f"{self.root}/usr/sbin/zabbix_server", "-f", "-c", str(configuration))
        env = {"LD_LIBRARY_PATH": library_path(self.root)}
        return Daemon(command, self.folder / "server.log", env)

    def _in_environment(self, daemon: Daemon) -> Daemon:
        daemon.env.update(self._environment)
        return daemon

    def _answers(self) -> bool:
        """Whether the server takes values, here none at all."""
        return self.ask({"request": "sender data", "data": []}).get("response") == "success"
