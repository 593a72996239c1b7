"""The options of each command, and those of all."""

from __future__ import annotations

import math
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from pathlib import Path

RETRY = 2.0
_VERSIONS = ("6.0", "7.0")


def add_general(parser: ArgumentParser, suppress: bool) -> None:
    """The options for every command, which may stand before it or after it."""
    for name, kind, metavar, text in (
        ("--config", Path, "FILE", "configuration instead of /etc/psdiff-zbx/config.toml"),
        ("--baseline", Path, "FILE", "baseline instead of /var/lib/psdiff-zbx/baseline"),
        (
            "--snapshot",
            str,
            "FILE",
            "recorded processes ('-': standard input) instead of the host's",
        ),
        ("--min-age", seconds, "SECONDS", "younger processes are not yet extra"),
    ):
        default = SUPPRESS if suppress else None
        shown = SUPPRESS if suppress else text
        parser.add_argument(name, type=kind, metavar=metavar, help=shown, default=default)


def seconds(text: str) -> float:
    """A number of seconds, up to a day.  Raises ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found <= 86400:
        raise ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 86400")
    return found


def nothing(_: ArgumentParser) -> None:
    """A command without options of its own."""


def show(command: ArgumentParser) -> None:
    command.add_argument("--missing", action="store_true", help="only what is missing")
    command.add_argument("--extra", action="store_true", help="only what is extra")
    show_side(command)


def show_side(command: ArgumentParser) -> None:
    command.set_defaults(missing=False, extra=False)
    command.add_argument(
        "--retry",
        nargs="?",
        type=seconds,
        const=RETRY,
        metavar="SECONDS",
        help=f"look again for up to SECONDS ({RETRY:g}) while something differs",
    )


def write(command: ArgumentParser) -> None:
    command.add_argument("-v", "--verbose", action="store_true", help="show what changed")


def manual(command: ArgumentParser) -> None:
    command.add_argument("action", choices=("add", "remove"))
    command.add_argument("user", metavar="USER")
    command.add_argument("cmdline", metavar="CMDLINE", help="in one pair of quotes")


def explain(command: ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("pid", metavar="PID", type=int, nargs="?", help="of a process that runs")
    what.add_argument("--cmdline", metavar="CMDLINE", help="one that need not run, in quotes")
    what.add_argument("--all", action="store_true", help="all processes, as a table")
    command.add_argument("--user", default="root", help="of CMDLINE (root)")


def template(command: ArgumentParser) -> None:
    command.add_argument("--zabbix", choices=_VERSIONS, default=_VERSIONS[-1])
    command.add_argument("--active", action="store_true", help="for active checks")


def push(command: ArgumentParser) -> None:
    _frontend(command)
    command.add_argument("--active", action="store_true", help="the template for active checks")
    command.add_argument("--link", metavar="HOST", nargs="+", default=[], help="link it to hosts")


def _frontend(command: ArgumentParser) -> None:
    command.add_argument("--url", required=True, help="of the frontend: https://zabbix.example")
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("--token-file", metavar="FILE", help="holds an API token")
    who.add_argument("--user", help="whose password is asked for, or read from standard input")
