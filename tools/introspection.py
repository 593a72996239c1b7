"""The program's own command line, taken from argparse into records.

In: the table of the commands, with the functions that add their options.  Out: a Program.
"""

from __future__ import annotations

from argparse import ONE_OR_MORE, OPTIONAL, SUPPRESS, ZERO_OR_MORE, Action, ArgumentParser
from typing import Tuple

from psdiff_zbx import __version__
from psdiff_zbx.cli.command_table import GROUPS, Command
from psdiff_zbx.cli.parser import (
    DESCRIPTION,
    EXAMPLES,
    EXIT_STATUS,
    PROGRAM,
    add_options,
    sentences,
)
from tools.described import Argument, Described, Program

_FORMS = {
    0: "",
    None: "{0}",
    OPTIONAL: "[{0}]",
    ONE_OR_MORE: "{0} [{0} ...]",
    ZERO_OR_MORE: "[{0} ...]",
}


def program() -> Program:
    """All that ``--help`` says, as records."""
    general = ArgumentParser(add_help=False)
    add_options(general)
    groups = {heading: tuple(map(_described, rows)) for heading, rows in GROUPS.items()}
    about = (PROGRAM, __version__, DESCRIPTION)
    return Program(*about, _arguments(general), groups, EXIT_STATUS, EXAMPLES)


def _described(row: Command) -> Described:
    command = ArgumentParser(add_help=False)
    row.add(command)
    return Described(row.name, row.summary, sentences(row), row.example, _arguments(command))


def _arguments(made: ArgumentParser) -> Tuple[Argument, ...]:
    """What argparse keeps, in names that have not changed since it is there."""
    either = {
        id(action): number
        for number, group in enumerate(made._mutually_exclusive_groups, 1)
        for action in group._group_actions
    }
    shown = (action for action in made._actions if action.help != SUPPRESS)
    return tuple(_argument(action, either.get(id(action), 0)) for action in shown)


def _argument(action: Action, either: int) -> Argument:
    choices = tuple(map(str, action.choices or ()))
    braces = f"{{{','.join(choices)}}}"
    name = str(action.metavar or (braces if choices else action.dest.upper()))
    value = _FORMS[action.nargs].format(name)
    flags = tuple(action.option_strings)
    return Argument(flags, value, action.help or "", choices, action.required, either)
