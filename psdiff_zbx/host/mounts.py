"""What is mounted where, as this process sees it."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence


class Mount(NamedTuple):
    """One mount: the folder of the file system that is mounted, and where; the kind of the
    file system, and its own options."""

    root: str
    point: str
    kind: str
    options: Sequence[str]


def mounts(proc: str = "/proc") -> List[Mount]:
    """All mounts, in the order in which they were made."""
    with open(f"{proc}/self/mountinfo", errors="surrogateescape") as rows:
        return [_mount(row) for row in rows]


def _mount(row: str) -> Mount:
    """``63 45 0:39 / /proc rw,relatime - proc proc rw,gid=7,hidepid=invisible``"""
    mount, _, filesystem = row.rstrip("\n").partition(" - ")
    _, _, _, root, point, *_ = mount.split(" ")
    kind, _, options = filesystem.split(" ", 2)
    return Mount(root, point, kind, options.split(","))
