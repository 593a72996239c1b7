"""What can be said on the command line."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from textwrap import fill
from typing import Any, List, Mapping, NoReturn, Sequence, Tuple

from .. import __version__
from ..core.line import escape
from .command_table import GROUPS, Command
from .options import GENERAL, add_general
from .several import several

PROGRAM = "psdiff-zbx"
DESCRIPTION = "Compare the daemons of this host with their baseline, for Zabbix."
EXIT_STATUS: Mapping[int, str] = {
    0: "as expected",
    1: "something differs",
    2: "wrong usage",
    3: "cannot tell",
}
EXAMPLES: Mapping[str, str] = {
    f"{PROGRAM} setup": "configure the Zabbix agent of this host",
    f"{PROGRAM} write -v": "make what runs now the baseline",
    f"{PROGRAM} show --retry": "what differs, and still does after 2 seconds",
    f"{PROGRAM} --snapshot FILE show": "the same for recorded processes",
}
_ALIASES: Mapping[str, Mapping[str, bool]] = {
    "show-missing": {"missing": True},
    "show-extra": {"extra": True},
}
_ROWS = [row for rows in GROUPS.values() for row in rows]
_NAMES = [row.name for row in _ROWS]
_MORE = f"more options, for every command: {PROGRAM} --help"
_ABOUT = frozenset({"-h", "--help", "--version"})
_WIDTH, _COLUMN = 78, 16


class _Parser(ArgumentParser):
    """One line about wrong usage, not a page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_abbrev=False, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{PROGRAM}: error: {escape(message)}; see '{self.prog} --help'\n")


def parse_arguments(argv: Sequence[str]) -> Namespace:
    """The command and its options.  Without a command it is ``show``.

    Raises SystemExit for ``--help``, ``--version`` and wrong usage.
    """
    before, rest = _split(argv)
    first = rest[0] if rest else "show"
    if not rest or (first.startswith("-") and _ABOUT.isdisjoint(rest)):
        first, before, rest = "show", ["show"], [*before, *rest]
    elif not first.startswith("-") and first not in _NAMES:
        _parser(first).error(f"no command {first!r}{_meant(first)}")
    arguments = _parser(first).parse_args([*before, *rest])
    baselines = several(arguments, "baseline")
    arguments.baseline, arguments.roles = next(iter(baselines), None), tuple(baselines[1:])
    for name, value in _ALIASES.get(arguments.command, {}).items():
        arguments.command = "show"
        setattr(arguments, name, value)
    return arguments


def _split(argv: Sequence[str]) -> Tuple[List[str], List[str]]:
    """The options for every command that come first, and what follows them; without a "--" in
    between, which argparse would take for the command."""
    before: List[str] = []
    at = 0
    while at < len(argv):
        name, sign, _ = argv[at].partition("=")
        if name in GENERAL:
            size = 1 if sign else 2
            before += argv[at : at + size]
            at += size
        elif argv[at] == "--":
            at += 1
        else:
            break
    return before, list(argv[at:])


def _meant(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, _NAMES)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _parser(first: str) -> ArgumentParser:
    """One that knows the command that is the first word, or all of them if that is an option.
    To make all takes 3 ms."""
    made = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [OPTION ...] [COMMAND ...]",
        description=f"{DESCRIPTION}\n\n{_commands()}",
        epilog=_epilog(),
        add_help=False,
    )
    add_options(made)
    commands = made.add_subparsers(dest="command", metavar="COMMAND", prog=PROGRAM, help=SUPPRESS)
    for row in _ROWS:
        if first == row.name or first.startswith("-"):
            _add_command(commands, row)
    return made


def _commands() -> str:
    """The commands under their headings: argparse knows but one heading for all."""
    lines: List[str] = []
    for heading, rows in GROUPS.items():
        lines += [f"{heading}:", *(f"  {row.name:<{_COLUMN}}{row.summary}" for row in rows)]
    return "\n".join(lines)


def _epilog() -> str:
    codes = "; ".join(f"{code} {meaning}" for code, meaning in EXIT_STATUS.items())
    width = max(map(len, EXAMPLES)) + 2
    examples = (f"  {typed:<{width}}{why}" for typed, why in EXAMPLES.items())
    return "\n".join([f"exit codes: {codes}", "", "examples:", *examples])


def add_options(made: ArgumentParser) -> None:
    """The options that are no command's own."""
    general = made.add_argument_group("options, before or after the command")
    add_general(general, suppress=False)
    general.add_argument("-h", "--help", action="help", help="show this, or the command's help")
    text = "show the version (without a command)"
    version = f"{PROGRAM} {__version__}"
    general.add_argument("--version", action="version", version=version, help=text)


def _add_command(commands: Any, row: Command) -> None:
    command = commands.add_parser(
        row.name,
        description=fill(sentences(row), _WIDTH),
        epilog=f"example:\n  {row.example}\n\n{_MORE}",
    )
    add_general(command, suppress=True)
    row.add(command)


def sentences(row: Command) -> str:
    """All that is said of a command."""
    return f"{row.summary[0].upper()}{row.summary[1:]}.  {row.text}".strip()
