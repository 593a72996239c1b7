"""What takes long to make is made once, and kept."""

from __future__ import annotations

import fcntl
import tempfile
from pathlib import Path
from typing import Callable

CACHE = Path("/var/cache/psdiff-zbx")


def kept(folder: Path, make: Callable[[Path], None]) -> Path:
    """That folder, which `make` fills on first use; what lies beside it then is only for a while.

    It comes whole or not at all.  Whoever wants it meanwhile waits, and does not make it again.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as room:
                made = Path(room, "made")
                made.mkdir()
                for each in (made.parent, made):
                    each.chmod(0o755)
                make(made)
                made.rename(folder)
    return folder
