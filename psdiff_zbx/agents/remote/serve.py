"""What the frontend's two actions run on a host, as the agent's user: a request in, lines out.

``show`` says what differs; ``accept NAME`` has root accept it, through the one line of sudoers
that ``setup --remote-accept`` wrote.  The request comes from whoever controls the Zabbix server,
so NAME is any text at all: it is never a word of a command.
"""

from __future__ import annotations

import subprocess
from typing import List

from ...core import item_values
from ...core.line import escape
from ...core.model import PsdiffError, State
from ...host.monitor import Monitor
from .commands import AS_ROOT

_SAYS = "psdiff-zbx: error: "


class RemoteError(PsdiffError):
    """A request that is none, or that root does not serve."""


def serve(request: str, program: str, monitor: Monitor) -> List[str]:
    """Raises any PsdiffError."""
    verb, _, name = request.partition(" ")
    if request == "show":
        return _differences(monitor.state())
    if verb == "accept" and name.strip():
        return _accept(program, escape(name.strip()))
    raise RemoteError(f"{request[:64]!r} is no request; 'show' and 'accept NAME' are")


def _differences(state: State) -> List[str]:
    texts = (item_values.missing(state), item_values.extra(state))
    return [line for text in texts for line in text.split("\n") if line] or ["nothing differs"]


def _accept(program: str, name: str) -> List[str]:
    """Without a timeout of ours: the agent ends all of it, root's part too, after its own."""
    command = ("sudo", "-n", program, *AS_ROOT)
    try:
        done = subprocess.run(
            command, input=f"{name}\n".encode(), capture_output=True, check=False
        )
    except OSError as error:
        raise _refused(f"{command[0]}: {error.strerror}") from error
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode == 0:
        return done.stdout.decode(errors="replace").splitlines()
    if said.startswith(_SAYS):
        raise RemoteError(said[len(_SAYS) :])
    raise _refused(said)


def _refused(why: str) -> RemoteError:
    return RemoteError(
        f"accepting from the frontend is not set up on this host ({why}); there, as root: "
        "psdiff-zbx setup --remote-accept"
    )
