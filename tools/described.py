"""What ``--help`` says, as records: what the manual page and the shells' completions are made of.

In: values that arguments.py takes from its parser.  Out: the same, and how each is written.
"""

from __future__ import annotations

from itertools import groupby
from typing import Iterator, Mapping, NamedTuple, Tuple


class Argument(NamedTuple):
    """An option, or a word without one (then ``flags`` is empty).  ``value`` is the form of what
    follows: ``FILE``, ``[SECONDS]``, ``HOST [HOST ...]``; empty for a switch.  Those with the
    same ``either``, which is not 0, exclude each other."""

    flags: Tuple[str, ...]
    value: str
    help: str
    choices: Tuple[str, ...] = ()
    required: bool = True
    either: int = 0

    @property
    def wants_value(self) -> bool:
        """Whether the next word belongs to it for sure."""
        return bool(self.flags and self.value) and not self.value.startswith("[")

    @property
    def is_file(self) -> bool:
        return self.value == "FILE"

    @property
    def title(self) -> str:
        """Its entry in a list: ``-v, --verbose``, ``--retry [SECONDS]``, ``PID``."""
        if not self.flags:
            return self.value.strip("[.] ")
        return f"{', '.join(self.flags)} {self.value}".strip()


class Described(NamedTuple):
    """One command.  ``summary`` is its line in a list, ``text`` all that is said of it."""

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
    """All commands under their headings, and what is said of all of them."""

    name: str
    version: str
    description: str
    general: Tuple[Argument, ...]
    groups: Mapping[str, Tuple[Described, ...]]
    exit_status: Mapping[int, str]
    examples: Mapping[str, str]

    @property
    def commands(self) -> Iterator[Described]:
        return (command for group in self.groups.values() for command in group)


def _together(group: Tuple[Argument, ...]) -> str:
    if len(group) > 1:
        return f"({' | '.join(_form(argument).strip('[]') for argument in group)})"
    return _form(group[0]) if group[0].required or not group[0].flags else f"[{_form(group[0])}]"


def _form(argument: Argument) -> str:
    return " ".join([*argument.flags[:1], argument.value]).strip()
