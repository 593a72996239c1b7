"""Command lines as daemons and tools really have them: what is hidden, and what stays."""

from __future__ import annotations

import shlex
from typing import List, NamedTuple

import pytest

from psdiff_zbx.core.line import escape
from psdiff_zbx.core.redact import redact
from tests.files import DATA

REDACT = DATA / "redact"


class Row(NamedTuple):
    """A command line and what is left of it: as arguments, and as one text."""

    typed: str
    left: str
    joined: str


def lines(name: str) -> List[str]:
    text = (REDACT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def hidden() -> List[Row]:
    rows: List[Row] = []
    waiting: List[str] = []
    for line in lines("hidden.txt"):
        if line.startswith("~ "):
            rows[-1] = rows[-1]._replace(joined=line[2:])
        elif waiting:
            rows.append(Row(waiting.pop(), line, " ".join(shlex.split(line))))
        else:
            waiting.append(line)
    assert not waiting
    return rows


HIDDEN = hidden()
SHOWN = lines("shown.txt")


def test_the_tables_are_long() -> None:
    assert len(HIDDEN) >= 100
    assert len(SHOWN) >= 80


@pytest.mark.parametrize("row", HIDDEN, ids=[row.typed[:40] for row in HIDDEN])
def test_secrets_are_hidden_and_nothing_else(row: Row) -> None:
    left = redact(shlex.split(row.typed), "secrets")
    assert left == tuple(shlex.split(row.left))
    assert redact(left, "secrets") == left


@pytest.mark.parametrize("row", HIDDEN, ids=[row.typed[:40] for row in HIDDEN])
def test_secrets_are_hidden_in_one_text_too(row: Row) -> None:
    joined = " ".join(shlex.split(row.typed))
    assert redact((joined,), "secrets") == (row.joined,)
    assert redact((row.joined,), "secrets") == (row.joined,)


@pytest.mark.parametrize("row", HIDDEN, ids=[row.typed[:40] for row in HIDDEN])
def test_a_line_of_a_baseline_stays_as_it_is(row: Row) -> None:
    line = escape(" ".join(shlex.split(row.left)))
    assert redact((line,), "secrets") == (line,)


@pytest.mark.parametrize("typed", SHOWN)
def test_what_is_no_secret_is_shown(typed: str) -> None:
    arguments = tuple(shlex.split(typed))
    assert redact(arguments, "secrets") == arguments
    assert redact((" ".join(arguments),), "secrets") == (" ".join(arguments),)
