"""Files put in their places and taken out again, whole or not at all; what fails says which."""

from __future__ import annotations

from pathlib import Path

from ...core.line import escape
from ...host import atomic_files
from ..configuration import AgentError


def put(file: Path, text: str, dry_run: bool, mode: int = 0o644) -> str:
    """Write a file unless it is a ``dry_run``; a line that says so.  Raises AgentError."""
    try:
        if not dry_run:
            atomic_files.write(file, text.encode(), mode)
    except OSError as error:
        raise AgentError(f"cannot write {file}: {error.strerror}") from error
    return f"{'Would write' if dry_run else 'Wrote'} {escape(str(file))}"


def take_out(file: Path, dry_run: bool) -> str:
    """Remove a file in the same way.  Raises AgentError."""
    try:
        if not dry_run:
            file.unlink()
    except OSError as error:
        raise AgentError(f"cannot remove {file}: {error.strerror}") from error
    return f"{'Would remove' if dry_run else 'Removed'} {escape(str(file))}"
