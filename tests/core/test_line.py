"""One process is one line, and a line is read as it was written."""

from __future__ import annotations

import time
from typing import Optional, Tuple

import pytest

from psdiff_zbx.core.line import (
    Parsed,
    command_line,
    error_line,
    escape,
    escape_user,
    format_line,
    parse_line,
)
from psdiff_zbx.core.model import Line
from tests.builders import process

SHOWN = {
    "arguments-joined": (("/usr/sbin/cron", "-f"), "/usr/sbin/cron -f"),
    "title-of-one-argument": (("nginx: master process",), "nginx: master process"),
    "outer-blanks-cut": ((" postgres: checkpointer  ",), "postgres: checkpointer"),
    "inner-blanks-kept": (("a", "", "b  c"), "a  b  c"),
    "no-arguments": ((), "[comm]"),
    "empty-argument": (("",), "[comm]"),
    "blanks-only": (("  ", " "), "[comm]"),
    "newline": (("sh", "-c", "a\nb"), r"sh -c a\nb"),
    "tab": (("\ta",), r"\ta"),
    "carriage-return": (("a\rb",), r"a\x0db"),
    "escape-sequence": (("\x1b[31m",), r"\x1b[31m"),
    "nul": (("a\0b",), r"a\x00b"),
    "delete": (("a\x7f",), r"a\x7f"),
    "next-line": (("a\x85b",), r"a\x85b"),
    "undecodable-byte": (("caf\udce9",), r"caf\xe9"),
    "lone-surrogate": (("a\ud800",), r"a\ud800"),
    "line-separator": (("a\u2028b",), r"a\u2028b"),
    "right-to-left-override": (("a\u202eb",), r"a\u202eb"),
    "isolate": (("a\u2066b",), r"a\u2066b"),
    "letters-of-any-script": (("größe", "日本", "😀"), "größe 日本 😀"),
    "a-forged-user": (("x  {user=root}",), "x  {user=root}"),
    "backslash-stays": ((r"a\nb",), r"a\nb"),
}


@pytest.mark.parametrize(("cmdline", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_command_line_is_shown(cmdline: Tuple[str, ...], shown: str) -> None:
    assert command_line(process(7, name="comm")._replace(cmdline=cmdline)) == shown


def test_a_name_without_arguments_stays_on_its_line() -> None:
    assert command_line(process(7, name="a\nb\udcff")) == r"[a\nb\xff]"


@pytest.mark.parametrize("text", ["plain", "größe", r"\x0a", "a\nb", "\udcff\u2029"])
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@pytest.mark.parametrize(
    ("user", "shown"),
    [("root", "root"), ("a}b", r"a\x7db"), ("{user=x}", r"\x7buser=x\x7d"), ("a\nb", r"a\nb")],
)
def test_a_user_cannot_end_its_own_brace(user: str, shown: str) -> None:
    assert escape_user(user) == shown


def test_a_line_is_written_as_psdiff_writes_it() -> None:
    line = Line(2, "/usr/sbin/cron -f", "root")
    assert format_line(line) == "    /usr/sbin/cron -f  {user=root}"


PARSED = {
    "plain": ("  cron -f  {user=root}", Parsed(2, "cron -f", "root")),
    "root": ("root  {user=root}", Parsed(0, "root", "root")),
    "forged-user": ("x  {user=a}  {user=b}", Parsed(0, "x  {user=a}", "b")),
    "brace-in-command": ("x {a}  {user=b}", Parsed(0, "x {a}", "b")),
    "shortened-user": ("x  {user=systemd+}", Parsed(0, "x", "systemd+")),
    "trailing-blanks": ("x  {user=b} \t\r", Parsed(0, "x", "b")),
    "many-blanks-before-the-brace": ("x     {user=b}", Parsed(0, "x", "b")),
    "letters-of-any-script": ("größe  {user=jürgen}", Parsed(0, "größe", "jürgen")),
    "odd-indent-is-counted": ("   x  {user=b}", Parsed(3, "x", "b")),
}


@pytest.mark.parametrize(("text", "parsed"), PARSED.values(), ids=PARSED)
def test_a_line_is_taken_apart(text: str, parsed: Optional[Parsed]) -> None:
    assert parse_line(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cron -f",
        "cron -f {user=root}",
        "cron -f  {user=root",
        "cron -f  {user=}",
        "  {user=root}",
        "cron -f  {user=ro}ot}",
        "cron -f  {user={root}",
        "cron -f  {user=root} # comment",
        "a\nb  {user=root}",
        "\tcron  {user=root}",
        "a\u2028b  {user=root}",
    ],
)
def test_anything_else_is_no_process_line(text: str) -> None:
    assert parse_line(text) is None


def test_a_clock_that_python_cannot_tell_is_no_bug_of_ours() -> None:
    with pytest.raises(OverflowError) as caught:
        time.sleep(1e300)  # in the words of time.time() on a host of the year 2263
    assert error_line(caught.value).startswith("this host's clock is beyond the year 2261")
    assert error_line(OverflowError("int too large")).startswith("unexpected OverflowError: ")
