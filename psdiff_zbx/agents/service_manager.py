"""This host's service manager: the commands for the administrator, and what it says of a unit.

In: an agent.  Out: commands as text, and properties of the agent's unit.  It starts, stops and
changes no service.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..core.shell_words import shell_word
from ..host.unit_file import SYSTEMD
from .installed import Installed
from .run_as import PATH

_SCRIPTS = Path("/etc/init.d")


def service_command(agent: Installed, what: str) -> str:
    """The command to ``start`` or ``restart`` an agent.  If no service manager knows the agent, it
    names the process or the program instead."""
    if os.path.isdir(SYSTEMD):
        return f"systemctl {what} {shell_word(agent.unit)}"
    if (_SCRIPTS / agent.unit).exists():
        return f"service {shell_word(agent.unit)} {what}"
    if agent.pid is not None:
        return f"{agent.name}, process {agent.pid}"
    return f"{shell_word(agent.program)} -c {shell_word(agent.configuration.path)}"


def is_managed(agent: Installed) -> bool:
    """Whether a service manager knows the agent."""
    return os.path.isdir(SYSTEMD) or (_SCRIPTS / agent.unit).exists()


def log_place(agent: Installed) -> str:
    """Where the agent's log is: a command or a file."""
    if os.path.isdir(SYSTEMD):
        return f"'journalctl -u {shell_word(agent.unit)}'"
    return agent.configuration.value("LogFile") or "its log"


def unit_property(agent: Installed, name: str) -> str:
    """A property of the agent's unit, such as ``Restart``; empty without systemd: systemctl(1)."""
    if not os.path.isdir(SYSTEMD):
        return ""
    return _systemctl("show", f"--property={name}", "--value", agent.unit)


def restarts_always(agent: Installed) -> bool:
    """Whether the agent is started again however it ends; true without systemd, whose job it is.

    Agent 2 ends with its plugin: 7.0 with exit code 2, which is a failure, and 6.0.14 with 0,
    which is none.  Debian's unit has ``Restart=on-abnormal``, for which neither is a reason.
    """
    return unit_property(agent, "Restart") in ("", "always")


def read_units_again() -> None:
    """Let systemd read the files of its units; it starts and stops nothing by that."""
    _systemctl("daemon-reload")


def _systemctl(*words: str) -> str:
    try:
        command = ("systemctl", *words)
        done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace").strip()
