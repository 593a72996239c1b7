"""Permit the frontend's actions on this host, with a file for the agent and a line for sudo.

In: a right, the agent, and the options of setup.  Out: both files in their places, and lines that
say so.  Nothing is permitted unless an administrator asks for it with ``setup --remote-accept`` or
``setup --remote-start``.
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
from . import safety
from .rights import RIGHTS, Right

if TYPE_CHECKING:
    from ..setup.setup import Wish


def check_remote(right: Right, installed: Installed, wish: Wish, options: Sequence[str]) -> None:
    """Raise AgentError if the right would be unsafe or would not work.  It changes nothing."""
    if options:
        raise AgentError(f"{right.option} is for a host's usual files: leave out {options[0]}")
    safety.refuse_program(wish.program)
    safety.refuse_rules(right, installed, str(_rules(right, installed)))
    safety.refuse_sudoers(right, right.sudoers(installed.user))
    sudoers = _sudoers(right, installed)
    if not _is_ours(right, sudoers):
        raise AgentError(f"{sudoers} was not written by psdiff-zbx; look at it, and move it away")


def install_remote(right: Right, installed: Installed, wish: Wish) -> Iterator[str]:
    """Write both files, after ``check``, and say so line by line; a dry run writes nothing.

    Raises AgentError if a file cannot be written, or if sudo ignores it.
    """
    sudoers = _sudoers(right, installed)
    yield _put(sudoers, right.sudoers(installed.user), 0o440, wish.dry_run)
    if not wish.dry_run:
        _check_effect(right, sudoers, installed.user)
    yield _put(_rules(right, installed), right.agent_rules, 0o644, wish.dry_run)
    if not wish.dry_run:
        yield from right.risk


def remove_remote(
    installed: Installed, others: Sequence[Installed], dry_run: bool
) -> Iterator[str]:
    """Remove the files of all rights, and say so line by line.  A sudoers file stays if one of the
    ``others`` needs it.

    Raises AgentError if a file cannot be removed.
    """
    for right in RIGHTS:
        for path in filter(os.path.lexists, _removable(right, installed, others)):
            yield take_out(path, dry_run)


def _removable(right: Right, installed: Installed, others: Sequence[Installed]) -> Iterator[Path]:
    sudoers = _sudoers(right, installed)
    is_needed = any(_has(right, other) for other in others)
    if not is_needed and _is_ours(right, sudoers):
        yield sudoers
    if installed.configuration.folder is not None:
        yield _rules(right, installed)


def is_installed(agent: Installed) -> bool:
    """Whether the agent has a file that permits one of the frontend's actions."""
    return any(_has(right, agent) for right in RIGHTS)


def outdated(agent: Installed) -> Iterator[Right]:
    """The rights that were given to another program than this one."""
    for right in RIGHTS:
        found = _found(_sudoers(right, agent)) if _has(right, agent) else None
        if found is not None and found[0] != right.sudoers(agent.user):
            yield right


def _has(right: Right, agent: Installed) -> bool:
    return agent.configuration.folder is not None and os.path.lexists(_rules(right, agent))


def _sudoers(right: Right, installed: Installed) -> Path:
    return installed.root / right.sudoers_file.lstrip("/")


def _rules(right: Right, installed: Installed) -> Path:
    return installed.folder / right.agent_file


def _is_ours(right: Right, sudoers: Path) -> bool:
    """Whether the sudoers file has only our lines, or does not exist.  Only root can look."""
    try:
        return right.is_ours(sudoers.read_text("utf-8", "replace"))
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


def _check_effect(right: Right, path: Path, user: str) -> None:
    """Check that sudo reads the file, and that no later line takes the permission back."""
    command = (safety.sudo_program(right, "sudo"), "-l", "-U", user, *right.as_root())
    if subprocess.run(command, capture_output=True, check=False).returncode:
        take_out(path, dry_run=False)
        raise AgentError(
            f"sudo ignores {path}, which is removed again: let /etc/sudoers include that "
            "folder, and no later line deny it"
        )
