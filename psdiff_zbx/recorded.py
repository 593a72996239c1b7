"""Processes to and from a recorded snapshot: JSON lines, one object per process."""

from __future__ import annotations

import json
import math
from typing import Any, Iterable, List, Mapping, Tuple

from .model import Process, SnapshotError

_NUMBER = (int, float)
_TYPES: Mapping[str, Tuple[type, ...]] = {
    "pid": (int,),
    "ppid": (int,),
    "uid": (int,),
    "user": (str,),
    "name": (str,),
    "cmdline": (list,),
    "state": (str,),
    "kthread": (bool,),
    "started": _NUMBER,
    "cpu": _NUMBER,
    "rss": (int,),
    "threads": (int,),
}


def dump(processes: Iterable[Process]) -> str:
    """A snapshot's text.  Undecodable bytes are written ``\\udcNN``."""
    return "".join(f"{json.dumps(_object(process))}\n" for process in processes)


def _object(process: Process) -> Mapping[str, Any]:
    fields = process._asdict()
    if process.cgroup is None:
        del fields["cgroup"]
    return fields


def parse(text: str, path: str) -> List[Process]:
    """The processes of a recorded snapshot.

    Raises SnapshotError: path, line, what is wrong.
    """
    processes: List[Process] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            processes.append(_process(line, f"{path}: line {number}"))
    if not processes:
        raise SnapshotError(f"{path}: holds no process; record one with 'psdiff-zbx snapshot'")
    pids = [process.pid for process in processes]
    if len(set(pids)) < len(pids):
        twice = next(pid for pid in pids if pids.count(pid) > 1)
        raise SnapshotError(f"{path}: pid {twice} is there twice; it is not one snapshot")
    return processes


def _process(line: str, where: str) -> Process:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise SnapshotError(f"{where}: no JSON, or cut off; record the snapshot again") from None
    if not isinstance(found, dict):
        raise SnapshotError(f"{where}: not an object")
    for name, types in _TYPES.items():
        if not isinstance(found.get(name), types) or (
            bool not in types and isinstance(found[name], bool)
        ):
            raise SnapshotError(f"{where}: {name!r} is missing or of a wrong type")
    if not (math.isfinite(found["started"]) and math.isfinite(found["cpu"])):
        raise SnapshotError(f"{where}: 'started' and 'cpu' must be finite")
    if not all(isinstance(argument, str) for argument in found["cmdline"]):
        raise SnapshotError(f"{where}: 'cmdline' must be a list of strings")
    if found["pid"] < 1 or not isinstance(found.get("cgroup"), (str, type(None))):
        raise SnapshotError(f"{where}: 'pid' or 'cgroup' has a wrong value")
    values = {name: found[name] for name in _TYPES}
    values["cmdline"] = tuple(found["cmdline"])
    return Process(**values, cgroup=found.get("cgroup"))
