"""The terminal: lines as UTF-8, a width and colours, signs as words, and questions."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Callable, Iterable, Mapping, NamedTuple, Optional, TextIO

from ..core.model import EXPECTED, EXTRA, IGNORED, MISSING, YOUNG

if TYPE_CHECKING:
    from argparse import Namespace

# SGR parameters: green, red, red, yellow, faint.
_COLOURS = {EXPECTED: "32", EXTRA: "31", MISSING: "31", YOUNG: "33", IGNORED: "2"}


WORDS = "PSDIFF_ZBX_WORDS"
"""The environment variable by which who hears the lines asks for words instead of signs."""

DIFFERENCE: Mapping[str, str] = {"-": "missing", "+": "extra"}
CHANGE: Mapping[str, str] = {"-": "removed", "+": "added"}


_WOULD: Mapping[str, str] = {
    "Wrote": "Would write",
    "Undid": "Would undo",
    "Ignored": "Would be ignored",
    "Imported": "Would import",
    "Updated": "Would update",
    "Linked": "Would link",
    "Added": "Would add",
}


class Answer(NamedTuple):
    """What can be answered: a word, of which the first letter is enough, and what it does."""

    word: str
    meaning: str


def say(lines: Iterable[str], stream: Optional[TextIO] = None) -> None:
    """Write lines as UTF-8, in any locale, to standard output or another stream."""
    stream = stream or sys.stdout
    stream.buffer.write("".join(f"{line}\n" for line in lines).encode())
    stream.flush()


def in_words(
    lines: Iterable[str], words: Mapping[str, str] = CHANGE, asked: bool = False
) -> Iterable[str]:
    """The lines as they are, or, if that is asked for here or by WORDS, each with a word in place
    of its sign and its indent: ``missing: /usr/sbin/cron -f  {user=root}``."""
    if not (asked or os.environ.get(WORDS)):
        return lines
    signs = {f"{sign} ": f"{word}: " for sign, word in words.items()}
    return (
        f"{signs[line[:2]]}{line[2:].strip(' ')}" if line[:2] in signs else line for line in lines
    )


def done(lines: Iterable[str], arguments: Namespace) -> Iterable[str]:
    """Lines that say what a command has done; of a dry run, what it would do."""
    return map(_would, lines) if arguments.dry_run else lines


def _would(line: str) -> str:
    verb, blank, rest = line.partition(" ")
    return f"{_WOULD.get(verb, verb)}{blank}{rest}"


def answer_to(prompt: str, answers: Mapping[str, Answer], ask: Callable[[str], str]) -> str:
    """The letter of the word of which the answer is the beginning; explains all of them, and asks
    again, until it is one.  The end of the input is ``q``."""
    while True:
        try:
            said = ask(prompt).strip().lower()
        except EOFError:
            return "q"
        for letter, answer in answers.items():
            if said and answer.word.startswith(said):
                return letter
        say(f"  {letter}  {answer.word}: {answer.meaning}" for letter, answer in answers.items())


_YES_OR_NO = {"y": Answer("yes", "do it"), "n": Answer("no", "leave it as it is")}


def is_yes(question: str) -> bool:
    """Whether somebody says yes; the end of the input is no."""
    return answer_to(question, _YES_OR_NO, input) == "y"


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
