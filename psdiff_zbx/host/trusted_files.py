"""The administrator's files: read only if no other user can have written them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..core.model import ConfigError
from .regular_files import read_regular

_MOST_LINKS = 40  # as the kernel has it: path_resolution(7)


def read_safely(path: Path) -> str:
    """The text of a file, if only root and the current user can write it and its folder.

    Raises ConfigError otherwise.
    """
    try:
        return read_trusted(path)[0].decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error


def read_trusted(path: Path) -> Tuple[bytes, os.stat_result]:
    """The same as bytes, and whose they are and since when."""
    real = Path(os.path.realpath(path))
    try:
        data, status = read_regular(real)
        _refuse_foreign(path, status)
        for folder in {path.parent, real.parent}:  # of a link and of its target
            _refuse_foreign(folder, os.stat(folder))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    return data, status


def _refuse_foreign(path: Path, found: os.stat_result) -> None:
    flaw = _flaw(str(path), found, (0, os.geteuid()))
    if flaw:
        raise ConfigError(f"{flaw.text}; {flaw.remedy}")


def refuse_changeable(path: Path) -> None:
    """Raise ConfigError if another user could change what is in a file or folder, as far as that
    exists.  Root asks that of the whole way to it: who owns a folder on it chooses the file."""
    real = Path(os.path.realpath(path))
    way = _way(str(path.absolute())) if os.geteuid() == 0 else map(str, (real.parent, real))
    for each in way:
        found = _status(each)
        if found and not _is_sticky(found):
            _refuse_foreign(Path(each), found)


def _is_sticky(found: os.stat_result) -> bool:
    """A folder like /tmp: others may add to it, but not take away what is root's or ours."""
    own = found.st_uid in (0, os.geteuid())
    return own and stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX != 0


class Flaw(NamedTuple):
    """Why another user could change a file, and what to do about it."""

    text: str
    remedy: str


def _flaw(path: str, found: os.stat_result, owners: Sequence[int]) -> Optional[Flaw]:
    if found.st_uid in owners and (stat.S_ISLNK(found.st_mode) or not found.st_mode & 0o022):
        return None
    from ..core.shell_words import shell_word  # not at the top: what is well needs no remedy

    if found.st_uid not in owners:
        text = f"{path} belongs to uid {found.st_uid}"
        return Flaw(text, f"it must belong to root: 'chown root {shell_word(path)}'")
    return Flaw(f"{path} can be written by others", f"'chmod go-w {shell_word(path)}'")


def fault(paths: Iterable[str], owner: int = 0, within: str = "/") -> Optional[str]:
    """How a user other than ``owner`` (a uid) could change one of the files, or one below the
    folders; None if no other user could.  Only paths that begin with ``within`` are checked."""
    seen = dict.fromkeys(_everything(paths))
    faults = (_fault(path, owner) for path in seen if path.startswith(within))
    return next((found for found in faults if found), None)


def _everything(paths: Iterable[str]) -> Iterator[str]:
    """All folders and links on the way to these files and folders, and everything below the
    folders."""
    todo, folders = list(paths), set()
    while todo:
        way = list(_way(todo.pop()))
        yield from way
        if os.path.isdir(way[-1]) and way[-1] not in folders:
            folders.add(way[-1])
            todo += [os.path.join(way[-1], name) for name in os.listdir(way[-1])]


def _way(path: str) -> Iterator[str]:
    """Every folder and link on the way to ``path``, and the file at its end.  Raises OSError for
    links that lead in a circle.

    >>> list(_way("/proc/./net/../stat"))[:3]
    ['/', '/proc', '/proc/net']
    """
    current, parts, links = "/", _parts(path), 0
    yield current
    while parts:
        folder, current = current, os.path.normpath(os.path.join(current, parts.pop()))
        yield current
        if os.path.islink(current):
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            target = os.readlink(current)
            parts += _parts(target)
            current = "/" if target.startswith("/") else folder


def _parts(path: str) -> List[str]:
    """The parts of a path, the last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _fault(path: str, owner: int) -> Optional[str]:
    found = _status(path)
    flaw = _flaw(path, found, (owner,)) if found else None
    return flaw.text if flaw else None


def _status(path: str) -> Optional[os.stat_result]:
    """None if it is not there: only a user who can change its folder could create it."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):  # also what is inside a zip file
        return None
