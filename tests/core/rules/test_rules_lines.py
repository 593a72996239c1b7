"""Single command lines under the shipped rules: what becomes of them, which of them stay apart,
and which are one daemon at different times."""

from __future__ import annotations

import re
from typing import Dict, List, Tuple

import pytest

from psdiff_zbx.core.model import Unit
from psdiff_zbx.core.rules.rule import Subject
from psdiff_zbx.core.rules.ruleset import Rules
from tests.builders import SHIPPED
from tests.files import DATA

RULES = DATA / "rules"
WORDS = {
    "shown": "None",
    "children": "ignore children",
    "subtree": "ignore subtree",
    "self": "ignore self",
    "one": "at_least_one True",
    "optional": "optional True",
}


def lines_of(name: str) -> List[str]:
    text = (RULES / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def row(line: str) -> Tuple[str, Subject, str]:
    """The verdict, what it is about, and what is shown."""
    verdict, user, cmdline, *more = re.split(" {2,}", line)
    notes: Dict[str, str] = dict(re.split("> |=(?!>)", note, maxsplit=1) for note in more)
    kind = notes.get("unit", "")
    subject = Subject(
        cmdline,
        user,
        notes.get("name", "x"),
        notes.get("cgroup", "/x"),
        is_title="title" in notes,
        standing=notes.get("standing", ""),
        unit_of=lambda _: Unit("x.service", kind) if kind else None,
    )
    return verdict, subject, notes.get("=", cmdline)


def blocks(name: str) -> List[List[str]]:
    text = "\n".join(lines_of(name))
    return [block.strip("\n").split("\n") for block in text.split("\n\n") if block.strip("\n")]


ROWS = [line for line in lines_of("lines.txt") if line]
APART, SAME = blocks("apart.txt"), blocks("same.txt")


def shown(cmdline: str, rules: Rules = SHIPPED) -> str:
    return rules.normalise(Subject(cmdline, "root"))


@pytest.mark.parametrize("line", ROWS)
def test_what_becomes_of_a_command_line(line: str) -> None:
    verdict, subject, expected = row(line)
    found = SHIPPED.judge(subject)
    rule = found.rule
    assert (f"{rule.action} {rule.argument}" if rule else "None") == WORDS[verdict]
    assert found.cmdline == expected


@pytest.mark.parametrize("line", ROWS)
def test_what_is_shown_is_judged_as_what_it_was_made_of(line: str) -> None:
    _, subject, expected = row(line)
    again = SHIPPED.judge(subject._replace(cmdline=expected))
    assert again == SHIPPED.judge(subject)


@pytest.mark.parametrize("block", APART, ids=lambda block: block[0])
def test_two_daemons_never_become_one(block: List[str]) -> None:
    assert len({shown(cmdline) for cmdline in block}) == len(block) > 1


@pytest.mark.parametrize("block", SAME, ids=lambda block: block[0])
def test_one_daemon_has_one_line_at_all_times(block: List[str]) -> None:
    assert len(block) > 1
    assert {shown(cmdline) for cmdline in block} == {shown(block[0])}


def test_all_tables_are_there() -> None:
    assert len(ROWS) > 250
    assert len(APART) > 15
    assert len(SAME) > 10
