"""Many equal daemons: what is missing and extra is exact, line by line and in the counts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.program import Program, Result
from tests.live.recordings import recording
from tests.live.standins import (
    LIFETIME,
    StandIn,
    StandIns,
    new_word,
    only,
)

KINDS, EACH = 50, 6
WORD = new_word()
RECORDED, RECORDED_KINDS = 10_000, 200


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Arguments of 300 stand-ins, of 50 distinct command lines."""
    return [f"/opt/{WORD}/daemon{number % KINDS:02}" for number in range(KINDS * EACH)]


@pytest.fixture(scope="module")
def crowd(names: list[str]) -> Iterator[Crowd]:
    with StandIns() as standins:
        yield Crowd(standins, [(name, standins.sleeper(name)) for name in names])


@pytest.fixture(scope="module")
def watch(crowd: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """psdiff-zbx with a baseline of the whole crowd."""
    program = Program(tmp_path_factory.mktemp("crowd")).configure(only(WORD))
    program.write()
    return program


class Crowd:
    """Stand-ins that can end and come back."""

    def __init__(self, standins: StandIns, members: list[tuple[str, StandIn]]) -> None:
        self.standins = standins
        self.members = members

    def end(self, number: int) -> list[str]:
        """End some of them.  Returns which."""
        random.shuffle(self.members)
        gone, self.members = self.members[:number], self.members[number:]
        self.standins.stop(*(process for _, process in gone))
        return [name for name, _ in gone]

    def begin(self, names: list[str]) -> list[StandIn]:
        new = [(name, self.standins.sleeper(name)) for name in names]
        self.members += new
        return [process for _, process in new]

    def dismiss(self, processes: list[StandIn]) -> None:
        self.standins.stop(*processes)
        self.members = [member for member in self.members if member[1] not in processes]


def changes(result: Result, sign: str) -> list[str]:
    """The names of what changed; every line has to be a whole one."""
    ending = f" {LIFETIME}  {{user="
    lines = [line for line in result.lines if line.startswith(f"{sign} ")]
    assert all(ending in line and line.endswith("}") for line in lines), lines
    return [line[2:].partition(ending)[0].strip() for line in lines]


def newcomers(number: int) -> list[str]:
    """Some of a kind that is expected, some of another."""
    known = [f"/opt/{WORD}/daemon{n % KINDS:02}" for n in range(number // 2)]
    return known + [f"/opt/{WORD}/new{n}" for n in range(number - len(known))]


@pytest.mark.parametrize("ended", [1, 7, 50])
def test_each_daemon_that_ends_is_one_missing_line(
    crowd: Crowd, watch: Program, ended: int
) -> None:
    gone = crowd.end(ended)
    result = watch.run("show").ok(1)
    crowd.begin(gone)
    assert Counter(changes(result, "-")) == Counter(gone)
    assert len(result.lines) == ended
    assert watch.run("show").ok() == (0, "", "")


@pytest.mark.parametrize("begun", [1, 5, 20])
def test_each_daemon_that_begins_is_one_extra_line(
    crowd: Crowd, watch: Program, begun: int
) -> None:
    new = newcomers(begun)
    processes = crowd.begin(new)
    result = watch.run("show").ok(1)
    crowd.dismiss(processes)
    assert Counter(changes(result, "+")) == Counter(new)
    assert len(result.lines) == begun
    assert watch.run("show").ok() == (0, "", "")


@pytest.mark.parametrize(("ended", "begun"), [(1, 20), (7, 5), (50, 1)])
def test_both_at_once_are_told_apart(crowd: Crowd, watch: Program, ended: int, begun: int) -> None:
    gone = crowd.end(ended)
    new = [f"/opt/{WORD}/new{number}" for number in range(begun)]
    processes = crowd.begin(new)
    result = watch.run("show").ok(1)
    crowd.dismiss(processes)
    crowd.begin(gone)
    assert Counter(changes(result, "-")) == Counter(gone)
    assert Counter(changes(result, "+")) == Counter(new)
    assert len(result.lines) == ended + begun
    assert watch.run("show").ok() == (0, "", "")


def test_the_counts_of_every_daemon_agree_with_the_lines(crowd: Crowd, watch: Program) -> None:
    gone = crowd.end(50)
    processes = crowd.begin([f"/opt/{WORD}/daemon03"] * 9)
    document = watch.run("get", "--min-age", 0).ok().json()
    lines = {command: watch.run(command, "--min-age", 0).ok() for command in ("missing", "extra")}
    crowd.dismiss(processes)
    crowd.begin(gone)
    missing, extra = Counter(changes(lines["missing"], "-")), Counter(changes(lines["extra"], "+"))
    assert document["missing"]["text"].split("\n") == lines["missing"].lines
    assert document["extra"]["text"].split("\n") == lines["extra"].lines
    assert document["missing"]["count"] == sum(missing.values())
    assert document["extra"]["count"] == sum(extra.values())
    assert len(document["daemons"]) == len(document["discovery"]) == KINDS
    for row in document["discovery"]:
        daemon = document["daemons"][row["{#PSDIFF.ID}"]]
        name = row["{#PSDIFF.CMDLINE}"].partition(" ")[0]
        assert daemon["expected"] == row["{#PSDIFF.EXPECTED}"] == EACH
        assert daemon["running"] == EACH - missing[name] + extra[name], name
        assert daemon["threads"] == daemon["running"]


@pytest.fixture(scope="module")
def recorded() -> list[str]:
    """The names of 10,000 processes, of 200 distinct command lines."""
    return [f"/opt/daemon{n % RECORDED_KINDS:03} {LIFETIME}" for n in range(RECORDED)]


@pytest.fixture(scope="module")
def replay(recorded: list[str], tmp_path_factory: pytest.TempPathFactory) -> Program:
    """psdiff-zbx with a baseline of all of them."""
    program = Program(tmp_path_factory.mktemp("recorded")).configure("")
    program.replaying(recording(program.folder / "before", recorded)).write()
    return program


@pytest.mark.parametrize(("ended", "begun"), [(0, 0), (1, 0), (0, 20), (50, 20)])
def test_ten_thousand_recorded_processes_are_told_apart_as_well(
    replay: Program, tmp_path: Path, recorded: list[str], ended: int, begun: int
) -> None:
    shuffled = random.sample(recorded, len(recorded))
    gone, left = shuffled[:ended], shuffled[ended:]
    new = [f"/opt/new{number} {LIFETIME}" for number in range(begun)]
    result = replay.replaying(recording(tmp_path / "now", left + new)).run("show")
    assert (result.code, result.err) == (1 if ended + begun else 0, "")
    assert Counter(changes(result, "-")) == Counter(map(program_of, gone))
    assert Counter(changes(result, "+")) == Counter(map(program_of, new))
    assert len(result.lines) == ended + begun


def program_of(cmdline: str) -> str:
    return cmdline.partition(" ")[0]
