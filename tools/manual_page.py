"""The manual page, psdiff-zbx(1), from what ``--help`` says.

In: the commands as records.  Out: troff.  It has no date: the same version makes the same page.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Mapping

from psdiff_zbx.core.item_keys import METRICS
from tools.description import Argument, Described, Program
from tools.troff import (
    bold,
    escape,
    form,
    prose,
    tagged,
)

_ABOUT = """\
psdiff-zbx knows which daemons a Linux host should run, because it was told once:
'psdiff-zbx write' stores the tree of the processes, less everything that comes and goes, as a
text file, the baseline.
A daemon is all of its lines with the same user and command line.
Without a command, psdiff-zbx shows what differs.

Missing (-) are the lines of the baseline for which no process runs, extra (+) the processes
beyond those that the baseline expects.
Rules say what is no daemon, and which parts of a command line vary; they are shipped for what
is usual, and there may be more in the configuration.
Passwords and other secrets are hidden before anything is stored or shown.

The Zabbix agent asks by UserParameters, or, zabbix_agent2 only, by the plugin
psdiff-zbx-agent2, which answers the same without starting anew each time
('psdiff-zbx-agent2 --configuration' prints its configuration)."""
_ERRORS = (
    "An error is one line on standard error.  The commands that the agent runs print it on "
    "standard output, 'psdiff: error: ...', because Zabbix does not tell the two apart; get puts "
    "it into the document, as 'error'."
)
_FILES: Mapping[str, str] = {
    "/etc/psdiff-zbx/config.toml": "The configuration, in TOML.  It need not exist.",
    "/etc/psdiff-zbx/rules.d/*.toml": "More rules, read in the order of their names.",
    "/var/lib/psdiff-zbx/baseline": "The baseline; the previous one is beside it, as "
    "baseline.old.",
    "/var/lib/psdiff-zbx/baseline.history": "What log shows and undo takes back.",
    "$XDG_STATE_HOME/psdiff-zbx/baseline": "The baseline of a user who cannot write the "
    "system's, where that does not exist.",
    "/var/lib/psdiff.db": "psdiff's baseline, read where there is none of ours.",
    "/usr/local/etc/psdiff.conf, /etc/psdiff.conf, psdiff.d/*.py": "psdiff's configuration, read "
    "where there is none of ours; psdiff.d is in the same two folders.",
}
_TRUST = (
    "A file of configuration or rules is refused unless it and its folder belong to root or to "
    "the user who runs the program, and nobody else can write them."
)
_ENVIRONMENT: Mapping[str, str] = {
    "NO_COLOR": "If it is set and not empty, nothing is coloured.",
    "PSDIFF_ZBX_WORDS": "If it is set and not empty, a word stands where else a sign does: "
    "missing and extra, removed and added.",
    "XDG_STATE_HOME": "The folder for a user's own baseline; ~/.local/state if it is not set.",
}
_SEE_ALSO = ("zabbix_agentd(8)", "zabbix_agent2(8)", "ps(1)")


def page(program: Program) -> str:
    """The whole page as troff, which man(1) shows."""
    return "".join(f"{line}\n" for line in _lines(program))


def _lines(program: Program) -> Iterator[str]:
    name = program.name
    yield f'.TH {name.upper()} 1 "" "{escape(f"{name} {program.version}")}"'
    yield from [".nh", ".ad l"]
    yield from _section("NAME", [rf"{escape(name)} \- {escape(_title(program))}"])
    yield from _section("SYNOPSIS", [f"{bold(name)} {form('[OPTION ...] [COMMAND ...]')}"])
    yield from _section("DESCRIPTION", _paragraphs(_ABOUT.split("\n\n")))
    yield from _section("COMMANDS", _commands(program.groups))
    yield from _section("OPTIONS", _options(program.general))
    yield from _section("ITEM KEYS", _item_keys())
    yield from _section("EXAMPLES", _examples(program.examples))
    yield from _section("EXIT STATUS", _exit_status(program.exit_status))
    yield from _section("ENVIRONMENT", _table(_ENVIRONMENT))
    yield from _section("FILES", [*_table(_FILES), ".PP", *prose(_TRUST)])
    yield from _section("SEE ALSO", [",\n".join(map(_reference, _SEE_ALSO))])


def _title(program: Program) -> str:
    return f"{program.description[0].lower()}{program.description[1:].rstrip('.')}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {title}"
    yield from lines


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    """Each text as a paragraph.  The first one follows a heading and needs no ``.PP``."""
    for number, text in enumerate(texts):
        yield from [".PP"] if number else []
        yield from prose(text)


def _commands(groups: Mapping[str, Iterable[Described]]) -> Iterator[str]:
    for heading, commands in groups.items():
        yield f".SS {escape(heading[0].upper() + heading[1:])}"
        for command in commands:
            yield from _command(command)


def _command(command: Described) -> Iterator[str]:
    rest = command.usage[len(command.name) :]
    yield from tagged(f"{bold(command.name)}{form(rest)}", command.text)
    yield ".RS"
    yield from _options(command.arguments)
    yield from [".PP", "Example:", bold(command.example), ".RE"]


def _options(arguments: Iterable[Argument]) -> Iterator[str]:
    for argument in arguments:
        yield from tagged(form(argument.title), argument.help)


def _item_keys() -> Iterator[str]:
    for metric in METRICS:
        yield from tagged(
            bold(metric.full_key), f"{metric.description}  Command {metric.command}."
        )


def _examples(examples: Mapping[str, str]) -> Iterator[str]:
    for line, why in examples.items():
        yield from tagged(bold(line), why)


def _exit_status(meanings: Mapping[int, str]) -> Iterator[str]:
    for code, meaning in meanings.items():
        yield from tagged(bold(str(code)), meaning)
    yield from [".PP", *prose(_ERRORS)]


def _table(rows: Mapping[str, str]) -> Iterator[str]:
    for term, text in rows.items():
        yield from tagged(bold(term), text)


def _reference(page: str) -> str:
    name, section = page.rstrip(")").split("(")
    return f"{bold(name)}({section})"
