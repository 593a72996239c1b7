"""The table of the commands, and what --help, argparse and the program make of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import List, Optional, Tuple

import pytest

from psdiff_zbx.cli.command_table import GROUPS
from psdiff_zbx.cli.commands import COMMANDS
from psdiff_zbx.cli.parser import EXAMPLES, parse_arguments
from psdiff_zbx.core.item_keys import METRICS
from tools.description import Argument, Described, program

ALIASES = {"show-missing": "show", "show-extra": "show"}
DESCRIBED = [pytest.param(command, id=command.name) for command in program().commands]


def words_of(line: str) -> List[str]:
    """What the program gets of a line; the shell keeps redirections to itself."""
    first, *words = shlex.split(line.partition(" > ")[0])
    assert first == "psdiff-zbx"
    return words


def help_of(name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stop:
        parse_arguments([name, "--help"] if name else ["--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_each_command_that_people_type_is_one_of_the_program() -> None:
    names = [row.name for rows in GROUPS.values() for row in rows]
    assert len(names) == len(set(names))
    typed = set(names) - set(ALIASES) - {metric.command for metric in METRICS}
    assert typed == set(COMMANDS)


@pytest.mark.parametrize("command", DESCRIBED)
def test_an_example_is_a_line_that_can_be_typed(command: Described) -> None:
    words = words_of(command.example)
    assert words[0] == command.name
    assert parse_arguments(words).command == ALIASES.get(command.name, command.name)


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_of_the_whole_program_is_one_too(line: str) -> None:
    assert parse_arguments(words_of(line)).command in COMMANDS


@pytest.mark.parametrize("command", DESCRIBED)
def test_help_of_a_command_reads_well(
    command: Described, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_of(command.name, capsys, monkeypatch)
    assert text.startswith(f"usage: psdiff-zbx {command.name} [-h]")
    assert f"example:\n  {command.example}\n" in text
    assert " ".join(command.text.split()) in " ".join(text.split())
    assert all(argument.help in " ".join(text.split()) for argument in command.arguments)
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("command", DESCRIBED)
def test_usage_is_what_argparse_makes_of_it(
    command: Described, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = " ".join(help_of(command.name, capsys, monkeypatch).partition("\n\n")[0].split())
    assert shown.replace(" [-h]", "") == f"usage: psdiff-zbx {command.usage}"


def test_help_lists_all_commands_under_their_headings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = help_of("", capsys, monkeypatch)
    assert text.startswith("usage: psdiff-zbx ")
    assert max(map(len, text.splitlines())) < 80
    for heading, rows in GROUPS.items():
        block = text.partition(f"\n{heading}:\n")[2].splitlines()[: len(rows)]
        assert [re.split(r"\s{2,}", line.strip()) for line in block] == [
            [row.name, row.summary] for row in rows
        ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shwo"], "no command 'shwo'; did you mean show?; see 'psdiff-zbx --help'"),
        (["--config", "x", "fleets"], "no command 'fleets'; did you mean fleet?;"),
        (["qqqq"], "no command 'qqqq'; see 'psdiff-zbx --help'"),
        (["a\x1b[2Jb"], r"no command 'a\x1b[2Jb'; see"),
    ],
)
def test_what_is_no_command_is_one_short_line(
    words: List[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        parse_arguments(words)
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"psdiff-zbx: error: {said}")


@pytest.mark.parametrize(
    ("words", "command", "config"),
    [
        (["--", "log"], "log", None),
        (["--config", "c", "--", "log"], "log", "c"),
        (["--config=c", "--", "--missing"], "show", "c"),
        (["--"], "show", None),
    ],
)
def test_two_dashes_may_stand_before_the_command(
    words: List[str], command: str, config: Optional[str]
) -> None:
    found = parse_arguments(words)
    assert found.command == command
    assert found.config == (config and Path(config))


def test_every_argument_says_what_it_is_for() -> None:
    found: List[Tuple[str, Argument]] = [
        (command.name, argument)
        for command in program().commands
        for argument in command.arguments
        if not argument.help
    ]
    assert found == []


def test_what_is_hidden_is_in_no_record() -> None:
    accept = next(command for command in program().commands if command.name == "accept")
    assert parse_arguments(["accept", "--remote"]).remote
    assert "--remote" not in accept.usage
    assert all("--remote" not in argument.flags for argument in accept.arguments)
