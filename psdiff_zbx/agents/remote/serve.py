"""The command that the frontend's actions run on a host, as the agent's user.

In: a request.  Out: lines.  ``show`` says what differs.  ``accept NAME`` lets root accept it, and
``start NAME`` lets root start what is missing, by the sudoers lines that ``setup`` has written.
The request comes from the Zabbix server, so NAME can be any text: it is never part of a command.
"""

from __future__ import annotations

import contextlib
import subprocess
from typing import List

from ...core import item_values
from ...core.line import escape
from ...core.model import BaselineError, PsdiffError, State
from ...core.pause import pause_text
from ...host.monitor import Monitor
from .rights import RIGHTS, Right

_SAYS = "psdiff-zbx: error: "
_DIFFERS = 1
_NO_NEW_PRIVILEGES = "no new privileges"


class RemoteError(PsdiffError):
    """An unknown request, or one that sudo or root's part of the work refuses."""


def serve(request: str, monitor: Monitor) -> List[str]:
    """The lines that answer a request.  Raises any PsdiffError."""
    verb, _, name = request.partition(" ")
    if request == "show":
        return [*_paused(monitor), *_differences(monitor.state())]
    for right in RIGHTS:
        if verb == right.verb and name.strip():
            return _as_root(right, escape(name.strip()))
    others = " and ".join(f"'{right.verb} NAME'" for right in RIGHTS)
    raise RemoteError(f"{request[:64]!r} is no request; 'show', {others} are")


def _differences(state: State) -> List[str]:
    texts = (item_values.missing(state), item_values.extra(state))
    return [line for text in texts for line in text.split("\n") if line] or ["nothing differs"]


def _paused(monitor: Monitor) -> List[str]:
    """Why what differs is no problem.  A pause that cannot be read silences nobody."""
    with contextlib.suppress(BaselineError):
        found = monitor.pause()
        return [pause_text(found)] if found else []
    return []


def _as_root(right: Right, name: str) -> List[str]:
    """There is no timeout of ours: after its own, the agent ends the command, root's part
    included."""
    command = ("sudo", "-n", *right.as_root())
    try:
        done = subprocess.run(
            command, input=f"{name}\n".encode(), capture_output=True, check=False
        )
    except OSError as error:
        raise _refused(right, f"{command[0]}: {error.strerror}") from error
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    # sudo itself fails with 1, and prints nothing: what prints something has lines for us.
    if done.returncode == 0 or (done.returncode == _DIFFERS and done.stdout):
        return done.stdout.decode(errors="replace").splitlines()
    if said.startswith(_SAYS):
        raise RemoteError(said[len(_SAYS) :])
    raise _refused(right, said)


def _refused(right: Right, why: str) -> RemoteError:
    if _NO_NEW_PRIVILEGES in why:
        return RemoteError(
            f"the agent's unit keeps sudo from becoming root ({why}): unset NoNewPrivileges= in "
            "it, and what implies that: systemd.exec(5)"
        )
    return RemoteError(
        f"{right.what} is not set up on this host ({why}); there, as root: "
        f"psdiff-zbx setup {right.option}"
    )
