"""A process as one line of text, and back, even if its name or its arguments are hostile."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Optional, Sequence

from .model import INIT, Line, Process, PsdiffError

# What would split, hide or reorder a line: control characters (C0, DEL, C1), the line
# and paragraph separators, bidirectional overrides, and surrogates (undecodable bytes).
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_NAMED = {"\n": r"\n", "\t": r"\t"}
_BRACES = {"{": r"\x7b", "}": r"\x7d"}
_USER = "  {user="
_IMPOSTOR = r"\x49NIT"  # only pid 1 is INIT, even if others call themselves so


def escape(text: str) -> str:
    r"""Text that stays on its line: ``\n``, ``\t``, ``\xNN`` for control characters and
    undecodable bytes, ``\uNNNN`` for unsafe characters above U+00FF."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_UNSAFE, _show, text)


def _show(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte, as surrogateescape carries it
        code -= 0xDC00
    return _NAMED.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


@lru_cache(1024)
def escape_user(user: str) -> str:
    """A user name, escaped so that it cannot end its own ``{user=…}``."""
    text = escape(user)
    if "{" in text or "}" in text:
        return "".join(_BRACES.get(char, char) for char in text)
    return text


def command_line(process: Process) -> str:
    """The command line as a line shows it, or ``[comm]`` if the process has no arguments.

    >>> command_line(process)
    '/usr/sbin/cron -f'
    """
    text = text_of(process.cmdline, process.name)
    return INIT if text == _IMPOSTOR and process.pid == 1 else text


def text_of(cmdline: Sequence[str], name: str) -> str:
    """The same of any process but pid 1, by its arguments and its comm."""
    joined = " ".join(cmdline).strip(" ")
    text = escape(joined) if joined else f"[{escape(name)}]"
    return text if text != INIT else _IMPOSTOR


def format_line(line: Line) -> str:
    """``{indent}{cmdline}  {user=USER}``, two spaces of indent per level."""
    return f"{'  ' * line.depth}{line.cmdline}{_USER}{line.user}}}"


class Parsed(NamedTuple):
    """A line of text in its parts; ``indent`` is a number of blanks."""

    indent: int
    cmdline: str
    user: str


def parse_line(text: str) -> Optional[Parsed]:
    """The parts of a process line, or None if the text is not a process line."""
    stripped = text.rstrip(" \t\r")
    head, brace, tail = stripped.rpartition(_USER)
    cmdline, user = head.strip(" "), tail[:-1]
    if not (brace and tail.endswith("}") and cmdline and user):
        return None
    if "{" in user or "}" in user or escape(stripped) != stripped:
        return None
    return Parsed(len(head) - len(head.lstrip(" ")), cmdline, user)


def error_line(error: BaseException) -> str:
    """An error as one line.  Any error other than a PsdiffError is a bug in this program."""
    if isinstance(error, PsdiffError):
        return escape(str(error))
    if isinstance(error, OverflowError) and "timestamp" in str(error):
        return "this host's clock is beyond the year 2261, which Python cannot tell; set it"
    return escape(f"unexpected {type(error).__name__}: {error}; please report it")
