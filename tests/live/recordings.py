"""Snapshots made up by code, for ``--snapshot``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

MISSING = "- /opt/a -x  {user=root}"
EXTRA = "+ /opt/c  {user=root}"


def recording(path: Path, daemons: Iterable[str], user: str = "root") -> Path:
    """A snapshot with an init, and a process of each of these command lines below it."""
    rows = [_row(1, 0, "/sbin/init", "root")]
    rows += [_row(pid, 1, daemon, user) for pid, daemon in enumerate(daemons, 100)]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def _row(pid: int, ppid: int, cmdline: str, user: str) -> str:
    found = {
        "pid": pid,
        "ppid": ppid,
        "uid": 0,
        "user": user,
        "name": "standin",
        "cmdline": cmdline.split(" "),
        "state": "S",
        "kthread": False,
        "started": 1763800000.12,
        "cpu": 0.25,
        "rss": 4096,
        "threads": 2,
    }
    return json.dumps(found)
