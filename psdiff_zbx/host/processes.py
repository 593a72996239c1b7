"""Processes: live from /proc on Linux, from psutil elsewhere, or as they were recorded."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional

from ..core.cache import Cache
from ..core.model import Process, SnapshotError
from ..core.redact import Redact
from .regular_files import read_regular
from .user_names import user_name

_COMM_LENGTH = 15
# psutil's names for the letters of proc(5).
_STATES = {
    "running": "R",
    "sleeping": "S",
    "disk-sleep": "D",
    "stopped": "T",
    "tracing-stop": "t",
    "zombie": "Z",
    "dead": "X",
    "idle": "I",
    "parked": "P",
}
_IDENTITY = ["pid", "ppid", "uids", "name", "cmdline"]
_CONDITION = ["status", "create_time", "cpu_times", "memory_info", "num_threads"]


def read_processes(
    redact: Redact, known: Optional[Cache] = None, users: Optional[Mapping[str, str]] = None
) -> List[Process]:
    """All processes of this host, or of this container's pid namespace, with their arguments as
    ``redact`` shows them.  ``known`` remembers them from one read to the next; ``users`` are names
    by uid, for where the user directory does not answer in time.

    Raises SnapshotError if other users' processes cannot be seen.
    """
    if sys.platform.startswith("linux"):
        from .procfs import read_proc

        return read_proc(known=known, redact=redact, users=users)
    return redacted(read_psutil(), redact)


def redacted(processes: Iterable[Process], redact: Redact) -> List[Process]:
    """The same processes, with their arguments as ``redact`` shows them."""
    return [process._replace(cmdline=redact(process.cmdline)) for process in processes]


def cgroup_of(process: Process) -> Optional[str]:
    """The path of a living process' cgroup: None if it has gone, nothing where there are none."""
    if process.cgroup is not None:
        return process.cgroup
    if sys.platform.startswith("linux"):
        from .procfs import read_cgroup

        return read_cgroup(process)
    return ""


def read_recorded(path: str) -> List[Process]:
    """The processes that ``snapshot`` recorded in a file, or ``-`` for standard input.

    Raises SnapshotError.
    """
    from ..core.snapshot_file import parse_snapshot

    name = "standard input" if path == "-" else path
    try:
        data = sys.stdin.buffer.read() if path == "-" else read_regular(path)[0]
        return parse_snapshot(data.decode(), name)
    except OSError as error:
        raise SnapshotError(f"cannot read {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SnapshotError(f"{name}: not UTF-8 text (byte {error.start})") from error


def read_psutil() -> List[Process]:
    """The same through psutil: the reader where there is no Linux, the reference where there is.

    Raises SnapshotError if other users' processes cannot be seen.
    """
    import psutil

    return list(
        _convert(process.info for process in psutil.process_iter([*_IDENTITY, *_CONDITION]))
    )


def _convert(found: Iterator[Dict[str, Any]]) -> Iterator[Process]:
    for info in found:
        zombie = info["status"] == "zombie"
        if info["pid"] == 0:  # the kernel itself, on BSD and macOS
            continue
        if info["cmdline"] is None and not zombie:
            raise SnapshotError(f"cannot read process {info['pid']}: run as root to see all")
        yield _process(info, tuple(info["cmdline"] or ()))


def _process(info: Dict[str, Any], cmdline: tuple[str, ...]) -> Process:
    cpu, memory = info["cpu_times"], info["memory_info"]
    return Process(
        pid=info["pid"],
        ppid=info["ppid"],
        uid=info["uids"].effective,
        user=user_name(info["uids"].effective),  # psutil's own is that of the real one
        name=_comm(info["name"]) if cmdline else info["name"],
        cmdline=cmdline,
        state=_STATES.get(info["status"], "S"),
        kthread=not cmdline and info["pid"] != 1 and info["ppid"] in (0, 2),
        started=info["create_time"],
        cpu=cpu.user + cpu.system if cpu else 0.0,
        rss=memory.rss if memory else 0,
        threads=info["num_threads"] or 0,
    )


def _comm(name: str) -> str:
    """psutil completes a name that the kernel cut, from the command line."""
    return os.fsdecode(os.fsencode(name)[:_COMM_LENGTH])
