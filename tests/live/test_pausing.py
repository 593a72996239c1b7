"""pause by whole commands: what is said, to people and to agents, and what is refused."""

from __future__ import annotations

import json
import os
import time

import pytest

from tests.live.program import Program, error_of, sh


def test_it_is_shown_and_told_until_it_is_over(lonely: Program) -> None:
    lonely.write()
    assert lonely.run("pause").ok().lines == ["not paused"]
    (text,) = lonely.run("pause", "1h", "--why", "new kernel").ok().lines
    assert lonely.run("pause").ok().lines == [text]
    shown = lonely.run("show")
    assert (shown.code, shown.out, shown.err) == (0, "", f"{text}\n")
    assert abs(lonely.run("get").ok().json()["paused"] - time.time() - 3600) < 60
    assert lonely.run("log", "-n", 1).ok().lines[1:] == [text]
    assert lonely.run("pause", "--end").ok().lines == ["no longer paused"]
    assert lonely.run("show").ok().out == ""
    assert lonely.run("get").ok().json()["paused"] == 0


def test_a_damaged_one_is_told_by_show_and_by_nobody_obeyed(lonely: Program) -> None:
    lonely.write()
    lonely.run("pause", "1h").ok()
    path = lonely.baseline.with_name("baseline.pause")
    os.truncate(path, 20)
    text = f"{path} is no pause, so nothing is paused; 'psdiff-zbx pause --end' removes it"
    shown = lonely.run("show")
    assert (shown.code, shown.out, shown.err) == (0, "", f"{text}\n")
    assert error_of(lonely.run("pause"), "pause") == text
    assert lonely.run("get").ok().json()["paused"] == 0


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["0"], "argument DURATION: '0' is no time up to 30 days: 30m, 2h, 1d"),
        (["31d"], "argument DURATION: '31d' is no time up to 30 days"),
        (["tomorrow"], "argument DURATION: 'tomorrow' is no time up to 30 days"),
        (["1h", "--end"], "not allowed with argument"),
        (["1h", "--why", "x" * 201], "argument --why: 201 characters are too many: 200 at most"),
    ],
    ids=["none", "too long", "no duration", "both", "a long reason"],
)
def test_wrong_usage_pauses_nothing(program: Program, words: list[str], error: str) -> None:
    done = program.run("pause", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert error in done.err
    assert program.run("pause").ok().lines == ["not paused"]


def test_a_reason_alone_is_none(program: Program) -> None:
    assert error_of(program.run("pause", "--why", "apt"), "pause").startswith("say for how long")


def test_whoever_may_not_write_there_pauses_nothing(stranger: Program) -> None:
    folder = stranger.folder / "closed"
    folder.mkdir(mode=0o555)
    result = stranger.without("--baseline").run("--baseline", folder / "baseline", "pause", "1h")
    assert str(folder / "baseline") in error_of(result, "pause")
    assert os.listdir(folder) == []


@pytest.mark.usefixtures("root")
def test_another_user_sees_it(lonely: Program, stranger: Program) -> None:
    baseline = stranger.folder / "baseline"
    os.chown(stranger.folder, 0, 0)
    os.chown(stranger.config, 0, 0)
    options = lonely.without("--baseline").words("--baseline", baseline, "pause", "1h")
    sh('umask 077; exec "$@"', *options, env=lonely.environment({}))
    assert json.loads(baseline.with_name("baseline.pause").read_text())["by"] == "root"
    shown = stranger.without("--baseline").run("--baseline", baseline, "pause").ok().out
    assert shown.startswith("paused until")
