"""The completion script for fish.

In: the commands as records.  Out: one ``complete`` for each command and each option.
"""

from __future__ import annotations

from typing import Iterator

from tools.description import Argument, Described, Program

_NO_COMMAND = '"not __fish_seen_subcommand_from $commands"'


def script(program: Program) -> str:
    """The text of the script."""
    return "".join(f"{line}\n" for line in _lines(program))


def _lines(program: Program) -> Iterator[str]:
    complete = f"complete -c {program.name}"
    yield f"# Completion for fish, written by '{program.name} completion fish'."
    yield f"set -l commands {' '.join(command.name for command in program.commands)}"
    yield f"{complete} -f"
    for argument in program.general:
        yield f"{complete} {_option(argument)}"
    for command in program.commands:
        yield f"{complete} -n {_NO_COMMAND} -a {command.name} -d {_quote(command.summary)}"
    for command in program.commands:
        for text in _arguments(command):
            yield f"{complete} {text}"


def _arguments(command: Described) -> Iterator[str]:
    this = f"__fish_seen_subcommand_from {command.name}"
    for argument in command.arguments:
        choices = " ".join(argument.choices)
        if argument.flags:
            yield f"-n {_quote(this)} {_option(argument)}"
        elif argument.is_daemon:
            asked = f"(psdiff-zbx completion fish --words {command.name} 2>/dev/null)"
            no_option = f"{this}; and not string match -q -- '-*' (commandline -ct)"
            yield f"-n {_quote(no_option)} -a {_quote(asked)}"
        elif choices:
            none_yet = f"{this}; and not __fish_seen_subcommand_from {choices}"
            yield f"-n {_quote(none_yet)} -a {_quote(choices)}"


def _option(argument: Argument) -> str:
    return " ".join([*map(_flag, argument.flags), *_value(argument), "-d", _quote(argument.help)])


def _flag(flag: str) -> str:
    return f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"


def _value(argument: Argument) -> Iterator[str]:
    if argument.is_file:
        yield "-r -F"
    elif argument.wants_value:
        yield "-x"
    if argument.choices:
        yield f"-a {_quote(' '.join(argument.choices))}"


def _quote(text: str) -> str:
    r"""In single quotes fish knows only the escapes ``\\`` and ``\'``."""
    backslash = "\\"
    return "'" + text.replace(backslash, backslash * 2).replace("'", r"\'") + "'"
