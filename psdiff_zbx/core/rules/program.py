"""The program of a command line, wherever its file stands.

In: a command line as one text.  Out: the name that rules know it by.
"""

from __future__ import annotations

from functools import lru_cache
from typing import List

_REMEMBERED = 1024
_DIGITS = "0123456789."  # python3.11
_INTERPRETERS = frozenset((
    "python", "pypy", "platform-python", "perl", "ruby", "node", "nodejs", "php", "lua", "tclsh",
    "wish", "expect", "java", "mono", "dotnet", "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh",
    "csh", "tcsh", "fish",
))  # fmt: skip
# Options whose value is an argument of its own: python -W ignore, perl -I lib, java -cp a.jar.
_TAKES_VALUE = {
    "python": ("-W", "-X", "-Q"),
    "perl": ("-I", "-M"),
    "ruby": ("-I", "-r", "-C"),
    "node": ("-r", "--require", "--import", "--loader"),
    "php": ("-c", "-d", "-z"),
    "java": ("-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules"),
}
# What follows is no file but a program's text: sh -c 'sleep 1'.  PHP names its file by -f.
_CODE = {"perl": ("-e", "-E"), "ruby": ("-e",), "node": ("-e", "-p"), "php": ("-r",)}
_MODULE = ("-m", "-jar", "--module")


@lru_cache(_REMEMBERED)
def program_name(cmdline: str) -> str:
    """The last part of the path of what runs: the program, the script behind an interpreter,
    Java's ``-jar`` or main class, the word before the colon of a title.

    >>> program_name("/usr/bin/python3 -u /usr/sbin/waagent -daemon")
    'waagent'
    >>> program_name("./zabbix_server: poller #1")
    'zabbix_server'
    """
    first, *arguments = cmdline.split(" ")
    name = _base(first)
    if arguments and not first.endswith(":") and name.rstrip(_DIGITS) in _INTERPRETERS:
        return _script(name, arguments) or name
    return name


def _base(path: str) -> str:
    """``/usr/sbin/sshd``, ``sshd:``, ``-bash``, ``(squid-1)``, ``@dbus-daemon``, ``[comm]``."""
    bare = path.rstrip(":").rstrip("/")
    return bare.rpartition("/")[2].lstrip("-@([").rstrip(")]") or path


def _script(interpreter: str, arguments: List[str]) -> str:
    """What an interpreter runs; empty if that is no file."""
    family = _family(interpreter)
    takes_value, code = _TAKES_VALUE.get(family, ()), _CODE.get(family, ("-c",))
    waiting = iter(arguments)
    for argument in waiting:
        if argument in code:
            return ""
        if argument in _MODULE:
            return _base(next(waiting, ""))
        if argument in takes_value:
            next(waiting, "")
        elif argument and argument[0] not in "-+":
            return _base(argument)
    return ""


def _family(interpreter: str) -> str:
    name = interpreter.rstrip(_DIGITS)
    if name in ("platform-python", "pypy"):
        return "python"
    return "node" if name == "nodejs" else name
