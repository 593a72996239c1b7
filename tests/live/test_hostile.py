"""Names and arguments that are made to break lines, files, JSON and macros.

All of them run at once, are looked at by every command, and then end one by one.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import PIPE
from typing import NamedTuple

import pytest

from psdiff_zbx.core.line import parse_line
from psdiff_zbx.core.long_arguments import shorten
from tests.live.hostile import HOSTILE, WORD
from tests.live.program import NOBODY, Program, Result
from tests.live.standins import StandIns, kept

LOOKS = ("dump", "show", "missing", "extra", "get", "discover", "snapshot")
ME = pwd.getpwuid(os.geteuid()).pw_name
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
BIDI = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
CASES = pytest.mark.parametrize("case", HOSTILE)


class Seen(NamedTuple):
    """What every command said: before they were accepted, after, and when one had ended."""

    new: Mapping[str, Result]
    accepted: Mapping[str, Result]
    replayed: Mapping[str, Result]
    ended: Mapping[str, Result]
    pids: Mapping[str, int]

    def all(self) -> list[Result]:
        groups = (self.new, self.accepted, self.replayed, self.ended)
        return [result for group in groups for result in group.values()]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    program = Program(tmp_path_factory.mktemp("hostile")).configure(kept(WORD))
    young = ("--min-age", 0)
    program.write()
    with StandIns() as standins:
        running = {name: standins.titled(h.title, h.comm) for name, h in HOSTILE.items()}
        new = {command: program.run(command, *young) for command in LOOKS}
        accepted = {"write": program.run("write", "-v", "--all")}
        accepted.update({command: program.run(command, *young) for command in LOOKS})
        snapshot = program.folder / "snapshot"
        snapshot.write_text(accepted["snapshot"].out, encoding="utf-8")
        replay = program.replaying(snapshot)
        replayed = {command: replay.run(command) for command in LOOKS}
        pids = {name: process.pid for name, process in running.items()}
        ended = {}
        for name, process in running.items():
            standins.stop(process)
            ended[name] = program.run("show", "--missing")
        yield Seen(new, accepted, replayed, ended, pids)


def lines(result: Result, shown: str) -> list[str]:
    """The lines that end in this command line and our user."""
    wanted = re.compile(r"(?:[-+] )? *" + re.escape(f"{shown}  {{user={ME}}}"))
    return [line for line in result.lines if wanted.fullmatch(line)]


@CASES
def test_one_process_is_one_line(seen: Seen, case: str) -> None:
    for result in (seen.new["dump"], seen.new["show"], seen.new["extra"], seen.accepted["write"]):
        assert len(lines(result, HOSTILE[case].shown)) == 1


def test_no_line_is_of_anything_else(seen: Seen) -> None:
    for result in (seen.new["dump"], seen.new["extra"], seen.accepted["dump"]):
        assert len(result.having(WORD)) == len(HOSTILE)
        cut = [line[2:] if line[:1] in "+-" else line for line in result.lines]
        assert [line for line in cut if parse_line(line) is None] == []


def test_what_was_accepted_is_no_difference(seen: Seen) -> None:
    for command in ("show", "missing", "extra"):
        assert seen.accepted[command].having(WORD) == []


@CASES
def test_one_that_ends_is_one_missing_line(seen: Seen, case: str) -> None:
    names = list(HOSTILE)
    gone = names[: names.index(case) + 1]
    result = seen.ended[case].ok(1)
    assert len(result.having(WORD)) == len(gone)
    assert [name for name in gone if len(lines(result, HOSTILE[name].shown)) != 1] == []


@CASES
def test_a_snapshot_holds_the_bytes(seen: Seen, case: str) -> None:
    rows = [json.loads(line) for line in seen.accepted["snapshot"].lines]
    (row,) = [row for row in rows if row["pid"] == seen.pids[case]]
    title = "\0".join(row["cmdline"]).encode("utf-8", "surrogateescape")
    assert title == HOSTILE[case].title.rstrip(b"\0")
    assert row["name"].encode("utf-8", "surrogateescape") == HOSTILE[case].comm


def test_a_replayed_snapshot_shows_the_same_lines(seen: Seen) -> None:
    assert seen.replayed["dump"].having(WORD) == seen.accepted["dump"].having(WORD)
    assert seen.replayed["snapshot"].out == seen.accepted["snapshot"].out
    for command in ("show", "missing", "extra"):
        assert seen.replayed[command].having(WORD) == []


@CASES
def test_discovery_has_one_safe_row(seen: Seen, case: str) -> None:
    text = HOSTILE[case].shown.translate(str.maketrans("{}", "()"))
    rows = seen.accepted["discover"].ok().json()
    (row,) = [row for row in rows if row["{#PSDIFF.CMDLINE}"] == text]
    assert row["{#PSDIFF.USER}"] == ME
    assert row["{#PSDIFF.EXPECTED}"] == 1
    assert ID.fullmatch(row["{#PSDIFF.ID}"])
    assert 1 <= len(row["{#PSDIFF.NAME}"]) <= 64
    assert [value for value in row.values() if "{" in str(value) or "}" in str(value)] == []


def test_the_document_agrees_with_the_lines(seen: Seen) -> None:
    for found in (seen.new, seen.accepted, seen.replayed):
        document = found["get"].ok().json()
        assert document["error"] == ""
        for part in ("missing", "extra"):
            rows = document[part]["text"].split("\n") if document[part]["text"] else []
            assert len(rows) == document[part]["count"]
            assert [row.strip("+- ") for row in rows if WORD in row] == [
                line.strip("+- ") for line in found[part].having(WORD)
            ]
    known = seen.accepted["get"].json()["daemons"]
    ours = [row for row in seen.accepted["discover"].json() if WORD in row["{#PSDIFF.CMDLINE}"]]
    assert len(ours) == len(HOSTILE)
    assert all(known[row["{#PSDIFF.ID}"]]["running"] == 1 for row in ours)


def test_no_output_has_control_characters(seen: Seen) -> None:
    for result in seen.all():
        odd = {char for char in result.out if unicodedata.category(char) in ("Cc", "Zl", "Zp")}
        assert odd <= {"\n"}
        assert not BIDI & set(result.out)


def test_nothing_is_said_on_stderr(seen: Seen) -> None:
    assert {result.err for result in seen.all()} == {""}
    assert {result.code for result in seen.all()} <= {0, 1}


def assert_cut(line: str, whole: str) -> None:
    kept, more = line.split("… ")
    assert whole.startswith(kept)
    assert (more, len(line)) == (f"{len(whole) - len(kept)} more characters", 1000)


def test_a_title_of_128_kib_is_one_line(lonely: Program, word: str) -> None:
    arguments = b"\0".join([word.encode(), *(b"%060d" % number for number in range(2200))])
    assert len(arguments) > 128 * 1024
    short, rest = shorten(arguments)
    shown = f"    {short.decode().replace(chr(0), ' ')} {rest}  {{user={ME}}}"
    lonely.write()
    with StandIns() as standins:
        standins.titled(arguments, word.encode())
        assert lonely.run("dump").ok().lines[2:] == [shown]
        (line,) = lonely.run("show").ok(1).lines
        assert_cut(line, f"+ {shown}")
        document = lonely.run("get", "--min-age", 0).ok().json()
        lonely.write()
        assert lonely.run("show").ok().out == ""
        (row,) = lonely.run("discover").ok().json()
    assert document["extra"]["count"] == 1
    assert len(document["extra"]["text"]) == 1000
    assert len(row["{#PSDIFF.CMDLINE}"]) == 255
    (line,) = lonely.run("show").ok(1).lines
    assert_cut(line, f"- {shown}")


def test_a_process_that_was_started_without_arguments_is_shown_by_its_name(
    lonely: Program, standins: StandIns, word: str, tmp_path: Path
) -> None:
    path = tmp_path / word
    path.symlink_to("/bin/cat")
    # The kernel makes no arguments at all to an empty one: fs/exec.c.
    standins.start([""], str(path), stdin=PIPE)
    assert lonely.run("dump").ok().having(word) == [f"[{word}]  {{user={ME}}}"]


@pytest.mark.usefixtures("root")
def test_a_title_cannot_borrow_another_user(lonely: Program, word: str) -> None:
    nobody = pwd.getpwuid(NOBODY).pw_name
    line = f"/opt/{word}/alpha 900"
    with StandIns() as standins:
        real = standins.sleeper(f"/opt/{word}/alpha")
        lonely.write()
        standins.titled(f"{line}  {{user={ME}}}".encode(), word.encode(), NOBODY)
        standins.stop(real)
        standins.titled(line.encode(), word.encode(), NOBODY)
        result = lonely.run("show").ok(1)
    assert [f"{row[:2]}{row[2:].strip()}" for row in result.lines] == [
        f"- {line}  {{user={ME}}}",
        f"+ {line}  {{user={nobody}}}",
        f"+ {line}  {{user={ME}}}  {{user={nobody}}}",
    ]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("mode", ["0", "1"])
def test_what_is_shown_does_not_depend_on_the_locale(
    lonely: Program, standins: StandIns, word: str, locale: str, mode: str
) -> None:
    standins.titled(f"{word} größe 守\udcff".encode("utf-8", "surrogateescape"), b"a")
    standins.titled(b"", f"ü{word}\udcff".encode("utf-8", "surrogateescape"))
    env = {"LC_ALL": locale, "PYTHONUTF8": mode, "PYTHONCOERCECLOCALE": "0"}
    shown = lonely.run("dump", env=env).ok().having(word)
    assert shown == [rf"[ü{word}\xff]  {{user={ME}}}", rf"{word} größe 守\xff  {{user={ME}}}"]
    snapshot = lonely.folder / "snapshot"
    snapshot.write_text(lonely.run("snapshot", env=env).ok().out, encoding="utf-8")
    assert lonely.replaying(snapshot).run("dump", env=env).ok().having(word) == shown
