"""What every service manager can be asked, and which one this host has."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any, Dict, List, NamedTuple, Protocol, Sequence

from ...core.start import StartError
from ..unit_file import SYSTEMD

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The PATH that systemd gives a service.  Nothing of our own environment is handed on: it may be
that of whoever called us."""

STOPPED, STARTING, ACTIVE, FAILED, REFUSED = "stopped", "starting", "active", "failed", "refused"
"""The states of a unit.  ``refused``: it cannot be started, because it is masked, say."""

WORDS = 3
"""How many of a unit's last lines are shown."""

_OPENRC = "/run/openrc"
_PATIENCE = 5.0  # seconds for an answer


class Status(NamedTuple):
    """The state of a unit.  ``why`` is the reason where it is FAILED or REFUSED."""

    state: str
    why: str = ""

    def __str__(self) -> str:
        """``is stopped``, ``has failed (exit-code)``, ``is masked: systemctl unmask x``"""
        if self.state == REFUSED:
            return self.why
        reason = f" ({self.why})" if self.why else ""
        return f"{'has' if self.state == FAILED else 'is'} {self.state}{reason}"


class Manager(Protocol):
    """A service manager.  Each method raises StartError if it does not answer."""

    def status(self, unit: str) -> Status:
        """In which state a unit is."""

    def start(self, unit: str, before: Status) -> str:
        """Ask for a start, or for a restart of what is ACTIVE, and do not wait for it.  Returns
        why that is refused, or nothing."""

    def last_words(self, unit: str, since: float) -> List[str]:
        """The last lines that a unit has written since some Unix time."""


def this_manager() -> Manager:
    """The manager of this host.  Raises StartError if there is none that we know."""
    if os.path.isdir(SYSTEMD):
        from .systemd import Systemd

        return Systemd()
    from .scripts import Scripts

    if os.path.isdir(_OPENRC) and shutil.which("rc-service", path=PATH):
        return Scripts(lambda name: (program("rc-service"), name))
    if os.path.isdir("/etc/init.d"):
        return Scripts(lambda name: (f"/etc/init.d/{name}",))
    raise StartError("neither systemd nor OpenRC nor init scripts here; nothing is started")


def program(name: str) -> str:
    """The path of a command.  Raises StartError if there is none."""
    found = shutil.which(name, path=PATH)
    if not found:
        raise StartError(f"no {name} here; nothing is started")
    return found


def asked(command: Sequence[str], **identity: Any) -> subprocess.CompletedProcess[str]:
    """What a command answers.  Raises StartError if it does not within five seconds."""
    environment: Dict[str, str] = {"PATH": PATH, "LC_ALL": "C", **identity.pop("env", {})}
    try:
        return subprocess.run(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            encoding="utf-8",
            errors="replace",
            **identity,
        )
    except subprocess.TimeoutExpired:
        raise StartError(f"{command[0]} has not answered for {_PATIENCE:g} s") from None
    except OSError as error:
        raise StartError(f"cannot run {command[0]}: {error.strerror}") from error
