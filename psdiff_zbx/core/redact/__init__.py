"""Hide secrets in command lines, before anything is stored or sent.

In: the arguments of a process.  Out: the same arguments, with ``********`` for each secret.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Callable, Sequence, Tuple

from . import tools
from .patterns import MASK, SEPARATOR, finder

__all__ = ["MASK", "MODES", "Redact", "check_word", "redact"]

Redact = Callable[[Tuple[str, ...]], Tuple[str, ...]]
"""A function that returns the arguments without their secrets."""

MODES = ("secrets", "arguments", "off")


def redact(cmdline: Sequence[str], mode: str, words: Tuple[str, ...] = ()) -> Tuple[str, ...]:
    """The arguments with ``********`` for each secret; in mode "arguments" the program only.  A
    value named by one of ``words`` is a secret, too; see ``check_word``.

    To redact them again changes nothing, neither one by one nor as one line.

    >>> redact(("backup", "--password", "hunter2", "--dir", "/srv"), "secrets")
    ('backup', '--password', '********', '--dir', '/srv')
    """
    arguments = tuple(cmdline)
    if mode == "off" or not arguments:
        return arguments
    if mode == "arguments":
        return (arguments[0].split(" ", 1)[0],)
    return _without_secrets(arguments, words)


def check_word(text: str) -> None:
    """Raise ValueError if a word cannot name an option.  It may have letters, digits, ``_``,
    ``-``, and ``*`` for any characters of a name.

    >>> check_word("kennwort*")
    """
    if not re.fullmatch(r"[a-zA-Z0-9_*-]+", text):
        raise ValueError(f"{text!r} is no word: only letters, digits, _, - and * make one")
    if not re.search(r"[a-zA-Z0-9]", text):
        raise ValueError(f"{text!r} would hide everything: a word needs a letter or a digit")


def _without_secrets(arguments: Tuple[str, ...], words: Tuple[str, ...]) -> Tuple[str, ...]:
    text, secrets = SEPARATOR.join(arguments), finder(words)
    by_tools = tools.mentioned(text)
    if not (by_tools or secrets.mentioned(text)):
        return arguments
    hidden = secrets.hide(text)
    parts = iter((tools.hide(hidden) if by_tools else hidden).split(SEPARATOR))
    # An argument may itself contain separators.
    sizes = (argument.count(SEPARATOR) + 1 for argument in arguments)
    return tuple(SEPARATOR.join(islice(parts, size)) for size in sizes)
