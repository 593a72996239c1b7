"""Secrets out of command lines, before anything is stored or sent."""

from __future__ import annotations

import re
from typing import List, Sequence, Tuple

MODES = ("secrets", "arguments", "off")
MASK = "********"

# Datadog's default words, and those its users add.  "token" and the like count only as a
# whole part of a name (--auth-token, DB_PASS): tokenizer and --passive are no secrets.
_WORD = (
    r"(?:password|passwd|passphrase|storepass|keypass|mysql_pwd|api[-_]?key|secret|credential"
    r"|stripetoken|(?:access|auth|private)[-_]?key|(?<![a-z])(?:token|pass|pwd|jwt)(?![a-z]))"
)
# Names and schemes are looked at from their first character only, and so in linear time:
# anybody may start a process with a very long argument.
_NAME = rf"(?<![\w.-])(?P<name>(?=[\w.-]*?{_WORD})[\w.-]+)"
# A name that only says where the secret is, or that there is none, hides nothing.
_HARMLESS = re.compile(
    r"^-*(?:no|without|ask|skip)[-_]"
    r"|(?:file|path|dir|command|cmd|prompt|stdin|fd|name|id|agent)$",
    re.IGNORECASE,
)
_VALUE = r"(?P<value>\"(?:\\.|[^\"\\])*\"|[^\s\",;&]+)"
_OPTION = re.compile(_NAME, re.IGNORECASE)
_WHOLE = re.compile(rf"{_NAME}(?P<between>[=:])(?P<value>.+)", re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(rf"{_NAME}(?P<between>\"?\s*[=:]\s*){_VALUE}", re.IGNORECASE)
_NEXT = re.compile(rf"(?<!\S)(?=-){_NAME}(?P<between>\s+)(?!-){_VALUE}", re.IGNORECASE)
_URL = re.compile(
    r"(?<![a-z0-9+.-])(?P<before>[a-z0-9+.-]+://[^\s/:@]*:)[^\s/]+(?=@)", re.IGNORECASE
)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE)
_MYSQL = re.compile(r"(?:mysql|mariadb)\w*(?:-\w+)*")
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
        return (_within(" ".join(_secrets(arguments[0].split(" ")))),)
    return tuple(_secrets(arguments))


def _secrets(arguments: Sequence[str]) -> List[str]:
    mysql = _MYSQL.fullmatch(arguments[0].rpartition("/")[2]) is not None
    hidden: List[str] = []
    follows = False
    for argument in arguments:
        if follows and not argument.startswith("-"):
            hidden.append(MASK)
        elif mysql and argument.startswith("-p") and len(argument) > 2:
            hidden.append(f"-p{MASK}")
        else:
            pair = _WHOLE.fullmatch(argument)
            hidden.append(_within(_mask(pair) if pair else argument))
        option = _OPTION.fullmatch(argument)
        follows = argument.startswith("-") and option is not None and _is_secret(argument)
        follows = follows and hidden[-1] == argument
    return hidden


def _within(argument: str) -> str:
    text = _URL.sub(rf"\g<before>{MASK}", argument)
    text = _BEARER.sub(rf"\g<before>{MASK}", text)
    return _NEXT.sub(_mask, _PAIR.sub(_mask, text))


def _mask(match: re.Match[str]) -> str:
    if not _is_secret(match["name"]):
        return match.group()
    quote = '"' if match["value"].startswith('"') else ""
    return f"{match['name']}{match['between']}{quote}{MASK}{quote}"


def _is_secret(name: str) -> bool:
    return _HARMLESS.search(name) is None
