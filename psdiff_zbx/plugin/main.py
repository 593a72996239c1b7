"""The loadable plugin of zabbix_agent2: a socket of the agent's in, answers out.

The agent runs ``psdiff-zbx-agent2 SOCKET true`` when it starts, to learn the keys and to have the
options judged, and ``psdiff-zbx-agent2 SOCKET false`` when the first key is asked for; that one
stays.  A plugin that dies takes the agent with it, so nothing ends it but the agent's Terminate
and the end of the agent itself.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import warnings
from typing import Optional, Sequence

from .. import __version__
from ..core.agent_config import PLUGIN, plugin_configuration
from .connection import Connection

PROGRAM = "psdiff-zbx-agent2"
CANNOT_TELL = 3
# An agent's stop by systemd or by Ctrl-C signals all of its processes: a plugin that is gone
# before the agent makes it panic ("plugin PsdiffZbx died", seen on 6.0.14 and 7.0.9).
_IGNORED = ("HUP", "INT", "QUIT", "USR1", "USR2", "PIPE", "ALRM", "TERM")

# A look makes some ten thousand records, of which almost none are garbage that refers to itself.
_COLLECTED = 100_000


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run by the agent, until it ends.  Returns 0, 2 for wrong usage, 3 without a socket."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) == 2 and arguments[1] in ("true", "false"):
        return _run(arguments[0], initial=arguments[1] == "true")
    return _by_hand(arguments)


def _by_hand(arguments: Sequence[str]) -> int:
    path = os.path.abspath(sys.argv[0])
    told = {
        "--version": f"{PROGRAM} {__version__}\n",
        "--help": f"{PROGRAM} is run by zabbix_agent2; its configuration needs the line "
        f"Plugins.{PLUGIN}.System.Path={path} ('{PROGRAM} --configuration' prints the file)\n",
        "--configuration": plugin_configuration(path),
    }
    if len(arguments) == 1 and arguments[0] in told:
        sys.stdout.write(told[arguments[0]])
        return 0
    sys.stderr.write(told["--help"])
    return 2


def _run(path: str, initial: bool) -> int:
    for name in _IGNORED:
        signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_IGN)
    warnings.simplefilter("ignore")
    gc.set_threshold(_COLLECTED)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(path)
        except OSError as error:
            sys.stderr.write(f"{PROGRAM}: error: {path}: {error.strerror or error}\n")
            return CANNOT_TELL
        _be_quiet()
        Connection(connection).serve()
        if initial:
            # 6.0's agent is about to wait for its children from two goroutines, and panics where
            # both see the end of this one ("failed to obtain PID of dead child process"): at
            # once is the safest moment.  Seen on 6.0.14, of starts in the last quarter of a
            # second: 1 of 150, with Python's own exit 5 of 150; 1.5 s later 14 of 20.
            os._exit(0)
    return 0


def _be_quiet() -> None:
    """The agent keeps all that a plugin prints: psdiff's hooks, say, may print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    sys.exit(main())
