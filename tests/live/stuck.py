"""A process that nobody can read: it holds the lock of its address space, and waits.

It maps a file of a file system that never takes what is written to it, as one of a network that is
gone does.  `python -m tests.live.stuck serve FOLDER` is that file system (fuse(4), as in
linux/fuse.h), `python -m tests.live.stuck wait FOLDER/FILE` the process.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
import subprocess
import sys
from pathlib import Path

from tests.live.program import PACKAGE, poll

LOOKUP, FORGET, GETATTR, OPEN, READ, WRITE, RELEASE, FLUSH, INIT = 1, 2, 3, 14, 15, 16, 18, 25, 26
INTERRUPT, BATCH_FORGET = 36, 42
DIRECT, KEEP_CACHE = 1, 2
REQUEST = struct.Struct("<IIQQIIIHH")
SIZE, ROOT, FILE = 4096, 1, 2
NO_SUCH_CALL = -38


class Stuck:
    """The process and its file system, from `with` to the end of the block."""

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet.  `folder` is where the file system is mounted."""
        self.folder = folder

    def __enter__(self) -> Stuck:
        """It waits when this returns."""
        self._server = _start("serve", self.folder)
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"
        self.process = _start("wait", self.folder / "file")
        assert poll(lambda: _holds_its_lock(self.process.pid))
        return self

    @property
    def pid(self) -> int:
        return self.process.pid

    def free(self) -> None:
        """Its file system is gone, so that it has nothing more to wait for."""
        for each in (self._server, self.process):
            with each:
                each.kill()

    def __exit__(self, *_: object) -> None:
        """Nothing is left of it."""
        self.free()
        subprocess.run(["umount", self.folder], check=True)


def _start(what: str, place: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.live.stuck", what, str(place)]
    return subprocess.Popen(command, cwd=PACKAGE.parent, stdout=subprocess.PIPE)


def _holds_its_lock(pid: int) -> bool:
    return "fuse_file_mmap" in Path(f"/proc/{pid}/stack").read_text()


def serve(folder: str) -> None:
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"never", os.fsencode(folder), b"fuse", 0, options.encode()):
        raise OSError(ctypes.get_errno(), "cannot mount")
    print("ready", flush=True)
    opened = 0
    while True:
        _, call, number, node, *_ = REQUEST.unpack_from(os.read(device, 1 << 18))
        if call in (WRITE, FORGET, BATCH_FORGET, INTERRUPT):
            continue
        answer = _answer(call, node, opened)
        opened += call == OPEN
        error = NO_SUCH_CALL if answer is None else 0
        body = answer or b""
        os.write(device, struct.pack("<IiQ", 16 + len(body), error, number) + body)


def _answer(call: int, node: int, opened: int) -> bytes | None:
    if call == INIT:
        return struct.pack("<4I2H2I2HI7I", 7, 31, SIZE, 0, 8, 8, SIZE, 1, 1, 0, 0, *[0] * 7)
    if call == LOOKUP:
        return struct.pack("<4Q2I", FILE, 0, 60, 60, 0, 0) + _attributes(FILE)
    if call == GETATTR:
        return struct.pack("<Q2I", 60, 0, 0) + _attributes(node)
    if call == OPEN:
        return struct.pack("<Q2I", 0, KEEP_CACHE | (DIRECT if opened else 0), 0)
    if call == READ:
        return bytes(SIZE)
    return b"" if call in (RELEASE, FLUSH) else None


def _attributes(node: int) -> bytes:
    mode = 0o40755 if node == ROOT else 0o100600
    return struct.pack("<6Q10I", node, SIZE, 1, *[0] * 6, mode, 1, 0, 0, 0, SIZE, 0)


def wait(path: str) -> None:
    """Who maps a file directly waits for what others have written to it, with the lock held."""
    written = mmap.mmap(os.open(path, os.O_RDWR), SIZE)
    written[0] = 1
    mmap.mmap(os.open(path, os.O_RDWR), SIZE, mmap.MAP_PRIVATE, mmap.PROT_READ)


if __name__ == "__main__":
    {"serve": serve, "wait": wait}[sys.argv[1]](sys.argv[2])
