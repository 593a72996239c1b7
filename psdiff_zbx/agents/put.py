"""Files put in their places and taken out again, whole or not at all; what fails says which."""

from __future__ import annotations

from pathlib import Path

from .. import atomic
from .configuration import AgentError


def put(file: Path, text: str, mode: int = 0o644) -> None:
    """Write a file.  Raises AgentError."""
    try:
        atomic.write(file, text.encode(), mode)
    except OSError as error:
        raise AgentError(f"cannot write {file}: {error.strerror}") from error


def take_out(file: Path) -> None:
    """Remove a file.  Raises AgentError."""
    try:
        file.unlink()
    except OSError as error:
        raise AgentError(f"cannot remove {file}: {error.strerror}") from error
