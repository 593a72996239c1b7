"""The loadable plugin of zabbix_agent2: the agent's socket in, answers out.

When the agent starts, it runs ``psdiff-zbx-agent2 SOCKET true`` to learn the keys and to check the
options.  When the first key is asked for, it runs ``psdiff-zbx-agent2 SOCKET false``, which stays.
An agent dies with its plugin, so only the agent's Terminate, or the end of the agent, ends the
plugin.
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

PLUGIN_PROGRAM = "psdiff-zbx-agent2"
CANNOT_TELL = 3
# When systemd or Ctrl-C stops an agent, all of its processes get the signal.  If the plugin ends
# before the agent, the agent panics ("plugin PsdiffZbx died", seen with 6.0.14 and 7.0.9).  So all
# are ignored but those that tell of a fault of ours, end nothing, or must be obeyed.
_FAULTS = ("ABRT", "BUS", "FPE", "ILL", "SEGV", "SYS", "TRAP")
_HARMLESS = ("CHLD", "CONT", "TSTP", "TTIN", "TTOU", "URG", "WINCH")
_HEEDED = {getattr(signal, f"SIG{name}") for name in (*_FAULTS, *_HARMLESS, "KILL", "STOP")}

# A look at the host makes some ten thousand objects, and almost none in reference cycles.
_COLLECTED = 100_000


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Serve the agent until it ends.  Returns the exit code: 0, 2 for wrong usage, 3 without a
    socket."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) == 2 and arguments[1] in ("true", "false"):
        return _run(arguments[0], initial=arguments[1] == "true")
    return _by_hand(arguments)


def _by_hand(arguments: Sequence[str]) -> int:
    path = os.path.abspath(sys.argv[0])
    told = {
        "--version": f"{PLUGIN_PROGRAM} {__version__}\n",
        "--help": f"{PLUGIN_PROGRAM} is run by zabbix_agent2; its configuration needs the line "
        f"Plugins.{PLUGIN}.System.Path={path} "
        f"('{PLUGIN_PROGRAM} --configuration' prints the file)\n",
        "--configuration": plugin_configuration(path),
    }
    if len(arguments) == 1 and arguments[0] in told:
        sys.stdout.write(told[arguments[0]])
        return 0
    sys.stderr.write(told["--help"])
    return 2


def _run(path: str, initial: bool) -> int:
    for number in signal.valid_signals() - _HEEDED:
        signal.signal(number, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    gc.set_threshold(_COLLECTED)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(path)
        except OSError as error:
            sys.stderr.write(f"{PLUGIN_PROGRAM}: error: {path}: {error.strerror or error}\n")
            return CANNOT_TELL
        _be_quiet()
        Connection(connection).serve()
        if initial:
            # Two goroutines of agent 6.0 are about to wait for its children.  If both see the end
            # of this process, the agent panics ("failed to obtain PID of dead child process").
            # The sooner this process ends, the rarer that is.  Seen with 6.0.14, in starts in the
            # last quarter of a second: 1 of 150, with Python's own exit 5 of 150, and 14 of 20
            # if this process ends 1.5 s later.
            os._exit(0)
    return 0


def _be_quiet() -> None:
    """Discard all output: the agent keeps what a plugin prints, and psdiff's hooks may print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    sys.exit(main())
