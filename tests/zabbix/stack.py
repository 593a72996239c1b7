"""A whole Zabbix that watches this machine, to look at until Ctrl-C.

    python -m tests.zabbix.stack [6.0|7.0]

Server, frontend and both agents: agentd is asked passively, agent 2 asks actively.  The templates
are imported and linked, and what runs at the start is the baseline.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from psdiff_zbx.frontend.push import push
from psdiff_zbx.frontend.session import Login
from tests.zabbix.agents import KINDS, Agent, AgentError
from tests.zabbix.packages import VERSIONS, PackagesError
from tests.zabbix.program import ProgramError, install, run
from tests.zabbix.server import LOGIN, PASSWORD, Server
from tests.zabbix.server_daemon import ServerError

# How often an active agent asks what to do, in seconds: the least that each version allows.
REFRESH = {"6.0": 60, "7.0": 1}
USAGE = f"python -m tests.zabbix.stack [{'|'.join(VERSIONS)}]"


@contextmanager
def stack(version: str) -> Iterator[tuple[Server, list[Agent]]]:
    """A server, and an agent of each kind that it watches; all gone at the end of the block."""
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        folder.chmod(0o755)
        include = _program(folder)
        server = undo.enter_context(Server(version, folder))
        agents = [agent_of(server, kind, include) for kind in KINDS]
        for agent in agents:
            create_host(server, host_name(agent.kind), agent.port, "10s")
        for active, kind in enumerate(KINDS):
            push(server.url, Login("", LOGIN, PASSWORD), bool(active), [host_name(kind)])
        yield server, [undo.enter_context(agent) for agent in agents]


def _program(folder: Path) -> Path:
    """Install it, write a baseline, and say how agents ask: their configuration."""
    program = str(install(folder / "venv"))
    options = f"{program} --baseline {folder}/baseline"
    run(*options.split(), "write", "--all")
    include = folder / "psdiff_zbx.conf"
    include.write_text(run(program, "userparameters").replace(program, options))
    return include


def create_host(server: Server, name: str, port: int, interval: str) -> None:
    """A host whose agent listens on `port`, and who is asked every `interval`."""
    (group,) = server.api.hostgroup.get(filter={"name": ["Linux servers"]})
    address = {"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "", "port": str(port)}
    # What is looked at may have booted just now.
    values = {"{$PSDIFF.INTERVAL}": interval, "{$PSDIFF.BOOT.GRACE}": "0s"}
    macros = [{"macro": name, "value": value} for name, value in values.items()]
    groups = [{"groupid": group["groupid"]}]
    server.api.host.create(host=name, groups=groups, interfaces=[address], macros=macros)


def agent_of(server: Server, kind: str, include: Path) -> Agent:
    """An agent of the server's version that asks it for active checks; not started yet."""
    settings = (
        f"ServerActive=127.0.0.1:{server.port}",
        f"Hostname={host_name(kind)}",
        f"RefreshActiveChecks={REFRESH[server.version]}",
    )
    return Agent(kind, server.version, include, "\n".join(settings))


def host_name(kind: str) -> str:
    """What the agent of that kind calls itself: its host in Zabbix has to have this name."""
    return f"psdiff-{kind}"


def main(arguments: list[str]) -> int:
    """Bring everything up, say where it is, and stay."""
    version = arguments[0] if arguments else VERSIONS[-1]
    if version not in VERSIONS or arguments[1:]:
        print(USAGE, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with stack(version) as (server, agents):
            _tell(server, agents)
            signal.pause()
    except (AgentError, OSError, PackagesError, ProgramError, ServerError) as error:
        print(f"{USAGE}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Gone.")
    return 0


def _tell(server: Server, agents: list[Agent]) -> None:
    print(f"Zabbix {server.api.api_version()}: {server.url}  ({LOGIN} / {PASSWORD})")
    print(f"server: 127.0.0.1:{server.port}")
    for agent in agents:
        print(f"{agent.kind}: 127.0.0.1:{agent.port}, active as {host_name(agent.kind)}")
    print("Ctrl-C ends it all.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
