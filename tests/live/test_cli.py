"""The command line: where options may stand, what is printed, which exit code, how soon."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import psdiff_zbx
from tests.live.program import (
    PATIENCE,
    Program,
    Word,
    error_of,
    finish,
    ids,
)
from tests.live.recordings import EXTRA, MISSING, recording


def test_options_may_stand_before_the_command_or_after_it(bare: Program) -> None:
    words = [*bare.own, "--snapshot", bare.folder / "now", "--min-age", 0]
    for place in range(0, len(words) + 1, 2):
        result = bare.run(*words[:place], "show", *words[place:]).ok(1)
        assert result.changes == [MISSING, EXTRA]
        assert bare.run(*words[:place], "extra", *words[place:]).ok().lines == result.lines[1:]


def test_an_option_after_the_command_overrules_one_before_it(full: Program) -> None:
    assert full.run("show", "--snapshot", full.folder / "before").ok().out == ""


def test_no_command_at_all_is_show(full: Program, bare: Program) -> None:
    assert full.run() == full.run("show")
    assert full.run("--missing").ok(1).changes == [MISSING]
    error_of(bare.run("--baseline", bare.folder / "none"), "show")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["show", "--missing"], [MISSING]),
        (["show-missing"], [MISSING]),
        (["show", "--extra"], [EXTRA]),
        (["show-extra"], [EXTRA]),
        (["show", "--missing", "--extra"], [MISSING, EXTRA]),
        (["show-extra", "--retry", "0"], [EXTRA]),
    ],
)
def test_what_was_asked_for_is_shown(full: Program, words: list[str], shown: list[str]) -> None:
    assert full.run(*words).ok(1).changes == shown


USAGE: Sequence[Sequence[Word]] = [
    ("shwo",),
    ("show", "more"),
    ("--verbose", "show"),
    ("show", "--retry", "soon"),
    ("show", "--retry", "-1"),
    ("show", "--retry", "nan"),
    ("log", "-n", "-1"),
    ("log", "-n", "-3"),
    ("log", "-n", "some"),
    ("show", "--min-age", "inf"),
    ("--min-age",),
    ("--snap", "x"),
    ("count",),
    ("count", "a", "b"),
    ("manual",),
    ("manual", "change", "root", "/opt/a"),
    ("manual", "add", "root"),
    ("write", "--force"),
    ("dump", "\n\x1b[1m"),
    ("get", b"\xff"),
    ("",),
]


@pytest.mark.parametrize("words", USAGE, ids=map(repr, USAGE))
def test_wrong_usage_is_one_line_and_exit_code_2(full: Program, words: Sequence[Word]) -> None:
    result = full.run(*words)
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"psdiff-zbx: error: [^\n\x1b]+\n", result.err)
    assert "--help" in result.err


@pytest.mark.parametrize("words", [["--help"], ["show", "-h"], ["--version"], ["version"]])
def test_help_and_version_need_no_host(words: list[str], tmp_path: Path) -> None:
    assert Program(tmp_path).run(*words).ok().out


def test_the_console_script_is_the_same_program(full: Program) -> None:
    script = Path(sys.executable).with_name("psdiff-zbx")
    assert script.exists(), "psdiff-zbx is not installed beside this Python"
    for words in (["show"], ["missing"], ["count", "none"], ["--version"], ["shwo"]):
        line = [os.fsencode(script), *full.command(*words)[3:]]
        done = subprocess.run(line, env=full.environment({}), capture_output=True, check=False)
        assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == full.run(*words)


def test_a_reader_that_has_had_enough_is_no_error(program: Program, tmp_path: Path) -> None:
    names = [f"/opt/{number}/{'x' * 100}" for number in range(3000)]
    replay = program.replaying(recording(tmp_path / "many", names))
    for command in ("dump", "snapshot"):
        with replay.start(command) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(PATIENCE) == 0


PRINTING = pytest.mark.parametrize("command", ["dump", "show", "missing", "get", "snapshot"])


@PRINTING
def test_a_closed_output_is_no_traceback(full: Program, command: str) -> None:
    line = [b"sh", b"-c", b'exec "$@" >&-', b"sh", *full.command(command)]
    done = subprocess.run(line, env=full.environment({}), capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") <= 1


@PRINTING
def test_an_output_that_is_full_is_an_error(full: Program, command: str) -> None:
    with open("/dev/full", "wb") as nowhere, full.start(command, stdout=nowhere) as process:
        result = finish(process)
    assert result.code == 3
    assert result.err.count("\n") <= 1


def test_a_snapshot_may_come_through_a_pipe(full: Program, bare: Program) -> None:
    piped = bare.with_options(*bare.own, "--snapshot", "-")
    stdin = (bare.folder / "now").read_bytes()
    for command in ("show", "get", "dump", "missing", "show-extra"):
        fresh, known = piped.run(command, stdin=stdin), full.run(command)
        timeless = [re.sub(r'"seconds": ?[\d.]+', "", found.out) for found in (fresh, known)]
        assert timeless[0] == timeless[1]
        assert fresh.code == known.code
    assert "standard input" in error_of(piped.run("get"), "get")
    assert piped.run("show", "--retry", 1, stdin=stdin).changes == [MISSING, EXTRA]


def test_manual_adds_one_and_removes_it(full: Program) -> None:
    assert full.run("manual", "add", "root", "/opt/c").ok().changes == [
        f"Wrote to {full.baseline}",
        EXTRA,
    ]
    assert full.run("show").ok(1).changes == [MISSING]
    assert full.run("manual", "remove", "root", "/opt/a -x").ok().changes[1:] == [MISSING]
    assert full.run("show").ok().out == ""


@pytest.mark.parametrize(
    ("user", "cmdline"),
    [("root", "/opt/c"), ("nobody", "/opt/b"), ("root", "INIT"), ("root", "root"), ("root", "")],
)
def test_manual_refuses_to_remove_what_is_not_there(
    full: Program, user: str, cmdline: str
) -> None:
    before = full.baseline.read_bytes()
    error_of(full.run("manual", "remove", user, cmdline), "manual")
    assert full.baseline.read_bytes() == before


@pytest.mark.parametrize(("user", "cmdline"), [("root", ""), ("", "/opt/c"), ("root", "  ")])
def test_manual_refuses_to_add_nothing(full: Program, user: str, cmdline: str) -> None:
    before = full.baseline.read_bytes()
    error_of(full.run("manual", "add", user, cmdline), "manual")
    assert full.baseline.read_bytes() == before


def test_count_is_of_the_one_daemon(full: Program) -> None:
    found = ids(full.run("discover").ok())
    assert set(found) == {"/opt/a -x", "/opt/b"}
    assert full.run("count", found["/opt/a -x"]).ok().out == "0\n"
    assert full.run("count", "--", found["/opt/b"]).ok().out == "1\n"


def test_version_is_the_packages(program: Program) -> None:
    assert program.run("version").ok().out == f"{psdiff_zbx.__version__}\n"
    assert program.run("--version").ok().out == f"psdiff-zbx {psdiff_zbx.__version__}\n"


def test_the_userparameter_file_runs_this_program(full: Program) -> None:
    text = full.run("userparameters").ok().out
    (line,) = [row for row in text.split("\n") if row.startswith("UserParameter=psdiff.version,")]
    shell = shutil.which("sh") or "/bin/sh"
    done = subprocess.run(
        [shell, "-c", line.partition(",")[2]],
        env=full.environment({}),
        cwd="/",
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == f"{psdiff_zbx.__version__}\n"
