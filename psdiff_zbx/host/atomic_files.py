"""Files of which there is always the old one or the new one, whatever interrupts the writing."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """A folder that the agent's user can look into, whatever root's umask is."""
    if not folder.exists():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def beside(target: Path, suffix: str) -> Path:
    """A hidden file of ours in the same folder, which no Include of ``*.conf`` takes in."""
    return target.with_name(f".{target.name}.{suffix}")


def write_file(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Write, fsync, rename, fsync the folder.  The temporary file's name is always the same,
    so one that a killed process left is used up by the next.  Raises OSError."""
    temporary = beside(target, "new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync(target.parent)


def remove_file(target: Path) -> None:
    """Remove a file for good, whatever happens to the host then.  Raises OSError."""
    target.unlink()
    _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
