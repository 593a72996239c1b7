"""The manual page holds everything, nothing of it is troff's own by accident, and it is shown."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.cli.parser import EXAMPLES
from psdiff_zbx.core.item_keys import METRICS
from tools import troff
from tools.description import Described, program
from tools.manual_page import page

PAGE = page(program())
LINES = PAGE.splitlines()
DESCRIBED = [pytest.param(command, id=command.name) for command in program().commands]
SECTIONS = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "OPTIONS",
    "ITEM KEYS",
    "EXAMPLES",
    "EXIT STATUS",
    "ENVIRONMENT",
    "FILES",
    "SEE ALSO",
]
# All that the page may be made of: groff and mandoc know these, on the oldest systems too.
MACRO = re.compile(r"\.(TH .+ 1 \"\" \".+\"|SH [A-Z ]+|SS .+|TP|PP|RS|RE|nh|ad l)")
ESCAPE = re.compile(r"\\(f[BIR]|[-e&]|\((?:aq|dq|ga|ha|ti)|\[u[0-9A-F]{4,5}\])")
TEXTS = [
    ("plain", "plain"),
    (".x is no request", r"\&.x is no request"),
    ("'x is none", r"\(aqx is none"),
    (r"a\fBc", r"a\efBc"),
    ("--dry-run", r"\-\-dry\-run"),
    ('say "~^`"', r"say \(dq\(ti\(ha\(ga\(dq"),
    ("… 🙂", r"\[u2026] \[u1F642]"),
]
FORMS = [
    ("[--retry [SECONDS]]", r"[\fB\-\-retry\fR [\fISECONDS\fR]]"),
    ("(PID | --all)", r"(\fIPID\fR | \fB\-\-all\fR)"),
    ("-v, --dry-run", r"\fB\-v\fR, \fB\-\-dry\-run\fR"),
    ("{add,remove} ID|PATTERN", r"{add,remove} \fIID\fR|\fIPATTERN\fR"),
]


def plain(lines: List[str]) -> str:
    """The text that a reader sees, on one line."""
    names = {"aq": "'", "dq": '"', "ga": "`", "ha": "^", "ti": "~"}

    def shown(match: re.Match[str]) -> str:
        word = match[1]
        return names.get(word[1:], {"-": "-", "e": "\\"}.get(word, ""))

    text = [line for line in lines if not line.startswith(".")]
    return " ".join(ESCAPE.sub(shown, " ".join(text)).split())


def sections() -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for line in LINES[LINES.index(".SH NAME") :]:
        if line.startswith(".SH "):
            found[line[4:]] = []
        else:
            found[next(reversed(found))].append(line)
    return found


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text_is_escaped(text: str, expected: str) -> None:
    assert troff.escape(text) == expected


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_flags_are_bold_and_values_italic(text: str, expected: str) -> None:
    assert troff.form(text) == expected


def test_each_sentence_begins_a_line() -> None:
    text = "It ends.  'Another' one\nof two lines.\n.5 is a number, e.g. this"
    expected = ["It ends.", r"\(aqAnother\(aq one of two lines.", r"\&.5 is a number, e.g. this"]
    assert list(troff.prose(text)) == expected


def test_it_begins_with_its_name_and_version_and_has_no_date() -> None:
    assert LINES[0] == f'.TH PSDIFF-ZBX 1 "" "psdiff\\-zbx {__version__}"'
    assert re.fullmatch(r"psdiff\\-zbx \\- [a-z].*[^.]", sections()["NAME"][0])


def test_all_sections_are_there_in_their_usual_order() -> None:
    assert list(sections()) == SECTIONS
    assert all(sections().values())


def test_each_line_is_a_macro_or_escaped_text() -> None:
    assert [line for line in LINES if not is_macro(line) and not is_text(line)] == []


def is_macro(line: str) -> bool:
    rest = line.replace('"', "") if line.startswith(".TH") else line
    return bool(MACRO.fullmatch(line)) and is_escaped(rest)


def is_text(line: str) -> bool:
    return 0 < len(line) < 280 and not line.startswith((".", "'")) and is_escaped(line)


def is_escaped(line: str) -> bool:
    return line.isascii() and not set(ESCAPE.sub("", line)) & set("\\'\"`^~")


def test_indents_and_fonts_end_where_they_began() -> None:
    depth = 0
    for line in LINES:
        depth += {".RS": 1, ".RE": -1}.get(line, 0)
        assert 0 <= depth <= 1
        assert depth == 0 or not line.startswith((".SH", ".SS"))
        fonts = re.findall(r"\\f(.)", line)
        assert fonts[1::2] == ["R"] * (len(fonts) // 2) == ["R"] * len(fonts[::2])
    assert depth == 0


def test_a_term_has_its_text() -> None:
    terms = [number for number, line in enumerate(LINES) if line == ".TP"]
    assert all(not LINES[number + 1].startswith(".") for number in terms)
    assert all(not LINES[number + 2].startswith(".") for number in terms)


@pytest.mark.parametrize("command", DESCRIBED)
def test_a_command_is_there_with_all_that_help_says(command: Described) -> None:
    lines = sections()["COMMANDS"]
    rest = command.usage[len(command.name) :]
    start = lines.index(f"{troff.bold(command.name)}{troff.form(rest)}")
    text = plain(lines[start : lines.index(".RE", start)])
    assert text.startswith(f"{command.usage} {' '.join(command.text.split())}")
    assert text.endswith(f"Example: {command.example}")
    for argument in command.arguments:
        assert f"{argument.title} {argument.help}" in text


def test_what_is_common_to_all_commands_is_there() -> None:
    options = plain(sections()["OPTIONS"])
    assert all(f"{each.title} {each.help}" in options for each in program().general)
    headings = [line[4:] for line in LINES if line.startswith(".SS ")]
    assert [plain([line]).lower() for line in headings] == [
        heading.lower() for heading in program().groups
    ]
    examples = plain(sections()["EXAMPLES"])
    assert all(f"{typed} {why}" in examples for typed, why in EXAMPLES.items())
    keys = plain(sections()["ITEM KEYS"])
    assert all(f"{metric.full_key} {metric.description}" in keys for metric in METRICS)


def test_what_is_hidden_is_not_there() -> None:
    assert "--remote-accept" in plain(LINES)
    assert not re.search(r"--remote(?!-accept|-start)", plain(LINES))


def on_a_terminal(path: Path) -> str:
    """What a person sees of ``psdiff-zbx man`` whose programs are in a folder."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "psdiff_zbx", "man"]
    with subprocess.Popen(command, stdout=theirs, env={**os.environ, "PATH": str(path)}):
        os.close(theirs)
        seen = b""
        try:
            while True:
                seen += os.read(ours, 65536)
        except OSError:  # nobody has the terminal any more
            os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def install_man(folder: Path, code: int) -> Path:
    """A ``man`` that says how it was called and the first line that it got."""
    program = folder / "man"
    program.write_text(f'#!/bin/sh\nread -r first\necho "$* $first"\nexit {code}\n')
    program.chmod(0o755)
    return folder


def test_on_a_terminal_man_shows_it(tmp_path: Path) -> None:
    assert on_a_terminal(install_man(tmp_path, code=0)) == f"-l - {LINES[0]}\n"


def test_where_man_is_absent_or_fails_it_is_printed(tmp_path: Path) -> None:
    assert on_a_terminal(tmp_path) == PAGE
    assert on_a_terminal(install_man(tmp_path, code=1)).endswith(PAGE)


def test_without_a_terminal_it_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "psdiff_zbx", "man"]
    env = {**os.environ, "PATH": str(install_man(tmp_path, code=0))}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=env, check=True)
    assert done.stdout.decode() == PAGE
