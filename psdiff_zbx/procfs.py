"""Linux's /proc to processes, in one pass."""

from __future__ import annotations

import os
import time
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .cgroup import parse
from .model import Process, SnapshotError
from .users import user_name
from .visible import REMEDY, refuse_hidden

# linux/sched.h: "Getting shut down", "I am a kernel thread"
PF_EXITING = 0x00000004
PF_KTHREAD = 0x00200000
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CHUNK = 16384
_PAUSES = (0.0, 0.001, 0.004, 0.02, 0.05)  # seconds


def read_proc(cgroups: bool = False, root: str = "/proc") -> List[Process]:
    """All processes of this pid namespace, in whatever order.  While they are read they may
    end, change their titles and lose their parents.

    Raises SnapshotError if other users' processes cannot be seen.
    """
    try:
        refuse_hidden(root)
        processes = list(_processes(root, cgroups))
    except PermissionError as error:
        raise SnapshotError(f"no permission to read {error.filename}: {REMEDY}") from None
    except OSError as error:
        raise SnapshotError(f"cannot read {error.filename or root}: {error.strerror}") from None
    if not any(process.pid == 1 for process in processes):
        raise SnapshotError(f"{root} does not show pid 1, so it hides processes: {REMEDY}")
    return processes


def read_cgroup(process: Process, root: str = "/proc") -> Optional[str]:
    """The path of a process' cgroup, or None if the process has gone."""
    try:
        return parse(_decode(_slurp(f"{root}/{process.pid}/cgroup")))
    except (FileNotFoundError, ProcessLookupError):
        return None


def _processes(root: str, cgroups: bool) -> Iterator[Process]:
    boot = _boot_time(root)
    users: Dict[int, str] = {}
    for pid in os.listdir(root):
        read = _read(f"{root}/{pid}", cgroups) if pid.isdigit() else None
        if read is not None:
            yield _process(read, _user(read.uid, users), boot)


def _read(folder: str, cgroups: bool) -> Optional[_Read]:
    """The files of one process, or None if it has gone meanwhile."""
    try:
        stat, cmdline = _slurp(f"{folder}/stat"), _slurp(f"{folder}/cmdline")
        for pause in _PAUSES:
            if cmdline or _is_without(stat):
                break
            # It has no arguments; or it is ending, and the kernel has already let go of them;
            # or a program is just being started in it, and they are not yet there.
            time.sleep(pause)
            stat, cmdline = _slurp(f"{folder}/stat"), _slurp(f"{folder}/cmdline")
        cgroup = _slurp(f"{folder}/cgroup") if cgroups else None
        uid = os.stat(folder).st_uid  # the effective user: proc(5), /proc/pid
    except (FileNotFoundError, ProcessLookupError):
        return None
    return _Read(stat, cmdline, cgroup, uid)


def _is_without(stat: bytes) -> bool:
    """Whether it is a kernel thread, or has ended, and so cannot have arguments."""
    state, *_, flags = stat.rpartition(b") ")[2].split(None, 7)[:7]
    return state in b"ZXx" or bool(int(flags) & (PF_EXITING | PF_KTHREAD))


class _Read(NamedTuple):
    """What the files of one process held, at almost the same time."""

    stat: bytes
    cmdline: bytes
    cgroup: Optional[bytes]
    uid: int


def _process(read: _Read, user: str, boot: float) -> Process:
    # "812 (a) b) S 1 …": the name may hold blanks and parentheses, so up to the last one.
    pid, _, rest = read.stat.partition(b" (")
    name, _, rest = rest.rpartition(b") ")
    fields = rest.split()
    flags = int(fields[6])
    ending = flags & PF_EXITING and not read.cmdline
    return Process(
        pid=int(pid),
        ppid=int(fields[1]),
        uid=read.uid,
        user=user,
        name=_decode(name),
        cmdline=_arguments(read.cmdline),
        state="X" if ending and fields[0] != b"Z" else _decode(fields[0]),
        kthread=bool(flags & PF_KTHREAD),
        started=boot + int(fields[19]) / _TICKS,
        cpu=(int(fields[11]) + int(fields[12])) / _TICKS,
        rss=int(fields[21]) * _PAGE,
        threads=int(fields[17]),
        cgroup=None if read.cgroup is None else parse(_decode(read.cgroup)),
    )


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


def _slurp(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = chunk = os.read(descriptor, _CHUNK)
        while len(chunk) == _CHUNK:
            chunk = os.read(descriptor, _CHUNK)
            data += chunk
        return data
    finally:
        os.close(descriptor)


def _user(uid: int, users: Dict[int, str]) -> str:
    if uid not in users:
        users[uid] = user_name(uid)
    return users[uid]


def _boot_time(root: str) -> float:
    """Unix time of the boot; the kernel counts a process' start from it."""
    try:
        for row in _slurp(f"{root}/stat").splitlines():
            if row.startswith(b"btime "):
                return float(row.split()[1])
    except OSError:
        pass  # mounted with subset=pid
    return float(round(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)))
