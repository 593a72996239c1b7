"""What can be said on the command line."""

from __future__ import annotations

import math
from argparse import (
    SUPPRESS,
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from pathlib import Path
from typing import Any, Mapping, NoReturn, Sequence, Tuple

from . import __version__
from .line import escape
from .metrics import METRICS

PROGRAM = "psdiff-zbx"
_RETRY = 2.0
_ALIASES: Mapping[str, Mapping[str, bool]] = {
    "show-missing": {"missing": True},
    "show-extra": {"extra": True},
}
_EPILOG = """\
exit codes: 0 as expected; 1 differs; 2 wrong usage; 3 cannot tell

examples:
  psdiff-zbx write -v              make what runs now the baseline
  psdiff-zbx show --retry          what differs from it, and still does after 2 seconds
  psdiff-zbx --snapshot FILE show  the same for recorded processes
"""


class _Parser(ArgumentParser):
    """One line about wrong usage, not a page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_abbrev=False, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{PROGRAM}: error: {escape(message)}; see '{self.prog} --help'\n")


def parse(argv: Sequence[str]) -> Namespace:
    """The command and its options.  Without a command it is ``show``.

    Raises SystemExit for ``--help``, ``--version`` and wrong usage.
    """
    options = _Parser(add_help=False)
    _add_options(options, suppress=True)
    rest = [word for word in options.parse_known_args(argv)[1] if word != "--"]
    if not rest or (rest[0].startswith("-") and not {"-h", "--help", "--version"} & set(rest)):
        argv = ["show", *argv]
    arguments = _parser().parse_args(argv)
    for name, value in _ALIASES.get(arguments.command, {}).items():
        arguments.command = "show"
        setattr(arguments, name, value)
    return arguments


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Compare the processes of this host with the baseline of those expected.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add_options(parser, suppress=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, text in _own_commands():
        _add_command(commands, name, text)
    for metric in METRICS:
        text = f"{metric.title} (item key {metric.full_key})"
        command = _add_command(commands, metric.command, text)
        if metric.parameter:
            command.add_argument("id", metavar=metric.parameter, help="as 'discover' shows it")
    return parser


def _own_commands() -> Tuple[Tuple[str, str], ...]:
    return (
        ("show", "what is missing (-) and what is extra (+); the default"),
        ("show-missing", "the same as show --missing"),
        ("show-extra", "the same as show --extra"),
        ("write", "make what runs now the baseline"),
        ("manual", "add one daemon to the baseline, or remove one"),
        ("dump", "what runs now, as the baseline would hold it"),
        ("explain", "each rule that touches a process, and what becomes of it"),
        ("snapshot", "record the processes, before any rule, as JSON lines"),
        ("userparameters", "the UserParameter file for the Zabbix agents"),
        ("template", "the template to import into Zabbix, as XML"),
        ("push", "the template into a Zabbix frontend, through its API"),
    )


def _add_command(commands: Any, name: str, text: str) -> ArgumentParser:
    command: ArgumentParser = commands.add_parser(name, help=text, description=text)
    _add_options(command, suppress=True)
    if name.startswith("show"):
        _add_show(command, with_sides=name == "show")
    elif name == "write":
        command.add_argument("-v", "--verbose", action="store_true", help="show what changed")
    elif name == "template":
        versions = ("6.0", "7.0")
        command.add_argument("--zabbix", choices=versions, default=versions[-1])
        command.add_argument("--active", action="store_true", help="for active checks")
    elif name == "explain":
        _add_explain(command)
    elif name == "push":
        _add_push(command)
    elif name == "manual":
        command.add_argument("action", choices=("add", "remove"))
        command.add_argument("user", metavar="USER")
        command.add_argument("cmdline", metavar="CMDLINE", help="in one pair of quotes")
    return command


def _add_explain(command: ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("pid", metavar="PID", type=int, nargs="?", help="of a process that runs")
    what.add_argument("--cmdline", metavar="CMDLINE", help="one that need not run, in quotes")
    what.add_argument("--all", action="store_true", help="all processes, as a table")
    command.add_argument("--user", default="root", help="of CMDLINE (root)")


def _add_push(command: ArgumentParser) -> None:
    command.add_argument("--url", required=True, help="of the frontend: https://zabbix.example")
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("--token-file", metavar="FILE", help="holds an API token")
    who.add_argument("--user", help="whose password is asked for, or read from standard input")
    command.add_argument("--active", action="store_true", help="the template for active checks")
    command.add_argument("--link", metavar="HOST", nargs="+", default=[], help="link it to hosts")


def _add_show(command: ArgumentParser, with_sides: bool) -> None:
    command.set_defaults(missing=False, extra=False)
    if with_sides:
        command.add_argument("--missing", action="store_true", help="only what is missing")
        command.add_argument("--extra", action="store_true", help="only what is extra")
    command.add_argument(
        "--retry",
        nargs="?",
        type=_seconds,
        const=_RETRY,
        metavar="SECONDS",
        help=f"look again for up to SECONDS ({_RETRY:g}) while something differs",
    )


def _add_options(parser: ArgumentParser, suppress: bool) -> None:
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
        ("--min-age", _seconds, "SECONDS", "younger processes are not yet extra"),
    ):
        default = SUPPRESS if suppress else None
        shown = SUPPRESS if suppress else text
        parser.add_argument(name, type=kind, metavar=metavar, help=shown, default=default)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 86400:
        raise ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 86400")
    return seconds
