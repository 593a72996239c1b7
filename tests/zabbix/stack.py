"""A whole Zabbix to look at: server, frontend and both agents, until Ctrl-C.

    python -m tests.zabbix.stack [6.0|7.0]

The agents serve the UserParameter file of this repository, passively and actively; which hosts
and templates there are is up to whoever uses `stack()`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.zabbix.agents import KINDS, Agent, AgentError
from tests.zabbix.packages import VERSIONS, PackagesError
from tests.zabbix.server import LOGIN, PASSWORD, Server
from tests.zabbix.server_daemon import ServerError

USERPARAMETERS = Path(__file__).parents[2] / "userparameters" / "psdiff_zbx.conf"
# How often an active agent asks what to do, in seconds: the least that each version allows.
REFRESH = {"6.0": 60, "7.0": 1}
USAGE = f"python -m tests.zabbix.stack [{'|'.join(VERSIONS)}]"


@contextmanager
def stack(version: str, include: Path = USERPARAMETERS) -> Iterator[tuple[Server, list[Agent]]]:
    """A server, and an agent of each kind that knows it; all gone at the end of the block."""
    with ExitStack() as undo:
        server = undo.enter_context(Server(version))
        agents = [agent_of(server, kind, include) for kind in KINDS]
        yield server, [undo.enter_context(agent) for agent in agents]


def agent_of(server: Server, kind: str, include: Path = USERPARAMETERS) -> Agent:
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
    except (AgentError, OSError, PackagesError, ServerError) as error:
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
