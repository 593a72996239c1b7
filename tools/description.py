"""What ``--help`` says, as records, for the manual page and the completion scripts."""

from __future__ import annotations

from argparse import ONE_OR_MORE, OPTIONAL, SUPPRESS, ZERO_OR_MORE, Action, ArgumentParser
from itertools import groupby
from typing import Iterator, Mapping, NamedTuple, Tuple

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


class Argument(NamedTuple):
    """An option, or a positional argument (then ``flags`` is empty).  ``value`` is the form of its
    value: ``FILE``, ``[SECONDS]``, ``HOST [HOST ...]``; empty for a switch.  Arguments with the
    same ``either`` exclude each other, unless it is 0."""

    flags: Tuple[str, ...]
    value: str
    help: str
    choices: Tuple[str, ...] = ()
    required: bool = True
    either: int = 0

    @property
    def wants_value(self) -> bool:
        """Whether it is an option that must have a value."""
        return bool(self.flags and self.value) and not self.value.startswith("[")

    @property
    def is_file(self) -> bool:
        """Whether its value is the name of a file."""
        return self.value == "FILE"

    @property
    def is_daemon(self) -> bool:
        """Whether it is a daemon's id or name, which only the program knows."""
        return not self.flags and not {"ID", "PID"}.isdisjoint(self.title.split("|"))

    @property
    def title(self) -> str:
        """Its entry in a list: ``-v, --verbose``, ``--retry [SECONDS]``, ``PID``."""
        if not self.flags:
            return self.value.strip("[.] ")
        return f"{', '.join(self.flags)} {self.value}".strip()


class Described(NamedTuple):
    """One command.  ``summary`` is its line in a list, ``text`` its whole description."""

    name: str
    summary: str
    text: str
    example: str
    arguments: Tuple[Argument, ...]

    @property
    def usage(self) -> str:
        """``explain [--user USER] (--cmdline CMDLINE | --all | PID)``: options come first."""
        ordered = sorted(self.arguments, key=lambda argument: not argument.flags)
        numbers = {id(argument): number for number, argument in enumerate(ordered, 1)}
        groups = groupby(ordered, lambda argument: -argument.either or numbers[id(argument)])
        return " ".join([self.name, *(_together(tuple(group)) for _, group in groups)])


class Program(NamedTuple):
    """All commands under their headings, and the texts about all of them."""

    name: str
    version: str
    description: str
    general: Tuple[Argument, ...]
    groups: Mapping[str, Tuple[Described, ...]]
    exit_status: Mapping[int, str]
    examples: Mapping[str, str]

    @property
    def commands(self) -> Iterator[Described]:
        """All commands, without their headings."""
        return (command for group in self.groups.values() for command in group)


def _together(group: Tuple[Argument, ...]) -> str:
    if len(group) > 1:
        return f"({' | '.join(_form(argument).strip('[]') for argument in group)})"
    return _form(group[0]) if group[0].required or not group[0].flags else f"[{_form(group[0])}]"


def _form(argument: Argument) -> str:
    return " ".join([*argument.flags[:1], argument.value]).strip()


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
    """The arguments of a parser, from private attributes of argparse that have never changed."""
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
