"""A stand-in that rewrites its own title and name, as many daemons do, to any bytes.

Run as ``python retitle.py UID COMM PADDING…``: ``COMM`` in hex digits, ``PADDING`` as long as the
title, which is read from standard input.  It says ``ready`` on standard output, and waits.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_NAME = 15
ARG_START, ARG_END = 48, 49  # fields of /proc/PID/stat, proc(5)


def rewrite(title: bytes, comm: bytes) -> None:
    fields = Path("/proc/self/stat").read_bytes().rpartition(b") ")[2].split()
    start, end = (int(fields[number - 3]) for number in (ARG_START, ARG_END))
    if len(title) > end - start:
        raise ValueError("no room for this title: more padding is needed")
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, title, len(title))
    ctypes.CDLL(None).prctl(PR_SET_NAME, comm, 0, 0, 0)


def main() -> None:
    rewrite(sys.stdin.buffer.read(), bytes.fromhex(sys.argv[2]))
    if int(sys.argv[1]) != os.geteuid():
        os.seteuid(int(sys.argv[1]))
    os.write(1, b"ready\n")
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
