"""Findings as lines of text and as one JSON document."""

from __future__ import annotations

import json

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.agents.doctor.findings import (
    OK,
    UNKNOWN,
    WARNING,
    WRONG,
    Finding,
    any_wrong,
    findings_json,
    findings_lines,
    some,
    wrong,
)

WIDTH = 80
LONG = "the way to it leads through a folder that zabbix may not enter, " * 2
FOUND = [
    Finding("program", OK, "zabbix runs /usr/local/bin/psdiff-zbx"),
    Finding("baseline", WRONG, "no baseline", "write one"),
    Finding("answer", WARNING, LONG.strip(), "a remedy"),
    Finding("keys", UNKNOWN, "\x1b[31m\nx", "\u202e"),
]


def plain(text: str, _: str) -> str:
    return text


def tagged(text: str, verdict: str) -> str:
    return f"<{verdict}>{text}</>"


def test_one_line_per_check_where_there_is_no_terminal() -> None:
    assert findings_lines(FOUND, plain, None) == [
        "ok       program   zabbix runs /usr/local/bin/psdiff-zbx",
        "wrong    baseline  no baseline – write one",
        f"warning  answer    {LONG.strip()} – a remedy",
        r"unknown  keys      \x1b[31m\nx – \u202e",
    ]


def test_a_terminal_has_what_to_do_below() -> None:
    assert findings_lines(FOUND, plain, WIDTH) == [
        "ok       program   zabbix runs /usr/local/bin/psdiff-zbx",
        "wrong    baseline  no baseline",
        "                     write one",
        "warning  answer    the way to it leads through a folder that zabbix may not",
        "                   enter, the way to it leads through a folder that zabbix may",
        "                   not enter,",
        "                     a remedy",
        r"unknown  keys      \x1b[31m\nx",
        r"                     \u202e",
    ]


def test_a_narrow_terminal_cuts_no_word() -> None:
    found = [Finding("baseline", WRONG, "/var/lib/psdiff-zbx/a-very/long-path/baseline is", "x")]
    rows = findings_lines(found, plain, 20)
    assert "/var/lib/psdiff-zbx/a-very/long-path/baseline" in rows[0]
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(OK, "expected"), (WRONG, "missing"), (WARNING, "young"), (UNKNOWN, "ignored")],
)
def test_the_status_has_a_colour(status: str, verdict: str) -> None:
    assert findings_lines([Finding("x", status, "y")], tagged, None) == [
        f"<{verdict}>{status:7}</>  x  y"
    ]


def test_nothing_found_is_no_line() -> None:
    assert findings_lines([], plain, WIDTH) == []


def test_the_document() -> None:
    found = json.loads(findings_json(FOUND))
    assert (found["version"], found["ok"]) == (__version__, False)
    assert found["checks"][1] == {
        "name": "baseline",
        "status": "wrong",
        "text": "no baseline",
        "remedy": "write one",
    }
    assert found["checks"][3]["text"] == r"\x1b[31m\nx"
    assert "\n" not in findings_json(FOUND)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [((), False), ((OK, WARNING, UNKNOWN), False), ((OK, WRONG, OK), True)],
)
def test_a_warning_is_nothing_wrong(statuses: tuple[str, ...], expected: bool) -> None:
    found = [Finding("x", status, "y") for status in statuses]
    assert any_wrong(found) == expected
    assert json.loads(findings_json(found))["ok"] != expected


@pytest.mark.parametrize(
    ("error", "text", "remedy"),
    [
        ("no baseline; write one", "no baseline", "write one"),
        ("no agent; install one; or two", "no agent", "install one; or two"),
        ("cannot read it", "cannot read it", "chmod"),
    ],
)
def test_an_error_says_what_to_do(error: str, text: str, remedy: str) -> None:
    assert wrong("x", ValueError(error), "chmod") == Finding("x", WRONG, text, remedy)


def test_numbers_of_things() -> None:
    assert [some(number, "line") for number in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]
