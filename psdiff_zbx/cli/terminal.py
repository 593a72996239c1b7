"""Standard output: lines as UTF-8, and colours and a width where a person looks on."""

from __future__ import annotations

import os
import sys
from typing import Iterable, Optional, TextIO

from ..core.model import EXPECTED, EXTRA, IGNORED, MISSING, YOUNG

# SGR parameters: green, red, red, yellow, faint.
_COLOURS = {EXPECTED: "32", EXTRA: "31", MISSING: "31", YOUNG: "33", IGNORED: "2"}


def say(lines: Iterable[str], stream: Optional[TextIO] = None) -> None:
    """Lines as UTF-8, whatever the locale is; on standard output if nothing else is said."""
    stream = stream or sys.stdout
    stream.buffer.write("".join(f"{line}\n" for line in lines).encode())
    stream.flush()


def show_manual(page: str) -> None:
    """Troff, through man(1) where a person looks on; as it is where there is no ``man``, and
    where that has no ``-l``."""
    import shutil
    import subprocess  # the agents' commands do without: it takes 5 ms

    man = shutil.which("man") if sys.stdout.isatty() else None
    if not man or subprocess.run([man, "-l", "-"], input=page.encode(), check=False).returncode:
        say([page.rstrip("\n")])


def paint(text: str, verdict: str) -> str:
    """The text in its verdict's colour on a terminal, elsewhere as it is.  ``NO_COLOR`` is
    obeyed: https://no-color.org"""
    code = _COLOURS.get(verdict)
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    if not code or not wanted or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def width() -> Optional[int]:
    """Characters in a line of the terminal; None where there is none."""
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns
