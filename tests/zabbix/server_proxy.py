"""A real Zabbix proxy between a server and its hosts, of the server's own version.

In: a running server.  Out: hosts that the server sees through the proxy only, which may be away.

    proxy = Proxy(server)
    proxy.take("web1")
    with proxy.running():
        …
"""

from __future__ import annotations

import shutil

from tests.zabbix.agents import free_port
from tests.zabbix.packages import PROXIES, USER, library_path, prefix
from tests.zabbix.server import WAITS, Server
from tests.zabbix.server_daemon import Daemon

NAME = "proxy"
CONFIGURATION = """\
ProxyMode=0
Server=127.0.0.1:{server}
Hostname={name}
ListenIP=127.0.0.1
ListenPort={port}
LogType=console
PidFile={folder}/proxy.pid
SocketDir={folder}
DBName={folder}/proxy.db
DataSenderFrequency=1
{frequency}=1
Timeout={waits}
StartPingers=0
"""
FREQUENCY = {"6.0": "ConfigFrequency", "7.0": "ProxyConfigFrequency"}
# What a proxy that asks the server is in the API.
ACTIVE = {"6.0": {"host": NAME, "status": 5}, "7.0": {"name": NAME, "operating_mode": 0}}


class Proxy:
    """A proxy that the server knows; it runs from `with running()` to the end of that block."""

    def __init__(self, server: Server) -> None:
        """Nothing is started yet."""
        self.server, self.folder = server, server.folder / NAME
        self.folder.mkdir()
        shutil.chown(self.folder, USER, USER)
        self.id = server.api.proxy.create(**ACTIVE[server.version])["proxyids"][0]

    def take(self, name: str) -> None:
        """Watch a host, which the server no longer does itself."""
        fields = {"proxy_hostid": self.id}
        if self.server.version != "6.0":
            fields = {"proxyid": self.id, "monitored_by": 1}
        (host,) = self.server.api.host.get(filter={"host": name}, output=["hostid"])
        self.server.api.host.update(**host, **fields)

    def last_seen(self) -> int:
        """When the server last heard of it (Unix time); 0 for never."""
        (found,) = self.server.api.proxy.get(proxyids=[self.id], output=["lastaccess"])
        return int(found["lastaccess"])

    def running(self) -> Daemon:
        """A new start; what it knew before it still knows."""
        version = self.server.version
        configuration = self.folder / "proxy.conf"
        configuration.write_text(
            CONFIGURATION.format(
                server=self.server.port,
                name=NAME,
                port=free_port(),
                folder=self.folder,
                frequency=FREQUENCY[version],
                waits=WAITS,
            )
        )
        root = prefix(PROXIES[version])
        command = (f"{root}/usr/sbin/zabbix_proxy", "-f", "-c", str(configuration))
        env = {"LD_LIBRARY_PATH": library_path(root)}
        return Daemon(command, self.folder / "proxy.log", env)
