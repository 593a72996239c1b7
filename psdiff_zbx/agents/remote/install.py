"""Permit the frontend's actions on this host, with a file for the agent and a line for sudo.

In: the agent, and the options of setup.  Out: both files in their places, and lines that say so.
Nothing is permitted unless an administrator asks for it with ``setup --remote-accept``.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, Optional, Sequence, Tuple

from ...core.line import escape
from ..configuration import AgentError
from ..installed import Installed
from ..setup.files import put, take_out
from . import commands, safety
from .commands import (
    AGENT_FILE,
    AGENT_RULES,
    SUDOERS,
)

if TYPE_CHECKING:
    from ..setup.setup import Wish

RISK = (
    "Anyone who may run 'psdiff: accept as expected' on this host, or who controls the Zabbix",
    "server, can now make expected what runs here.  They cannot run anything else.",
)


def check_remote(installed: Installed, wish: Wish, options: Sequence[str]) -> None:
    """Raise AgentError if accepting from the frontend would be unsafe or would not work.  It
    changes nothing."""
    if options:
        raise AgentError(f"--remote-accept is for a host's usual files: leave out {options[0]}")
    safety.refuse_program(wish.program)
    safety.refuse_rules(installed, str(_rules(installed)))
    safety.refuse_sudoers(commands.sudoers(installed.user))
    sudoers = _sudoers(installed)
    if not _is_ours(sudoers):
        raise AgentError(f"{sudoers} was not written by psdiff-zbx; look at it, and move it away")


def install_remote(installed: Installed, wish: Wish) -> Iterator[str]:
    """Write both files, after ``check``, and say so line by line; a dry run writes nothing.

    Raises AgentError if a file cannot be written, or if sudo ignores it.
    """
    sudoers = _sudoers(installed)
    yield _put(sudoers, commands.sudoers(installed.user), 0o440, wish.dry_run)
    if not wish.dry_run:
        _check_effect(sudoers, installed.user)
    yield _put(_rules(installed), AGENT_RULES, 0o644, wish.dry_run)
    yield from RISK


def remove_remote(
    installed: Installed, others: Sequence[Installed], dry_run: bool
) -> Iterator[str]:
    """Remove both files, and say so line by line.  The sudoers file stays if one of the ``others``
    needs it.

    Raises AgentError if a file cannot be removed.
    """
    is_needed = any(map(is_installed, others)) or not _is_ours(_sudoers(installed))
    paths = [] if is_needed else [_sudoers(installed)]
    if installed.configuration.folder is not None:
        paths.append(_rules(installed))
    for path in filter(os.path.lexists, paths):
        yield take_out(path, dry_run)


def is_installed(agent: Installed) -> bool:
    """Whether the agent has the file that permits the frontend's actions."""
    return agent.configuration.folder is not None and os.path.lexists(_rules(agent))


def is_outdated(agent: Installed) -> bool:
    """Whether the frontend's actions were permitted for another program than this one."""
    found = _found(_sudoers(agent)) if is_installed(agent) else None
    return found is not None and found[0] != commands.sudoers(agent.user)


def _sudoers(installed: Installed) -> Path:
    return installed.root / SUDOERS.lstrip("/")


def _rules(installed: Installed) -> Path:
    return installed.folder / AGENT_FILE


def _is_ours(sudoers: Path) -> bool:
    """Whether the sudoers file has only our line, or does not exist.  Only root can look."""
    try:
        return commands.is_our_line(sudoers.read_text("utf-8", "replace"))
    except (FileNotFoundError, PermissionError):
        return True


def _put(path: Path, text: str, mode: int, dry_run: bool) -> str:
    if _found(path) == (text, mode):
        return f"No changes to {escape(str(path))}"
    return put(path, text, dry_run, mode)


def _found(path: Path) -> Optional[Tuple[str, int]]:
    """The text and the mode of a file; None if it does not exist, or if we may not read it."""
    try:
        return path.read_text("utf-8", "replace"), path.stat().st_mode & 0o777
    except OSError:
        return None


def _check_effect(path: Path, user: str) -> None:
    """Check that sudo reads the file, and that no later line takes the permission back."""
    command = (safety.sudo_program("sudo"), "-l", "-U", user, *commands.as_root())
    if subprocess.run(command, capture_output=True, check=False).returncode:
        take_out(path, dry_run=False)
        raise AgentError(
            f"sudo ignores {path}, which is removed again: let /etc/sudoers include that "
            "folder, and no later line deny it"
        )
