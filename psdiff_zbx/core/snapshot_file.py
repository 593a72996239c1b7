"""Processes to and from a recorded snapshot: JSON lines, one object per process."""

from __future__ import annotations

import json
from typing import Any, Iterable, List, Mapping, Tuple

from .model import KINDS, Process, SnapshotError, Unit

_NUMBER = (int, float)
_BEYOND = 1e15  # seconds: more than any time; NaN and infinity are not below it either
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


def dump_snapshot(processes: Iterable[Process]) -> str:
    """A snapshot's text.  Undecodable bytes are written ``\\udcNN``."""
    return "".join(f"{json.dumps(_object(process))}\n" for process in processes)


def _object(process: Process) -> Mapping[str, Any]:
    fields = process._asdict()
    if process.unit is not None:
        fields["unit"] = process.unit._asdict()
    return {name: value for name, value in fields.items() if value is not None}


def parse_snapshot(text: str, path: str) -> List[Process]:
    """The processes of a recorded snapshot.

    Raises SnapshotError with the path, the line and what is wrong.
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
    wrong = _wrong(found) if isinstance(found, dict) else "not an object"
    if wrong:
        raise SnapshotError(f"{where}: {wrong}")
    values = {name: found[name] for name in _TYPES}
    values["cmdline"] = tuple(found["cmdline"])
    unit = found.get("unit")
    return Process(
        **values,
        cgroup=found.get("cgroup"),
        forked=found.get("forked", False),
        tty=found.get("tty", 0),
        unit=Unit(unit["name"], unit["kind"]) if unit else None,
    )


def _wrong(found: Mapping[str, Any]) -> str:
    """What is wrong with an object; empty if nothing is."""
    for name, types in _TYPES.items():
        value = found.get(name)
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            return f"{name!r} is missing or of a wrong type"
    if not all(isinstance(argument, str) for argument in found["cmdline"]):
        return "'cmdline' must be a list of strings"
    if not all(abs(found[name]) < _BEYOND for name in ("started", "cpu")):
        return "'started' and 'cpu' must be finite"
    if found["pid"] < 1 or not isinstance(found.get("cgroup"), (str, type(None))):
        return "'pid' or 'cgroup' has a wrong value"
    return _wrong_facts(found) if found["user"] else "'user' is empty"


def _wrong_facts(found: Mapping[str, Any]) -> str:
    """The same for what older recordings have not."""
    if not isinstance(found.get("forked", False), bool) or type(found.get("tty", 0)) is not int:
        return "'forked' or 'tty' has a wrong value"
    unit = found.get("unit")
    if unit is None:
        return ""
    if not isinstance(unit, dict) or not isinstance(unit.get("name"), str):
        return "'unit' has no name"
    return "" if unit.get("kind") in KINDS else f"'unit' has no kind of {', '.join(sorted(KINDS))}"
