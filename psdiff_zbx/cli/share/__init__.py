"""The manual page and the completion scripts: data, written by `make generate`."""

from __future__ import annotations

from pathlib import Path
from pkgutil import get_data

_FOLDER = Path(__file__).parent


def manual_page() -> Path:
    """The manual page, as troff."""
    return _FOLDER / "psdiff-zbx.1"


def completion(shell: str) -> Path:
    """The completion script for ``bash``, ``zsh`` or ``fish``."""
    return _FOLDER / f"psdiff-zbx.{shell}"


def shared_text(path: Path) -> str:
    """The text of one of them, also where all modules are in one zip file."""
    return (get_data(__name__, path.name) or b"").decode()
