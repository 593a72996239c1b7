"""Secrets out of command lines, before anything is stored or sent."""

from __future__ import annotations

import re
from typing import List, Sequence, Tuple

MODES = ("secrets", "arguments", "off")
MASK = "********"

# Datadog's default words, and those its users add.  "token" and "pass" count only as a
# whole part of a name (--auth-token, DB_PASS), for tokenizer and --passive are no secrets.
_WORD = (
    r"(?:password|passwd|passphrase|mysql_pwd|api[-_]?key|secret|credential|stripetoken"
    r"|(?:access|auth|private)[-_]?key|(?<![a-z])(?:token|pass|pwd|jwt)(?![a-z]))"
)
# A name that only says where the secret is, or that there is none, hides nothing.
_HARMLESS = r"(?:file|path|dir|command|cmd|prompt|stdin|fd|name|id)$"
_NAME = re.compile(_WORD, re.IGNORECASE)
_NO_NAME = re.compile(rf"^-*(?:no|without|ask|skip)[-_]|{_HARMLESS}", re.IGNORECASE)
_PAIR = re.compile(r"(?P<name>[\w.-]+)(?P<between>\"?\s*[=:]\s*\"?)(?P<value>[^\s\",;&]+)")
_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE)
_OPTION = re.compile(r"(?P<name>(?<!\S)--?[\w.-]+)(?P<between>\s+)(?P<value>[^\s-]\S*)")
_MYSQL = re.compile(r"^(?:mysql|mariadb)\w*(?:-\w+)*$")
_HINT = re.compile(rf"{_WORD}|://|bearer|basic|mysql|mariadb", re.IGNORECASE)


def redact(cmdline: Sequence[str], mode: str) -> Tuple[str, ...]:
    """The arguments with their secrets as ``********``; in mode "arguments" the program only.

    >>> redact(("backup", "--password", "hunter2", "--dir", "/srv"), "secrets")
    ('backup', '--password', '********', '--dir', '/srv')
    """
    arguments = tuple(cmdline)
    if mode == "off" or not arguments:
        return arguments
    if mode == "arguments":
        return (arguments[0].split(" ", 1)[0],)
    if not _HINT.search("\n".join(arguments)):
        return arguments
    if len(arguments) == 1:  # a title, or a line of a baseline: its words are its arguments
        return (" ".join(_secrets(arguments[0].split(" "))),)
    return tuple(_secrets(arguments))


def _secrets(arguments: Sequence[str]) -> List[str]:
    mysql = _MYSQL.match(arguments[0].rpartition("/")[2]) is not None
    hidden: List[str] = []
    follows = False
    for argument in arguments:
        if follows and not argument.startswith("-"):
            hidden.append(MASK)
        elif mysql and argument.startswith("-p") and len(argument) > 2:
            hidden.append(f"-p{MASK}")
        else:
            hidden.append(_within(argument))
        untouched = hidden[-1] == argument and argument.startswith("-")
        follows = untouched and "=" not in argument and _is_secret(argument)
    return hidden


def _within(argument: str) -> str:
    text = _URL.sub(rf"\g<before>{MASK}", argument)
    text = _BEARER.sub(rf"\g<before>{MASK}", text)
    return _OPTION.sub(_mask, _PAIR.sub(_mask, text))


def _mask(match: re.Match[str]) -> str:
    if not _is_secret(match["name"]):
        return match.group()
    return f"{match['name']}{match['between']}{MASK}"


def _is_secret(name: str) -> bool:
    return _NAME.search(name) is not None and _NO_NAME.search(name) is None
