"""Whether files are root's alone, with every folder and link on the way to them.

In: paths.  Out: what is wrong with the first of them that somebody else could change.
"""

from __future__ import annotations

import os
import stat
from typing import Iterable, Iterator, List, Optional


def fault(paths: Iterable[str], owner: int = 0, within: str = "/") -> Optional[str]:
    """Who but ``owner`` could change one of the files, or one below the folders; what is not
    ``within`` that folder is not looked at."""
    seen = dict.fromkeys(_everything(paths))
    faults = (_fault(path, owner) for path in seen if path.startswith(within))
    return next((found for found in faults if found), None)


def _everything(paths: Iterable[str]) -> Iterator[str]:
    """The ways to some files and folders, and to all that is below these."""
    todo, folders = list(paths), set()
    while todo:
        way = list(_way(todo.pop()))
        yield from way
        if os.path.isdir(way[-1]) and way[-1] not in folders:
            folders.add(way[-1])
            todo += [os.path.join(way[-1], name) for name in os.listdir(way[-1])]


def _way(path: str) -> Iterator[str]:
    """Every folder and link on the way to ``path``, and what it is in the end.

    >>> list(_way("/proc/./net/../stat"))[:3]
    ['/', '/proc', '/proc/net']
    """
    current, parts = "/", _parts(path)
    yield current
    while parts:
        folder, current = current, os.path.normpath(os.path.join(current, parts.pop()))
        yield current
        if os.path.islink(current):
            target = os.readlink(current)
            parts += _parts(target)
            current = "/" if target.startswith("/") else folder


def _parts(path: str) -> List[str]:
    """The last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _fault(path: str, owner: int) -> Optional[str]:
    try:
        found = os.lstat(path)
    except FileNotFoundError:  # whoever could put it there could change its folder
        return None
    if found.st_uid != owner:
        return f"{path} belongs to uid {found.st_uid}"
    if not stat.S_ISLNK(found.st_mode) and found.st_mode & 0o022:
        return f"{path} can be written by others"
    return None
