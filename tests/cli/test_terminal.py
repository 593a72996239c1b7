"""What a person sees, and hears: answers explained, signs and words, one process by its name."""

from __future__ import annotations

import getpass
import re
import sys
from functools import partial
from pathlib import Path
from typing import Iterator, List

import pytest

from psdiff_zbx.cli import baseline_commands
from psdiff_zbx.cli.main import main
from psdiff_zbx.cli.terminal import WORDS, Answer, answer_to
from psdiff_zbx.core.item_values import STILL
from psdiff_zbx.host.user_names import refuse_stranger
from tests.builders import process
from tests.cli.replay import USER, Replay, Said

BEFORE = [process(5, "/opt/same"), process(6, "/opt/gone -x")]
NOW = [process(5, "/opt/same"), *(process(pid, "/opt/new -a") for pid in (7, 8))]
DIFFERS = [f"-     /opt/gone -x{USER}", *[f"+     /opt/new -a{USER}"] * 2]
CHANGING = {
    "write": ["write", "-v"],
    "write-all": ["write", "--all"],
    "accept": ["accept", "new"],
    "manual-add": ["manual", "add", "root", "/opt/other"],
    "manual-remove": ["manual", "remove", "root", "/opt/gone -x"],
    "undo": ["undo"],
    "pause": ["pause", "2h", "--why", "work"],
    "pause-end": ["pause", "--end"],
}


@pytest.fixture
def host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Replay:
    """One daemon has gone, and two processes are extra."""
    made = Replay(tmp_path, capsys)
    assert made.say(BEFORE, "write", "--all").code == 0
    return made


def walk(host: Replay, monkeypatch: pytest.MonkeyPatch, *answers: str, words: str = "") -> Said:
    """``accept`` on a terminal on which somebody answers so."""
    waiting: Iterator[str] = iter(answers)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(baseline_commands, "input", lambda _: next(waiting), raising=False)
    return host.say(NOW, "accept", *words.split())


def test_what_is_no_answer_is_answered_by_what_can_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = {"a": Answer("accept", "take it"), "q": Answer("quit", "end it")}
    for said in ("?", "", "x"):
        assert answer_to("", answers, partial(next, iter([said, "ACC"]))) == "a"
        assert capsys.readouterr().out == "  a  accept: take it\n  q  quit: end it\n"


def test_a_missing_daemon_is_missing(host: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    said = walk(host, monkeypatch, "k", "k")
    verdicts = [line.strip() for line in said.out if "verdict " in line]
    assert re.fullmatch(r"verdict  missing: 1 expected, 0 running \(gone-\w{8}\)", verdicts[0])
    assert verdicts[1] == "verdict  extra: not in the baseline"


def test_the_end_says_what_is_ignored(host: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    said = walk(host, monkeypatch, "a", "i")
    assert said.out[-6:] == [
        f"Wrote to {host.folder}/rules.d/ignored.toml",
        f"Wrote to {host.folder}/baseline",
        DIFFERS[0],
        "Ignored for good:",
        *DIFFERS[1:],
    ]


def test_undo_has_the_signs_of_what_it_does(host: Replay) -> None:
    accepted = host.say(NOW, "accept", "new", "gone").out[1:]
    assert accepted == DIFFERS
    assert host.say(NOW, "undo").out[1:] == [
        f"+     /opt/gone -x{USER}",
        *[f"-     /opt/new -a{USER}"] * 2,
    ]
    assert host.differences(NOW) == ["- /opt/gone -x", *["+ /opt/new -a"] * 2]


HEARD = [f"missing: /opt/gone -x{USER}", *[f"extra: /opt/new -a{USER}"] * 2]


def test_words_are_said_instead_of_signs_where_they_are_asked_for(
    host: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert host.say(NOW, "show") == (1, DIFFERS, [])
    assert host.say(NOW, "show", "--words") == (1, HEARD, [])
    assert host.say(NOW, "show-extra", "--words") == (1, HEARD[1:], [])
    monkeypatch.setenv(WORDS, "1")
    assert host.say(NOW, "show") == (1, HEARD, [])
    assert host.say(NOW, "accept", "new").out[1:] == [f"added: /opt/new -a{USER}"] * 2
    assert host.say(NOW, "undo").out[1:] == [f"removed: /opt/new -a{USER}"] * 2
    assert host.say(NOW, "missing").out == DIFFERS[:1]  # Zabbix reads it


@pytest.mark.parametrize("what", ["same", "/opt/same", "/opt/s*", "5"])
def test_one_process_is_explained_by_any_name_of_it(host: Replay, what: str) -> None:
    found = host.say(NOW, "explain", what).out
    assert found[0] == "process  5 same, child of 1"
    daemon_id = found[-1].rpartition("(")[2].rstrip(")")
    assert host.say(NOW, "explain", daemon_id).out == found


def test_a_missing_daemon_is_explained_by_its_name(host: Replay) -> None:
    found = host.say(NOW, "explain", "gone").out
    assert found[0] == f"read     /opt/gone -x{USER}"
    assert found[-2].startswith("verdict  missing: 1 expected, 0 running")
    assert found[-1].startswith("start    the baseline names no unit that starts it")


def test_several_processes_of_one_name_are_a_table(host: Replay) -> None:
    found = host.say(NOW, "explain", "new").out
    assert [line.split()[:3] for line in found[1:]] == [
        ["7", "root", "extra"],
        ["8", "root", "extra"],
    ]
    assert host.say(NOW, "explain", "*o*").out[-1].split()[2] == "missing"


def test_what_names_nothing_is_one_clear_line(host: Replay) -> None:
    said = "no process and no daemon of the baseline is 'nosuch'; 'psdiff-zbx explain --all' "
    error = f"psdiff-zbx: error: {said}lists those that run"
    assert host.say(NOW, "explain", "nosuch") == (3, [], [error])


@pytest.mark.parametrize("user", ["nosuchuser", "no\0such"])
def test_nobody_is_added_who_is_no_user_of_this_host(
    user: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"--baseline={tmp_path}/none", "manual", "add", user, "/opt/x"]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("on this host; a uid would do; nothing is changed")
    refuse_stranger(getpass.getuser())
    refuse_stranger("4711")


def test_a_user_of_a_recorded_host_need_not_be_one_of_this(host: Replay) -> None:
    assert host.say(NOW, "manual", "add", "nosuchuser", "/opt/x").code == 0


@pytest.mark.parametrize("words", CHANGING.values(), ids=CHANGING)
def test_a_dry_run_says_what_would_be_done_and_does_not(host: Replay, words: List[str]) -> None:
    if words == ["undo"]:
        host.say(NOW, "accept", "new")
    if words == ["pause", "--end"]:
        host.say(NOW, "pause", "1h")
    before = host.files()
    said = host.say(NOW, *words, "--dry-run")
    assert said.code == 0
    assert said.out[0].lower().startswith("would ")
    assert host.files() == before
    done = host.say(NOW, *words)
    assert done.out[1:] == said.out[1:]
    assert done.err[: len(said.err)] == said.err
    assert STILL not in said.err
    assert not done.out[0].lower().startswith("would ")
    assert host.files() != before


def test_a_dry_run_of_the_first_baseline_makes_not_even_a_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Replay(tmp_path, capsys)
    before = bare.files()
    said = bare.say(NOW, "write", "--all", "-v", "--dry-run")
    assert said.out[0] == f"Would write to {tmp_path}/baseline"
    assert len(said.out) == 4
    assert bare.files() == before


def test_a_dry_run_of_answers_writes_nothing(
    host: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = host.files()
    said = walk(host, monkeypatch, "a", "i", words="--dry-run")
    assert said.out[-6:-1] == [
        f"Would write to {host.folder}/rules.d/ignored.toml",
        f"Would write to {host.folder}/baseline",
        DIFFERS[0],
        "Would be ignored for good:",
        DIFFERS[1],
    ]
    assert host.files() == before


def test_learn_writes_nothing_in_a_dry_run(host: Replay) -> None:
    first, second = host.folder / "first.jsonl", host.folder / "second.jsonl"
    host.say([process(5, "/opt/app --run 1")], "show")
    (host.folder / "now.jsonl").rename(first)
    host.say([process(5, "/opt/app --run 2")], "show")
    (host.folder / "now.jsonl").rename(second)
    before = host.files()
    files = [f"--snapshot={first}", f"--snapshot={second}"]
    said = host.say([], *files, "learn", "--write", "--dry-run")
    assert said.out[-1] == f"Would write to {host.folder}/rules.d/learned.toml"
    assert host.files() == before


def completed(host: Replay, command: str) -> List[str]:
    """What is offered, less the digits of ids."""
    found = host.say(NOW, "completion", "bash", "--words", command).out
    return [re.sub(r"-[0-9a-f]{8}$", "-ID", word) for word in found]


def test_the_ids_and_names_that_a_command_takes_are_offered(host: Replay) -> None:
    assert completed(host, "accept") == ["gone", "gone-ID", "new", "new-ID"]
    assert completed(host, "start") == ["gone", "gone-ID"]
    assert completed(host, "count") == ["gone-ID", "same-ID"]
    assert completed(host, "explain") == ["gone", "gone-ID", "new", "new-ID", "same", "same-ID"]
    (host.folder / "baseline").unlink()
    assert completed(host, "accept") == []
