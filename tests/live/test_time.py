"""What takes time: to look again, and to be old enough."""

from __future__ import annotations

import threading
import time

import pytest

from tests.live.program import Program, Result, Word
from tests.live.recordings import EXTRA, MISSING
from tests.live.standins import StandIns, only


def test_retry_ends_as_soon_as_nothing_differs(
    lonely: Program, standins: StandIns, word: str
) -> None:
    name = f"/opt/{word}/alpha"
    process = standins.sleeper(name)
    lonely.write()
    standins.stop(process)
    assert lonely.run("show").ok(1).out
    later = threading.Timer(0.5, standins.sleeper, [name])
    later.start()
    began = time.monotonic()
    result = lonely.run("show", "--missing", "--retry", 15)
    took = time.monotonic() - began
    later.join()
    assert result.ok() == (0, "", "")
    assert 0.5 <= took < 10


@pytest.fixture
def differing(lonely: Program, standins: StandIns, word: str) -> Program:
    """A host on which one daemon is missing and one is extra."""
    alpha = standins.sleeper(f"/opt/{word}/alpha")
    lonely.write()
    standins.stop(alpha)
    standins.sleeper(f"/opt/{word}/beta")
    return lonely


def took(program: Program, *words: Word) -> tuple[float, Result]:
    """How many seconds a command takes, and what it says."""
    began = time.monotonic()
    result = program.run(*words)
    return time.monotonic() - began, result


@pytest.mark.parametrize(("words", "limit"), [(["1"], 1.0), ([], 2.0), (["0"], 0.0)])
def test_retry_gives_up_at_its_limit(
    differing: Program, word: str, words: list[str], limit: float
) -> None:
    seconds, result = took(differing, "show", "--retry", *words)
    names = [line.split("  {")[0] for line in result.ok(1).changes]
    assert names == [f"- /opt/{word}/alpha 900", f"+ /opt/{word}/beta 900"]
    assert limit - 0.5 <= seconds < limit + 3


def test_retry_looks_only_at_what_was_asked_for(
    differing: Program, standins: StandIns, word: str
) -> None:
    standins.sleeper(f"/opt/{word}/alpha")
    seconds, result = took(differing, "show", "--missing", "--retry", 20)
    assert result.ok() == (0, "", "")
    assert seconds < 10


@pytest.mark.parametrize("command", ["show", "show-missing", "show-extra"])
def test_a_recording_stays_as_it_is_so_there_is_nothing_to_wait_for(
    full: Program, command: str
) -> None:
    seconds, result = took(full, command, "--retry", 30)
    wanted = {"show": [MISSING, EXTRA], "show-missing": [MISSING], "show-extra": [EXTRA]}
    assert result.ok(1).changes == wanted[command]
    assert seconds < 15


def test_a_young_process_is_not_yet_extra_but_it_is_shown(
    lonely: Program, standins: StandIns, word: str
) -> None:
    lonely.write()
    standins.sleeper(f"/opt/{word}/alpha")
    assert lonely.run("extra").ok().out == ""
    assert lonely.run("get").ok().json()["extra"] == {"count": 0, "text": ""}
    shown = lonely.run("show").ok(1).lines
    assert len(shown) == 1
    assert lonely.run("show", "--min-age", 60).ok().out == ""
    assert lonely.run("--min-age", 0, "extra").ok().lines == shown
    assert lonely.run("extra", "--min-age", 0).ok().lines == shown


def test_the_configured_age_is_that_of_the_agents_commands(
    lonely: Program, standins: StandIns, word: str
) -> None:
    lonely.config.write_text(f"extra_min_age = 0\n{lonely.config.read_text()}")
    lonely.write()
    standins.sleeper(f"/opt/{word}/alpha")
    assert lonely.run("extra").ok().having(word)


@pytest.mark.parametrize("command", ["get", "missing"])
def test_an_agent_is_not_told_of_a_daemon_that_is_just_being_restarted(
    lonely: Program, standins: StandIns, word: str, command: str
) -> None:
    lonely.configure(f"missing_retry = 15\n{only(word)}")
    name = f"/opt/{word}/alpha"
    process = standins.sleeper(name)
    lonely.write()
    standins.stop(process)
    later = threading.Timer(0.5, standins.sleeper, [name])
    later.start()
    result = lonely.run(command).ok()
    later.join()
    assert result.out == "" or result.json()["missing"] == {"count": 0, "text": "", "daemons": ""}


@pytest.mark.parametrize(("retry", "least"), [("0", 0), ("1.5", 1)])
def test_an_agent_is_told_of_one_that_stays_away(
    lonely: Program, standins: StandIns, word: str, retry: str, least: float
) -> None:
    lonely.configure(f"missing_retry = {retry}\n{only(word)}")
    process = standins.sleeper(f"/opt/{word}/alpha")
    lonely.write()
    standins.stop(process)
    began = time.monotonic()
    result = lonely.run("missing").ok()
    assert least <= time.monotonic() - began < least + 5
    assert len(result.lines) == 1
