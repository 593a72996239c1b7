"""Linux's /proc to processes, in one pass."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from .cgroup import parse
from .cgroupfs import read_cgroups
from .model import Process, SnapshotError
from .recent import Recent
from .users import user_name
from .visible import REMEDY, refuse_hidden

Redact = Callable[[Tuple[str, ...]], Tuple[str, ...]]
"""Arguments to the same less their secrets."""

# linux/sched.h: "Getting shut down", "I am a kernel thread"
PF_EXITING = 0x00000004
PF_KTHREAD = 0x00200000
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CHUNK = 4096
_PAUSES = (0.0, 0.001, 0.004, 0.02, 0.05)  # seconds
_FLAGS, _LAST = 6, 21  # of the fields behind the name in /proc/PID/stat: flags, rss


def read_proc(
    root: str = "/proc", known: Optional[Recent] = None, redact: Redact = tuple
) -> List[Process]:
    """All processes of this pid namespace, in whatever order.  While they are read they may
    end, change their titles and lose their parents.

    The cgroup is left out where only the process itself can tell it.  ``known`` remembers
    them from one read to the next: one that has not changed since is the very same record.
    ``redact`` is asked once about each command line, of which most hosts have many twins.
    Raises SnapshotError if other users' processes cannot be seen.
    """
    try:
        refuse_hidden(root)
        processes = _read_all(root, known, redact)
    except PermissionError as error:
        raise SnapshotError(f"no permission to read {_place(root, error)}: {REMEDY}") from None
    except OSError as error:
        raise SnapshotError(f"cannot read {_place(root, error)}: {error.strerror}") from None
    if not any(process.pid == 1 for process in processes):
        raise SnapshotError(f"{root} does not show pid 1, so it hides processes: {REMEDY}")
    return processes


def _read_all(root: str, known: Optional[Recent], redact: Redact) -> List[Process]:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return list(_Reader(root, folder, known, redact).all())
    finally:
        os.close(folder)


def _place(root: str, error: OSError) -> str:
    return os.path.join(root, str(error.filename or ""))


def read_cgroup(process: Process, root: str = "/proc") -> Optional[str]:
    """The path of a process' cgroup, or None if the process has gone."""
    try:
        return parse(_decode(_slurp(f"{root}/{process.pid}/cgroup")))
    except (FileNotFoundError, ProcessLookupError):
        return None


class _Seen(NamedTuple):
    """A process, and what its files held when it was read."""

    stat: bytes
    cmdline: bytes
    uid: int
    cgroup: Optional[str]
    bare: bool
    process: Process


class _Reader:
    """One read of all processes below an open ``/proc``."""

    def __init__(self, root: str, folder: int, known: Optional[Recent], redact: Redact) -> None:
        self.folder, self.known, self.boot = folder, known, _boot_time(root)
        self.arguments = lru_cache(None)(lambda cmdline: redact(_arguments(cmdline)))
        self.decode = lru_cache(None)(_decode)
        self.user = lru_cache(None)(user_name)
        # First: who belongs to a container that ends meanwhile must be known to.
        self.cgroups = read_cgroups(root)
        if known:
            known.turn()

    def all(self) -> Iterator[Process]:
        for pid in os.listdir(self.folder):
            if pid.isdigit():
                try:
                    process = self._read(pid)
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it has ended
                yield process

    def _read(self, pid: str) -> Process:
        stat = _slurp(f"{pid}/stat", self.folder)
        before: Optional[_Seen] = self.known.get(pid) if self.known else None
        if before and before.stat == stat and before[1:4] == self._rest(pid, before.bare):
            return before.process
        fields = _fields(stat)
        bare = _is_bare(fields)
        cmdline, uid, cgroup = self._rest(pid, bare)
        if not (cmdline or bare):
            stat, cmdline = self._wait(pid)
            fields = _fields(stat)
        process = self._process(stat, fields, cmdline, uid, cgroup)
        if self.known:
            self.known.put(pid, _Seen(stat, cmdline, uid, cgroup, bare, process))
        return process

    def _rest(self, pid: str, bare: bool) -> Tuple[bytes, int, Optional[str]]:
        """The command line, the effective user (proc(5), /proc/pid) and the cgroup."""
        cmdline = b"" if bare else _slurp(f"{pid}/cmdline", self.folder)
        return cmdline, os.stat(pid, dir_fd=self.folder).st_uid, self.cgroups.get(pid)

    def _wait(self, pid: str) -> Tuple[bytes, bytes]:
        """It has no arguments; or it is ending, and the kernel has already let go of them; or
        a program is just being started in it, and they are not yet there."""
        stat = cmdline = b""
        for pause in _PAUSES:
            time.sleep(pause)
            stat, cmdline = (_slurp(f"{pid}/{name}", self.folder) for name in ("stat", "cmdline"))
            if cmdline or _is_bare(_fields(stat)):
                break
        return stat, cmdline

    def _process(
        self,
        stat: bytes,
        fields: List[bytes],
        cmdline: bytes,
        uid: int,
        cgroup: Optional[str],
    ) -> Process:
        flags = int(fields[_FLAGS])
        ending = flags & PF_EXITING and not cmdline
        # "812 (a) b) S 1 …": the name may hold blanks and parentheses.
        pid, _, name = stat[: stat.rindex(b")")].partition(b" (")
        return Process(
            int(pid),
            int(fields[1]),
            uid,
            self.user(uid),
            self.decode(name),
            self.arguments(cmdline),
            "X" if ending and fields[0] != b"Z" else self.decode(fields[0]),
            flags & PF_KTHREAD != 0,
            self.boot + int(fields[19]) / _TICKS,
            (int(fields[11]) + int(fields[12])) / _TICKS,
            int(fields[_LAST]) * _PAGE,
            int(fields[17]),
            cgroup,
        )


def _fields(stat: bytes) -> List[bytes]:
    """What stands behind the name, from the state on to the last one that we need."""
    return stat[stat.rindex(b")") + 2 :].split(None, _LAST + 1)


def _is_bare(fields: List[bytes]) -> bool:
    """Whether it is a kernel thread, or has ended, and so cannot have arguments."""
    return fields[0] in b"ZXx" or int(fields[_FLAGS]) & (PF_EXITING | PF_KTHREAD) != 0


def _arguments(cmdline: bytes) -> Tuple[str, ...]:
    """``b"/usr/sbin/cron\\0-f\\0"``; a title that was rewritten may be padded with more NULs
    (``b"postgres: checkpointer \\0\\0\\0"``)."""
    stripped = cmdline.rstrip(b"\0")
    if not stripped:
        return ()
    return tuple(_decode(stripped).split("\0"))


def _decode(text: bytes) -> str:
    """Always as UTF-8: the agent has no locale, and must see what root's shell saw."""
    return text.decode("utf-8", "surrogateescape")


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


def _boot_time(root: str) -> float:
    """Unix time of the boot; the kernel counts a process' start from it."""
    try:
        for row in _slurp(f"{root}/stat").splitlines():
            if row.startswith(b"btime "):
                return float(row.split()[1])
    except OSError:
        pass  # mounted with subset=pid
    return float(round(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)))
