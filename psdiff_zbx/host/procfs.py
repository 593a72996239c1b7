"""Linux's /proc to processes, in one pass."""

from __future__ import annotations

import contextlib
import os
import pwd
import time
from functools import lru_cache
from typing import Iterator, List, Mapping, NamedTuple, Optional, Tuple

from ..core.cache import Cache
from ..core.model import Process, SnapshotError
from ..core.redact import Redact
from ..core.rules.cgroup import parse_cgroup
from . import boot_clock, proc_stat
from .cgroupfs import read_cgroups
from .mounts import REMEDY, mounts, refuse_hidden
from .proc_stat import Stat
from .user_namespace import OVERFLOW, refuse_unmapped


def user_name(uid: int) -> str:
    """A user's full name, or the uid where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CHUNK = 4096
_PAUSES = (0.0, 0.001, 0.004, 0.02, 0.05)  # seconds


def read_proc(
    root: str = "/proc", known: Optional[Cache] = None, redact: Redact = tuple
) -> List[Process]:
    """All processes of this pid namespace, in whatever order.  While they are read they may
    end, change their titles and lose their parents.

    The cgroup is left out where only the process itself can tell it.  ``known`` remembers
    them from one read to the next: one that has not changed since is the very same record.
    ``redact`` is asked once about each command line, of which most hosts have many twins.
    Raises SnapshotError if other users' processes cannot be seen.
    """
    try:
        found = mounts(root)
        refuse_hidden(root, found)
        # Cgroups go first, so that processes of a container that ends meanwhile are still known.
        processes = _read_all(root, read_cgroups(found), known, redact)
    except PermissionError as error:
        raise SnapshotError(f"no permission to read {_place(root, error)}: {REMEDY}") from None
    except OSError as error:
        raise SnapshotError(f"cannot read {_place(root, error)}: {error.strerror}") from None
    if not any(process.pid == 1 for process in processes):
        raise SnapshotError(f"{root} does not show pid 1, so it hides processes: {REMEDY}")
    return processes


def _read_all(
    root: str, cgroups: Mapping[str, str], known: Optional[Cache], redact: Redact
) -> List[Process]:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return list(_Reader(folder, cgroups, known, redact).all())
    finally:
        os.close(folder)


def _place(root: str, error: OSError) -> str:
    return os.path.join(root, str(error.filename or ""))


def read_cgroup(process: Process, root: str = "/proc") -> Optional[str]:
    """The path of a process' cgroup, or None if the process has gone."""
    try:
        return parse_cgroup(proc_stat.decode(_slurp(f"{root}/{process.pid}/cgroup")))
    except (FileNotFoundError, ProcessLookupError):
        return None


class _Seen(NamedTuple):
    """A process, and what its files held when it was read."""

    stat: bytes
    cmdline: bytes
    uid: int
    cgroup: Optional[str]
    is_bare: bool
    process: Process


class _Reader:
    """One read of all processes below an open ``/proc``."""

    def __init__(
        self,
        folder: int,
        cgroups: Mapping[str, str],
        known: Optional[Cache],
        redact: Redact,
    ) -> None:
        self.folder, self.cgroups, self.known = folder, cgroups, known
        self.boot = boot_clock.boot_time()
        self.arguments = lru_cache(None)(lambda cmdline: redact(proc_stat.arguments(cmdline)))
        self.decode = lru_cache(None)(proc_stat.decode)
        self.user = lru_cache(None)(self._user_name)
        if known:
            known.turn()

    def _user_name(self, uid: int) -> str:
        if uid == OVERFLOW:
            with contextlib.suppress(FileNotFoundError):  # of a kernel without user namespaces
                refuse_unmapped(proc_stat.decode(_slurp("self/uid_map", self.folder)))
        return user_name(uid)

    def all(self) -> Iterator[Process]:
        for pid in os.listdir(self.folder):
            if pid.isdigit():
                try:
                    process = self._read(pid)
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it has ended
                yield process

    def _read(self, pid: str) -> Process:
        data = _slurp(f"{pid}/stat", self.folder)
        before: Optional[_Seen] = self.known.get(pid) if self.known else None
        if before and before.stat == data and self._is_same(pid, before):
            return before.process
        stat = proc_stat.parse_stat(data)
        cmdline, uid, cgroup = self._rest(pid, stat.is_bare)
        if not (cmdline or stat.is_bare):
            data, cmdline = self._wait(pid)
            stat = proc_stat.parse_stat(data)
        process = self._process(stat, cmdline, uid, cgroup)
        if self.known:
            self.known.put(pid, _Seen(data, cmdline, uid, cgroup, stat.is_bare, process))
        return process

    def _is_same(self, pid: str, before: _Seen) -> bool:
        same_user = before.process.user == self.user(before.uid)
        return same_user and before[1:4] == self._rest(pid, before.is_bare)

    def _rest(self, pid: str, is_bare: bool) -> Tuple[bytes, int, Optional[str]]:
        """The command line, the effective user (proc(5), /proc/pid) and the cgroup."""
        cmdline = b"" if is_bare else _slurp(f"{pid}/cmdline", self.folder)
        return cmdline, os.stat(pid, dir_fd=self.folder).st_uid, self.cgroups.get(pid)

    def _wait(self, pid: str) -> Tuple[bytes, bytes]:
        """It has no arguments; or it is ending, and the kernel has already let go of them; or
        a program is just being started in it, and they are not yet there."""
        data = cmdline = b""
        for pause in _PAUSES:
            time.sleep(pause)
            data, cmdline = (_slurp(f"{pid}/{name}", self.folder) for name in ("stat", "cmdline"))
            if cmdline or proc_stat.parse_stat(data).is_bare:
                break
        return data, cmdline

    def _process(self, stat: Stat, cmdline: bytes, uid: int, cgroup: Optional[str]) -> Process:
        return Process(
            stat.pid,
            stat.ppid,
            uid,
            self.user(uid),
            self.decode(stat.name),
            self.arguments(cmdline),
            "X" if stat.is_ending and not cmdline else self.decode(stat.state),
            stat.is_kthread,
            self.boot + stat.started / _TICKS,
            stat.cpu / _TICKS,
            stat.rss * _PAGE,
            stat.threads,
            cgroup,
            stat.forked,
            stat.tty,
        )


def _slurp(path: str, folder: Optional[int] = None) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        data = chunk = os.read(descriptor, _CHUNK)
        while len(chunk) == _CHUNK:
            chunk = os.read(descriptor, _CHUNK)
            data += chunk
        return data
    finally:
        os.close(descriptor)
