"""The command that starts an agent on this host, for the administrator.  It runs nothing."""

from __future__ import annotations

from pathlib import Path

from .installed import Installed

_SYSTEMD = Path("/run/systemd/system")  # sd_booted(3)
_SCRIPTS = Path("/etc/init.d")


def service_command(agent: Installed, what: str) -> str:
    """The command to ``start`` or ``restart`` an agent.  If no service manager knows the agent, it
    names the process or the program instead."""
    if _SYSTEMD.is_dir():
        return f"systemctl {what} {agent.unit}"
    if (_SCRIPTS / agent.unit).exists():
        return f"service {agent.unit} {what}"
    if agent.pid is not None:
        return f"{agent.name}, process {agent.pid}"
    return f"{agent.program} -c {agent.configuration.path}"


def log_place(agent: Installed) -> str:
    """Where the agent's log is: a command or a file."""
    if _SYSTEMD.is_dir():
        return f"'journalctl -u {agent.unit}'"
    return agent.configuration.value("LogFile") or "its log"
