"""Completion: bash is asked for real; zsh and fish few hosts have, so their scripts are read."""

from __future__ import annotations

import re
import subprocess
from typing import List

import pytest

from psdiff_zbx.cli.options import SHELLS
from tools.completion import script
from tools.completion.fish import _quote
from tools.description import Argument, Described, program

SCRIPTS = {shell: script(program(), shell) for shell in SHELLS}
COMMANDS = list(program().commands)
NAMES = [command.name for command in COMMANDS]
GENERAL = [flag for argument in program().general for flag in argument.flags]
DESCRIBED = [pytest.param(command, id=command.name) for command in COMMANDS]
FILES = ["(files)"]
# Functions stand for what readline does with the answer, and for the program.
ASKED = """\
psdiff-zbx() {{ [[ "$1 $2 $3" = 'completion bash --words' ]] && printf '%s\n' "of-$4" cron; }}
compopt() {{ [[ "$*" = '-o default' ]] && echo '(files)'; }}
source /dev/stdin <<'SCRIPT' || exit 1
{script}SCRIPT
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_psdiff_zbx psdiff-zbx "${{@: -1}}" "${{@: -2:1}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

LINES = [
    (["sho"], ["show", "show-missing", "show-extra"]),
    (["nonsense", ""], []),
    (["--conf"], ["--config"]),
    (["--config", ""], FILES),
    (["--config", "show", "wri"], ["write"]),
    (["--config", "=", "x", "wri"], ["write"]),
    (["--config", "="], FILES),
    (["--config", "=", "/et"], FILES),
    (["--min-age", ""], []),
    (["show", ""], []),
    (["show", "--mi"], ["--missing", "--min-age"]),
    (["show", "--retry", "--e"], ["--extra"]),
    (["show", "--baseline", "/x"], FILES),
    (["--snapshot", "x", "write", "--v"], ["--verbose", "--version"]),
    (["setup", "--agent", ""], ["agentd", "agent2", "plugin"]),
    (["setup", "--agent", "="], ["agentd", "agent2", "plugin"]),
    (["setup", "--agent", "=", "p"], ["plugin"]),
    (["show", "--agent", ""], []),
    (["template", "--zabbix", "7"], ["7.0"]),
    (["push", "--token-file", "x"], FILES),
    (["push", "--user", ""], []),
    (["manual", ""], ["add", "remove"]),
    (["manual", "--baseline", "x", "a"], ["add"]),
    (["manual", "add", ""], []),
    (["completion", ""], ["bash", "zsh", "fish"]),
    (["completion", "bash", ""], []),
    (["accept", "--remote"], []),
    (["accept", ""], ["of-accept", "cron"]),
    (["accept", "cron", "--missing", "c"], ["cron"]),
    (["accept", "--mis"], ["--missing"]),
    (["count", "of"], ["of-count"]),
    (["count", "cron", ""], []),
    (["explain", ""], ["of-explain", "cron"]),
    (["explain", "--cmdline", ""], []),
]


def completed(*words: str) -> List[str]:
    """What bash offers for the last word."""
    line = ["bash", "--norc", "-c", ASKED.format(script=SCRIPTS["bash"]), "bash", "psdiff-zbx"]
    done = subprocess.run([*line, *words], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [word for word in done.stdout.split("\n") if word]


def flags(command: Described) -> List[str]:
    return [flag for argument in command.arguments for flag in argument.flags]


@pytest.mark.parametrize(("words", "expected"), LINES, ids=" ".join)
def test_bash_offers(words: List[str], expected: List[str]) -> None:
    assert completed(*words) == expected


def test_bash_offers_all_commands_and_the_options_of_all() -> None:
    assert completed("") == NAMES
    assert completed("-") == GENERAL


@pytest.mark.parametrize("command", DESCRIBED)
def test_bash_offers_a_commands_options_and_those_of_all(command: Described) -> None:
    assert completed(command.name, "-") == flags(command) + GENERAL


@pytest.mark.parametrize("command", DESCRIBED)
def test_zsh_and_fish_know_a_command_with_its_summary(command: Described) -> None:
    name, summary = command.name, command.summary
    told = f"{name}:" + summary.replace(":", r"\:").replace("'", "'\"'\"'")
    assert f"        '{told}'\n" in SCRIPTS["zsh"]
    assert f" -a {name} -d {_quote(summary)}\n" in SCRIPTS["fish"]


@pytest.mark.parametrize("command", DESCRIBED)
def test_zsh_and_fish_know_a_commands_options(command: Described) -> None:
    case = next(line for line in SCRIPTS["zsh"].splitlines() if f" {command.name}) " in line)
    assert re.findall(r" '(?:\([^)]*\)'\{)?(-[-a-z]+)", case) == [
        argument.flags[0] for argument in command.arguments if argument.flags
    ]
    seen = f"complete -c psdiff-zbx -n '__fish_seen_subcommand_from {command.name}' "
    fish = [line[len(seen) :] for line in SCRIPTS["fish"].splitlines() if line.startswith(seen)]
    expected = [argument for argument in command.arguments if argument.flags]
    assert [fish_flags(line) for line in fish] == [list(each.flags) for each in expected]
    assert all(fish_value(line, each) for line, each in zip(fish, expected))


def fish_flags(line: str) -> List[str]:
    found = re.match(r"(?:-[sl] \S+ )+", line)
    assert found is not None
    return [
        f"--{name}" if kind == "l" else f"-{name}"
        for kind, name in re.findall(r"-([sl]) (\S+)", found[0])
    ]


def fish_value(line: str, argument: Argument) -> bool:
    """Whether it asks for files, for one of the choices, or for something else, as it should."""
    choices = f" -x -a '{' '.join(argument.choices)}' " if argument.choices else " -x "
    wanted = " -r -F " if argument.is_file else choices
    return (wanted in line) == argument.wants_value


def test_zsh_asks_for_files_and_choices() -> None:
    files = [each for each in program().general if each.is_file]
    assert len(files) == 3
    assert all(f"'{each.flags[0]}=[" in SCRIPTS["zsh"] for each in files)
    assert SCRIPTS["zsh"].count(":FILE:_files'") == 5
    assert SCRIPTS["zsh"].count(":(agentd agent2 plugin)'") == 2
    assert ":(add remove)' ':USER: ' ':CMDLINE: '" in SCRIPTS["zsh"]
    assert "'--retry=[look again" in SCRIPTS["zsh"]
    assert "]::SECONDS: '" in SCRIPTS["zsh"]


def test_zsh_and_fish_ask_the_program_for_the_names_of_daemons() -> None:
    named = ("accept", "count", "explain", "start")
    for command in named:
        assert f": _psdiff-zbx_words {command}'" in SCRIPTS["zsh"]
        assert (
            f" -a '(psdiff-zbx completion fish --words {command} 2>/dev/null)'\n"
            in SCRIPTS["fish"]
        )
    assert SCRIPTS["zsh"].count("_psdiff-zbx_words") == 1 + len(named)
    assert SCRIPTS["fish"].count(" --words ") == len(named)


def test_zsh_finds_it_by_its_first_line() -> None:
    assert SCRIPTS["zsh"].startswith("#compdef psdiff-zbx\n")


def test_fish_offers_choices_once() -> None:
    this = "__fish_seen_subcommand_from"
    line = f"-n '{this} manual; and not {this} add remove' -a 'add remove'\n"
    assert line in SCRIPTS["fish"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_quotes_are_even(shell: str) -> None:
    quote_within = {"zsh": '"\'"', "fish": r"\'"}[shell]
    for line in SCRIPTS[shell].splitlines():
        rest = line.replace(quote_within, "")
        assert line.startswith("#") or rest.count("'") % 2 == 0


@pytest.mark.parametrize(
    ("text", "expected"), [("a b", "'a b'"), ("it's", r"'it\'s'"), (r"\x", r"'\\x'")]
)
def test_text_is_quoted_for_fish(text: str, expected: str) -> None:
    assert _quote(text) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_hidden_is_not_there(shell: str) -> None:
    assert re.search(r"remote-accept", SCRIPTS[shell])
    assert not re.search(r"(--|-l )remote(?!-accept|-start)", SCRIPTS[shell])
