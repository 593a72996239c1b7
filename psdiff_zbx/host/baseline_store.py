"""Baseline files: found, read, and written so that there is always the old one or the new one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

from ..core.model import BaselineError, ConfigError
from . import atomic_files, trusted_files
from .regular_files import read_regular

SYSTEM = Path("/var/lib/psdiff-zbx/baseline")
PSDIFF = Path("/var/lib/psdiff.db")
PATIENCE = 10.0
"""Seconds for which a change waits for those of others."""

_PAUSE = 0.02
_LAST = b"\n# end"  # the last line of a whole baseline


def to_read(explicit: Optional[Path]) -> Path:
    """The baseline to compare with: the one asked for, ours, or psdiff's own.

    Raises BaselineError if there is none.
    """
    for path in [explicit] if explicit else _usual_places():
        if _present(path):
            return path
    place = explicit or SYSTEM
    raise BaselineError(f"no baseline at {place}; {_recorded(place)}")


def _recorded(path: Path) -> str:
    """How to get a baseline where there is none.  What 'write' writes expects nothing that does
    not run just now, so it is the way only if there is nothing to restore."""
    return restored(path) or "record one with 'psdiff-zbx write', as root"


def restored(path: Path) -> str:
    """The remedy by which root brings back the baseline before the last change; empty if there is
    none that is whole.  What has changed since differs then, and is accepted one by one."""
    old = path.with_name(f"{path.name}.old")
    try:
        if not read_regular(old)[0].rstrip().endswith(_LAST):
            return ""
    except OSError:
        return ""
    from ..core.shell_words import shell_word

    copy = f"cp -p {shell_word(str(old))} {shell_word(str(path))}"
    return f"'{copy}' restores the one before the last change; then accept what has changed since"


def _usual_places() -> List[Path]:
    """Ours, and psdiff's.  A home that we may not see, such as root's after runuser, is not
    ours."""
    personal = _personal()
    return [SYSTEM, *([personal] if os.path.lexists(personal) else []), PSDIFF]


def to_write(explicit: Optional[Path]) -> Path:
    """Where ``write`` puts it: a user who cannot write the system's has one of their own."""
    if explicit:
        return explicit
    if _present(SYSTEM):
        return SYSTEM
    existing = next(folder for folder in SYSTEM.parents if folder.exists())
    return SYSTEM if os.access(existing, os.W_OK) else _personal()


def _present(path: Path) -> bool:
    """What we may not see counts as there: reading it will say why it cannot be read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _personal() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(os.path.expanduser(state)) / "psdiff-zbx" / "baseline"


def read_baseline(path: Path) -> Tuple[bytes, os.stat_result]:
    """The bytes of a baseline, and whose it is and since when.

    Raises BaselineError, also if others could have changed it.
    """
    try:
        data, status = read_regular(path)
    except FileNotFoundError:
        raise BaselineError(f"no baseline at {path}; {_recorded(path)}") from None
    except OSError as error:
        raise _failed("read", path, error) from error
    refuse_foreign(path)
    return data, status


def refuse_foreign(path: Path) -> None:
    """Raise BaselineError if users other than root and the current one could change a file."""
    try:
        trusted_files.refuse_changeable(path)
    except ConfigError as error:
        raise BaselineError(f"{path} is not trusted: {error}") from error
    except OSError as error:
        raise _failed("read", path, error) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes this baseline meanwhile.  Makes its folder where there is none.

    Raises BaselineError if somebody else is changing it and does not come to an end.
    """
    real = target(path)
    # Not the folder itself: whoever may read it could hold its lock for ever.
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    refuse_foreign(path)
    try:
        atomic_files.make_folder(real.parent)
        descriptor = os.open(atomic_files.beside(real, "lock"), flags, 0o600)
    except OSError as error:
        raise _failed("write", path, error) from error
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    """Wait for those who change it now.  Nobody holds the lock while a person is asked."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise BaselineError(
                    f"another psdiff-zbx is just changing {path}; try again"
                ) from None
        time.sleep(_PAUSE)


def replace_baseline(path: Path, data: bytes) -> None:
    """The new baseline in place of the old one, which stays beside it as ``NAME.old``.

    Whenever this is interrupted, ``path`` holds the old baseline or the new one.
    Raises BaselineError.
    """
    real = target(path)
    try:
        if real.exists():
            atomic_files.write_file(real.with_name(f"{real.name}.old"), real.read_bytes())
        atomic_files.write_file(real, data)
    except OSError as error:
        raise _failed("write", path, error) from error


def history_path(path: Path) -> Path:
    """Where the history of a baseline is: beside it."""
    real = target(path)
    return real.with_name(f"{real.name}.history")


def target(path: Path) -> Path:
    """The file itself, where a baseline is a link to it."""
    return Path(os.path.realpath(path))


def _failed(verb: str, path: Path, error: OSError) -> BaselineError:
    as_root = verb == "write" and isinstance(error, PermissionError) and os.geteuid() != 0
    hint = "; run it as root" if as_root else ""
    return BaselineError(f"cannot {verb} the baseline {path}: {error.strerror or error}{hint}")
