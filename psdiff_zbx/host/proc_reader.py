"""The files of all processes in /proc, as bytes, in one pass: proc(5).

In: an open ``/proc``.  Out: what each process' files held.  While they are read, processes may
end, change their titles and lose their parents.
"""

from __future__ import annotations

import os
import time
from typing import Iterator, List, Mapping, NamedTuple, Optional

from ..core.cache import Cache
from ..core.long_arguments import shorten
from . import proc_stat

_CHUNK = 4096
# An argument list of execve() may be longer, but nobody's daemon is: what stands behind this is
# not read, so that titles of a gigabyte cost nothing.
_MOST = 1 << 18
_PAUSES = (0.0, 0.001, 0.004, 0.02, 0.05)  # seconds
_READ = os.O_RDONLY | os.O_CLOEXEC
_FOLDER = _READ | os.O_DIRECTORY


class Raw(NamedTuple):
    """What the files of a process held; ``data`` is its stat.  It is ``is_bare`` if it has no
    arguments.  Of a long command line ``beyond`` stands for the rest."""

    pid: str
    data: bytes
    is_bare: bool
    cmdline: bytes
    beyond: str
    uid: int
    cgroup: Optional[str]


class Reader:
    """One read of all processes.  ``at`` is the pid whose command line is just being read, and its
    stat."""

    def __init__(self, root: str, cgroups: Mapping[str, str], known: Optional[Cache]) -> None:
        self.root, self.cgroups, self.known = root, cgroups, known
        self.at = ("", b"")

    def read(self) -> List[Raw]:
        """All of them, in whatever order."""
        folder = os.open(self.root, _FOLDER)
        try:
            return list(self._all(folder))
        finally:
            os.close(folder)

    def _all(self, folder: int) -> Iterator[Raw]:
        empty = []
        for pid in filter(str.isdigit, os.listdir(folder)):
            before = self._before(pid)
            raw = self._read(pid, folder, before)
            if raw is None:
                continue
            if raw is before or raw.cmdline or raw.is_bare:
                yield raw
            else:
                empty.append(raw)
        yield from self._wait(empty, folder)

    def _before(self, pid: str) -> Optional[Raw]:
        """What was read at the last look."""
        seen = self.known.get(pid) if self.known else None
        return seen.raw if seen else None

    def _read(self, pid: str, folder: int, before: Optional[Raw]) -> Optional[Raw]:
        """None if it has ended, and ``before`` itself if nothing has changed since."""
        try:
            data = slurp(f"{pid}/stat", folder)
            same = before if before and before.data == data else None
            is_bare = same.is_bare if same else proc_stat.is_bare(data)
            self.at = (pid, data)
            cmdline, beyond = shorten(b"" if is_bare else _arguments(pid, data, folder))
            # The effective user: proc(5), /proc/pid
            uid = os.stat(pid, dir_fd=folder).st_uid
        except (FileNotFoundError, ProcessLookupError):
            return None
        rest = (cmdline, beyond, uid, self.cgroups.get(pid))
        return same if same and same[3:] == rest else Raw(pid, data, is_bare, *rest)

    def _wait(self, empty: List[Raw], folder: int) -> Iterator[Raw]:
        """They have no arguments; or they are ending, and the kernel has already let go of them;
        or a program is just being started in them, and they are not yet there.  All of them are
        waited for at once."""
        for pause in _PAUSES:
            if not empty:
                return
            time.sleep(pause)
            again = (self._read(raw.pid, folder, None) for raw in empty)
            found = [raw for raw in again if raw is not None]
            yield from (raw for raw in found if raw.cmdline or raw.is_bare)
            empty = [raw for raw in found if not (raw.cmdline or raw.is_bare)]
        yield from empty


def _arguments(pid: str, data: bytes, folder: int) -> bytes:
    """The command line.  A main thread that has ended has let go of it, but other threads may
    still work, unless they are about to end, too."""
    found = slurp(f"{pid}/cmdline", folder)
    if found or not proc_stat.is_zombie(data):
        return found
    tasks = os.open(f"{pid}/task", _FOLDER, dir_fd=folder)
    try:
        other = next((tid for tid in os.listdir(tasks) if tid != pid), pid)
        killed = proc_stat.is_killed(slurp(f"{other}/status", tasks))
        return b"" if killed else slurp(f"{other}/cmdline", tasks)
    finally:
        os.close(tasks)


def slurp(path: str, folder: Optional[int] = None) -> bytes:
    """A whole file, or its first 256 KiB."""
    descriptor = os.open(path, _READ, dir_fd=folder)
    try:
        chunk = os.read(descriptor, _CHUNK)
        if len(chunk) < _CHUNK:
            return chunk
        chunks, size = [chunk], _CHUNK
        while chunk and size < _MOST:
            chunk = os.read(descriptor, _MOST - size)
            chunks.append(chunk)
            size += len(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)
