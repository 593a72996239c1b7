"""How an agent is started again on this host.  It is only said, never done."""

from __future__ import annotations

from pathlib import Path

from .installed import Installed

_SYSTEMD = Path("/run/systemd/system")  # sd_booted(3)
_SCRIPTS = Path("/etc/init.d")


def service_command(agent: Installed, what: str) -> str:
    """What an administrator types to ``start`` or ``restart`` it; where no service manager
    knows it, which process or program that is about."""
    if _SYSTEMD.is_dir():
        return f"systemctl {what} {agent.unit}"
    if (_SCRIPTS / agent.unit).exists():
        return f"service {agent.unit} {what}"
    if agent.pid is not None:
        return f"{agent.name}, process {agent.pid}"
    return f"{agent.program} -c {agent.configuration.path}"


def log_place(agent: Installed) -> str:
    """Where it says why it ended."""
    if _SYSTEMD.is_dir():
        return f"'journalctl -u {agent.unit}'"
    return agent.configuration.value("LogFile") or "its log"
