"""What can be said on the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from textwrap import fill
from typing import Any, Mapping, NoReturn, Sequence

from . import __version__
from .command_options import add_general
from .command_table import COMMANDS, Command
from .line import escape
from .metrics import METRICS, Metric

PROGRAM = "psdiff-zbx"
DESCRIPTION = "Compare the processes of this host with the baseline of those expected."
EPILOG = """\
exit codes: 0 as expected; 1 differs; 2 wrong usage; 3 cannot tell

examples:
  psdiff-zbx setup                 tell the Zabbix agent of this host
  psdiff-zbx write -v              make what runs now the baseline
  psdiff-zbx show --retry          what differs from it, and still does after 2 seconds
  psdiff-zbx --snapshot FILE show  the same for recorded processes
"""
_ALIASES: Mapping[str, Mapping[str, bool]] = {
    "show-missing": {"missing": True},
    "show-extra": {"extra": True},
}
_WIDTH = 78


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
    add_general(options, suppress=True)
    rest = [word for word in options.parse_known_args(argv)[1] if word != "--"]
    if not rest or (rest[0].startswith("-") and not {"-h", "--help", "--version"} & set(rest)):
        argv = ["show", *argv]
    arguments = parser().parse_args(argv)
    for name, value in _ALIASES.get(arguments.command, {}).items():
        arguments.command = "show"
        setattr(arguments, name, value)
    return arguments


def parser() -> ArgumentParser:
    """All commands with all their options."""
    made = _Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    add_general(made, suppress=False)
    commands = made.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for row in COMMANDS:
        _add_command(commands, row)
    for metric in METRICS:
        _add_metric(commands, metric)
    return made


def _add_command(commands: Any, row: Command) -> None:
    text = f"{row.summary[0].upper()}{row.summary[1:]}."
    command = commands.add_parser(
        row.name,
        help=row.summary,
        description=fill(f"{text}  {row.text}".strip(), _WIDTH),
        epilog=f"example:\n  {row.example}",
    )
    add_general(command, suppress=True)
    row.add(command)


def _add_metric(commands: Any, metric: Metric) -> None:
    example = f"{PROGRAM} {metric.command}" + (" cron-45c3353f" if metric.parameter else "")
    command = commands.add_parser(
        metric.command,
        help=f"{metric.title} (item key {metric.full_key})",
        description=f"{metric.description}  Item key {metric.full_key}.",
        epilog=f"example:\n  {example}",
    )
    add_general(command, suppress=True)
    if metric.parameter:
        command.add_argument("id", metavar=metric.parameter, help="as 'discover' shows it")
