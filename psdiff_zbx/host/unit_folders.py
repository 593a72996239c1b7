"""The folders of one service manager's unit files, by priority: systemd.unit(5).

In: the folders of its search path.  Out: what the files of a unit assign, its other names, and
which units links in ``*.wants`` and ``*.requires`` pull in.  The folders are listed at
once, files are read when they are asked for.
"""

from __future__ import annotations

import os
from functools import cached_property
from itertools import chain
from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple

from .unit_file import Sections, instance_of, merge, parse, parts, read

_PULLS = (".wants", ".requires", ".upholds")
_PULLED = (".service", ".socket")
_SHOWN = (*_PULLED, ".timer", "service.d", "socket.d", "timer.d", *_PULLS)

Stamp = Optional[Tuple[object, ...]]


class Folders:
    """The folders that have been seen, as they were then."""

    def __init__(self) -> None:
        self._stamps: Dict[str, Stamp] = {}

    def see(self, folder: str) -> Stamp:
        """What tells the folder from all others and from what it will be; None if unreadable."""
        if folder not in self._stamps:
            self._stamps[folder] = _stamp(folder)
        return self._stamps[folder]

    def list(self, folder: str) -> List[os.DirEntry[str]]:
        """What is in the folder: nothing if it cannot be read."""
        self.see(folder)
        return _entries(folder)

    def changed(self) -> bool:
        """Whether one of them is no longer what it was.

        An edit in place does not show before systemd reads it: ``systemctl daemon-reload`` makes
        ``/run/systemd/generator`` anew, systemd.generator(7).
        """
        return any(_stamp(folder) != stamp for folder, stamp in self._stamps.items())


def _stamp(folder: str) -> Stamp:
    """Each login writes a ``transient/session-3.scope``, so of that folder the services count."""
    try:
        if folder.endswith("/transient"):
            shown = (entry for entry in _entries(folder) if entry.name.endswith(_SHOWN))
            return tuple(sorted((entry.name, entry.inode()) for entry in shown))
        status = os.stat(folder)
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns)


def _entries(folder: str) -> List[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _link(entry: os.DirEntry[str]) -> str:
    """What a link points to; empty for what is no link."""
    try:
        return os.readlink(entry.path) if entry.is_symlink() else ""
    except OSError:
        return ""


def _last(path: str) -> str:
    return path.rpartition("/")[2]


class UnitFolders:
    """The units of one service manager, by the folders ``search_path`` below ``root``, of which
    the first has the highest priority."""

    def __init__(self, root: str, search_path: Sequence[str], folders: Folders) -> None:
        self._root = root
        self._folders = folders
        self._paths: Dict[str, List[str]] = {}
        self._aliases: Dict[str, List[str]] = {}
        self._dropins: Dict[str, Dict[str, Sections]] = {}
        distinct: Dict[Stamp, str] = {}  # /lib/systemd/system is often /usr/lib/systemd/system
        for path in search_path:
            distinct.setdefault(folders.see(f"{root}{path}"), f"{root}{path}")
        for entry in chain.from_iterable(map(folders.list, distinct.values())):
            if entry.name.endswith(_SHOWN):
                self._add(entry)

    def _add(self, entry: os.DirEntry[str]) -> None:
        """A link from the root stays below ``root``; only /dev/null is the same for all."""
        target, name = _link(entry), entry.name
        real = _last(target) or name
        if real != name and name not in self._paths:
            self._aliases.setdefault(real, []).append(name)
        inside = target.startswith("/") and target != os.devnull
        self._paths.setdefault(name, []).append(f"{self._root}{target}" if inside else entry.path)

    @property
    def is_empty(self) -> bool:
        """Whether there are no units at all."""
        return not self._paths

    def units(self, suffix: str) -> List[str]:
        """The units of one type, such as ``.timer``, that have a file."""
        return [name for name in self._paths if name.endswith(suffix)]

    @cached_property
    def pulled_in(self) -> FrozenSet[str]:
        """The names of the services and sockets that others pull in, and those that the links
        point to."""
        names: Set[str] = set()
        for folder, paths in self._paths.items():
            if folder.endswith(_PULLS):
                names.update(self._pulled_in_by(paths))
        return frozenset(names)

    def _pulled_in_by(self, folders: Sequence[str]) -> Iterator[str]:
        """``getty@tty1.service -> /lib/systemd/system/getty@.service``: of a template, the link's
        instance."""
        links: Dict[str, str] = {}
        for entry in chain.from_iterable(map(self._folders.list, folders)):
            if entry.name.endswith(_PULLED):
                links.setdefault(entry.name, _link(entry))
        for name, target in links.items():
            if target != os.devnull:
                yield name
                yield instance_of(_last(target), name)

    def names(self, unit: str) -> List[str]:
        """All names of a unit, its own first: its template, and the aliases of both."""
        found: Dict[str, None] = {}
        waiting = [unit]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting += self._names_after(name)
        return list(found)

    def _names_after(self, name: str) -> List[str]:
        aliases = self._aliases
        template = parts(name).template
        of_template = [instance_of(alias, name) for alias in aliases.get(template, ())]
        return [*of_template, *aliases.get(name, ()), template]

    def load(self, unit: str) -> Optional[Sections]:
        """What the files of a unit assign.  None if it has none, or is masked."""
        text = self._text(unit)
        if not text:
            return None
        sections = parse(text)
        chosen: Dict[str, Sections] = {}
        for folder in self._dropin_folders(unit):
            chosen.update(self._read_dropins(folder))
        for _, dropin in sorted(chosen.items()):
            merge(sections, dropin)
        return sections

    def _text(self, unit: str) -> Optional[str]:
        paths = (*self._paths.get(unit, ()), *self._paths.get(parts(unit).template, ()))
        texts = map(read, paths)
        return next((text for text in texts if text is not None), None)

    def _dropin_folders(self, unit: str) -> List[str]:
        """The folders of a unit's drop-ins, the one with the highest precedence last:
        ``service.d``, ``foo-.service.d``, ``foo-bar.service.d``."""
        found = [f"{parts(unit).suffix}.d"]
        for name in reversed(self.names(unit)):
            cut, end = name.find("-") + 1, len(parts(name).prefix)
            while 0 < cut < end:
                found.append(f"{name[:cut]}{name[end:]}.d")
                cut = name.find("-", cut) + 1
            found.append(f"{name}.d")
        return [folder for folder in found if folder in self._paths]

    def _read_dropins(self, folder: str) -> Dict[str, Sections]:
        """What each drop-in assigns, by its name: equally named ones override each other."""
        if folder not in self._dropins:
            entries = chain.from_iterable(map(self._folders.list, self._paths[folder]))
            paths: Dict[str, str] = {}
            for entry in entries:
                if entry.name.endswith(".conf"):
                    paths.setdefault(entry.name, entry.path)
            self._dropins[folder] = {name: parse(read(path) or "") for name, path in paths.items()}
        return self._dropins[folder]
