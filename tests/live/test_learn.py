"""learn: real processes watched for seconds, recordings, a person who answers."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import time
from pathlib import Path

import pytest

from tests.live.program import PATIENCE, Program, Word, error_of, finish
from tests.live.recordings import recording
from tests.live.standins import SLEEP, StandIn, StandIns

AGE = 2.0
"""Seconds from which on a process is told."""


@pytest.fixture
def recorded(tmp_path: Path) -> list[Path]:
    """A host on which one app has another port each time, and a job comes and goes."""
    ports = ["/opt/same", "/opt/app -p {}"]
    rows = [[*ports], [*ports, "/opt/job"], [*ports], [*ports]]
    return [
        recording(tmp_path / f"at-{at}", [line.format(8017 + at) for line in row])
        for at, row in enumerate(rows)
    ]


def options(recorded: list[Path]) -> list[Word]:
    return [word for path in recorded for word in ("--snapshot", path)]


def actions(program: Program) -> list[str]:
    text = (program.folder / "rules.d" / "learned.toml").read_text()
    return [line for line in text.splitlines() if line.endswith("= true") or "replace" in line]


def test_from_recordings_before_and_after_the_command(
    program: Program, recorded: list[Path]
) -> None:
    done = program.run(*options(recorded[:2]), "learn", *options(recorded[2:]), "--write").ok()
    assert done.lines[0] == "4 samples: 1 line stable"
    rules = program.folder / "rules.d" / "learned.toml"
    assert done.lines[-1] == f"Wrote to {rules}"
    assert actions(program) == [r"replace = ['^(/opt/app -p )\d+$', '\1<N>']", "optional = true"]
    program.replaying(recorded[0]).write()
    assert program.replaying(recorded[1]).run("show").ok().lines == []
    steps = program.run("log").ok().lines
    assert any(" learn " in step for step in steps)
    again = program.run("learn", *options(recorded), "--write").ok()
    assert again.lines == ["4 samples: 2 lines stable", "", "No rules are written"]


def test_nobody_is_asked_where_there_is_no_terminal(
    program: Program, recorded: list[Path]
) -> None:
    done = program.run("learn", *options(recorded))
    assert (done.code, done.err) == (
        0,
        "nothing is written; --write takes all of these rules\n",
    )
    assert done.having("rule ") != []
    assert not (program.folder / "rules.d").exists()
    assert program.run("learn", *options(recorded[:1] * 2)).ok().lines == [
        "2 samples: 2 lines stable"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--for", "soon"), "'soon' is no time such as 90, 15m, 2h or 1d, up to 4w"),
        (("--for", "0"), "'0' is no time"),
        (("--for", "5w"), "'5w' is no time"),
        (("--every", "0"), "'0' is too often; the least is 0.1"),
        (("--every", "x"), "'x' is no number of seconds"),
    ],
)
def test_wrong_usage(program: Program, words: tuple[str, ...], said: str) -> None:
    done = program.run("learn", *words)
    assert done.code == 2
    assert said in done.err


def test_a_recording_that_is_none(program: Program, recorded: list[Path]) -> None:
    bad = program.folder / "bad"
    bad.write_text("{}\n")
    error = error_of(program.run("learn", *options([recorded[0], bad])), "learn")
    assert error.startswith(f"{bad}: line 1: ")


def answered(program: Program, answers: str, *words: Word, until: str = "") -> str:
    """What a person sees who answers so, and presses Ctrl-C when a text is there."""
    here, there = pty.openpty()
    # What a shell starts in the background ignores Ctrl-C, and so would all that we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with program.start("learn", *words, stdin=there, stdout=there, stderr=there) as process:
        os.close(there)
        os.write(here, answers.encode())
        shown = b""
        try:
            for part in iter(lambda: _read(here), b""):
                shown += part
                if until and until.encode() in shown:
                    process.send_signal(signal.SIGINT)
                    until = ""
            process.wait(PATIENCE)
        finally:
            process.kill()
    os.close(here)
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """What is there; nothing when the other side is closed, or says nothing for too long."""
    ready = select.select([terminal], [], [], PATIENCE)[0]
    with contextlib.suppress(OSError):  # EIO
        return os.read(terminal, 65536) if ready else b""
    return b""


def test_a_person_takes_one_and_leaves_one(program: Program, recorded: list[Path]) -> None:
    shown = answered(program, "l\nx\nt\n", *options(recorded))
    assert "(1 of 2) 4 variants, came 3 times, went 3 times" in shown
    assert "(2 of 2) came once, went once" in shown
    assert shown.count("[t/l/q]") == 3
    assert actions(program) == ["optional = true"]


def test_a_person_who_ends_early_keeps_what_was_said(
    program: Program, recorded: list[Path]
) -> None:
    assert "No rules are written" in answered(program, "\x04", *options(recorded))
    answered(program, "t\nq\n", *options(recorded))
    assert len(actions(program)) == 1


def test_progress_on_a_terminal_until_ctrl_c(
    lonely: Program, standins: StandIns, word: str
) -> None:
    standins.sleeper(f"/opt/{word}")
    shown = answered(lonely, "", "--every", "0.2", until="3 samples, ")
    assert "samples, 59 minutes left; Ctrl-C ends it" in shown
    assert "1 line stable" in shown


def test_real_processes_with_another_number_each_time(
    lonely: Program, standins: StandIns, word: str
) -> None:
    def app(number: int) -> StandIn:
        return standins.start([f"/opt/{word}", str(number)], SLEEP)

    standins.sleeper(f"/opt/{word}d")
    running = app(9017)
    options = ("--for", "60", "--every", "0.1", "--min-age", f"{AGE:g}", "--write")
    # What a shell starts in the background ignores Ctrl-C, and so would all that we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with lonely.start("learn", *options) as process:
        time.sleep(1.5 * AGE)
        standins.stop(running)
        running = app(9118)
        time.sleep(1.5 * AGE)
        process.send_signal(signal.SIGINT)
        done = finish(process).ok()
    assert done.having("1 line stable") != []
    assert actions(lonely) == [rf"replace = ['^(/opt/{word} )\d+$', '\1<N>']"]
    lonely.write()
    standins.stop(running)
    app(9219)
    assert lonely.run("show").ok().lines == []
    standins.stop(*standins.running[1:])
    assert [line.split("  ")[0] for line in lonely.run("show").changes] == [f"- /opt/{word} <N>"]
