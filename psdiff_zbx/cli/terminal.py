"""The terminal: lines as UTF-8, a width and colours, and questions."""

from __future__ import annotations

import os
import sys
from typing import Callable, Iterable, Mapping, Optional, TextIO

from ..core.model import EXPECTED, EXTRA, IGNORED, MISSING, YOUNG

# SGR parameters: green, red, red, yellow, faint.
_COLOURS = {EXPECTED: "32", EXTRA: "31", MISSING: "31", YOUNG: "33", IGNORED: "2"}


def say(lines: Iterable[str], stream: Optional[TextIO] = None) -> None:
    """Write lines as UTF-8, in any locale, to standard output or another stream."""
    stream = stream or sys.stdout
    stream.buffer.write("".join(f"{line}\n" for line in lines).encode())
    stream.flush()


def answer_to(prompt: str, words: Mapping[str, str], ask: Callable[[str], str]) -> str:
    """The letter of the word of which the answer is the beginning; asks until it is one.  The end
    of the input is ``q``."""
    while True:
        try:
            answer = ask(prompt).strip().lower()
        except EOFError:
            return "q"
        for letter, word in words.items():
            if answer and word.startswith(answer):
                return letter


def show_manual(page: str) -> None:
    """Show a troff page with man(1) on a terminal.  Print it as it is if there is no terminal, no
    ``man``, or no ``man -l``."""
    import shutil
    import subprocess  # not at the top: it takes 5 ms, and the agents' commands do not need it

    man = shutil.which("man") if sys.stdout.isatty() else None
    if not man or subprocess.run([man, "-l", "-"], input=page.encode(), check=False).returncode:
        say([page.rstrip("\n")])


def paint(text: str, verdict: str) -> str:
    """The text in the colour of its verdict on a terminal, unchanged elsewhere.  ``NO_COLOR`` is
    obeyed: https://no-color.org"""
    code = _COLOURS.get(verdict)
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    if not code or not wanted or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def width() -> Optional[int]:
    """The width of the terminal in characters; None if there is none."""
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns
