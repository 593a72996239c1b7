"""Steps of a history: to text and back, undone, shown."""

from __future__ import annotations

import hashlib
import json
from typing import Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.history import (
    END_PAUSE,
    IGNORE,
    PAUSE,
    UNDO,
    Hunk,
    Step,
    dump_history,
    history_lines,
    hunks,
    parse_history,
    reverted,
    settle,
    standing,
    taken_back,
    text_digest,
)
from psdiff_zbx.core.model import BaselineError

STEP = Step(
    1795392000, "root", "accept", "/b", ("- x",), "a" * 16, "b" * 16, (Hunk(1, ("x",), ()),)
)
LINES = st.lists(st.sampled_from(["", "a", "b", "  c", "# written: 1", "\udcff"]), max_size=12)


@given(LINES, LINES)
def test_a_change_can_be_reverted(old: List[str], new: List[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    assert reverted(after, hunks(before, after)) == before


def test_only_what_changed_is_kept() -> None:
    lines = [str(number) for number in range(10_000)]
    changed = [*lines[:5], "x", *lines[5:9_000], *lines[9_001:]]
    found = hunks("\n".join(lines), "\n".join(changed))
    assert found == (Hunk(5, (), ("x",)), Hunk(9_001, ("9000",), ()))


@pytest.mark.parametrize("name", ["root", "a\nb", 'o"b', "é \udcff"])
def test_text_and_back(name: str) -> None:
    steps = [STEP, STEP._replace(by=name, hunks=())]
    text = dump_history(steps)
    assert parse_history(text, "h") == steps
    assert text.isascii()
    assert text.count("\n") == 2


def test_the_latest_of_very_many_are_kept() -> None:
    steps = parse_history(
        dump_history([STEP._replace(time=number) for number in range(1_200)]), "h"
    )
    assert (len(steps), steps[0].time, steps[-1].time) == (1_000, 200, 1_199)


def test_the_latest_of_very_large_ones_are_kept() -> None:
    large = STEP._replace(lines=("x" * 1_000_000,))
    steps = parse_history(dump_history([large._replace(time=each) for each in range(9)]), "h")
    assert [step.time for step in steps] == [6, 7, 8]
    huge = STEP._replace(lines=("x" * 9_000_000,))
    assert parse_history(dump_history([STEP, huge]), "h") == [huge]


BEGUN = STEP._replace(done=False)
FOUND = {
    "not-yet": (STEP.before, [STEP]),
    "already": (STEP.after, [STEP, STEP]),
    "changed since": ("c" * 16, [STEP, STEP]),
}


@pytest.mark.parametrize(("digest", "steps"), FOUND.values(), ids=FOUND)
def test_of_an_interrupted_step_the_file_tells_whether_it_was_done(
    digest: str, steps: List[Step]
) -> None:
    text = dump_history([STEP, BEGUN])
    assert settle(parse_history(text, "h"), {"/b": digest}.__getitem__) == steps


def test_what_was_done_stays_whatever_becomes_of_the_file() -> None:
    assert settle([STEP], lambda path: STEP.before) == [STEP]
    assert settle([], lambda path: "") == []


def test_pauses_are_told_but_nobody_goes_back_by_them() -> None:
    pauses = [STEP._replace(action=action) for action in (PAUSE, END_PAUSE)]
    undo = STEP._replace(action=UNDO)
    steps = [STEP, *pauses, STEP._replace(action="write"), pauses[0], undo, *pauses]
    assert standing(steps) == [STEP]
    shown = [line for line in history_lines(steps) if line != "- x"]
    assert [line.split("  ")[1].partition(" /b")[0] for line in shown] == [
        "accept",
        "pause",
        "pause --end",
        "write (undone)",
        "pause",
        "undo",
        "pause",
        "pause --end",
    ]


DAMAGED: Dict[str, str] = {
    "no-json": "{",
    "no-object": "[]",
    "cut-off": dump_history([STEP])[:40],
    "a-field-missing": json.dumps({"time": 1}),
    "a-field-too-many": dump_history([STEP]).replace("}", ', "x": 1}'),
    "a-time-that-is-none": dump_history([STEP]).replace("1795392000", '"now"'),
    "a-time-before-time": dump_history([STEP]).replace("1795392000", "-1"),
    "a-time-after-all": dump_history([STEP]).replace("1795392000", "9" * 15),
    "neither-done-nor-not": dump_history([BEGUN]).replace("false", "0"),
    "a-name-that-is-none": dump_history([STEP]).replace('"root"', "null"),
    "a-hunk-that-is-none": dump_history([STEP]).replace('[1, ["x"], []]', "[1]"),
    "lines-that-are-none": dump_history([STEP]).replace('["- x"]', "5"),
    "an-empty-line": "",
}


@pytest.mark.parametrize("line", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_refused_with_its_place(line: str) -> None:
    text = f"{dump_history([STEP])}{line.strip()}\n{dump_history([STEP])}"
    with pytest.raises(BaselineError) as caught:
        parse_history(text, "/b.history")
    assert str(caught.value).startswith("/b.history: line 2 is no step of a history; ")


def numbered(*actions: str) -> List[Step]:
    return [STEP._replace(time=at, action=action) for at, action in enumerate(actions)]


STANDING: Dict[str, List[int]] = {
    "": [],
    "write": [0],
    "write accept": [0, 1],
    "write accept undo": [0],
    "write accept accept undo undo": [0],
    "write accept undo accept": [0, 3],
    "undo write": [1],  # the oldest are dropped some day
}


@pytest.mark.parametrize(("actions", "left"), STANDING.items())
def test_the_steps_that_stand(actions: str, left: List[int]) -> None:
    assert [step.time for step in standing(numbered(*actions.split()))] == left


def test_a_digest_is_of_the_bytes() -> None:
    assert text_digest("a") == "ca978112ca1bbdca"
    assert text_digest("\udcff") == hashlib.sha256(b"\xff").hexdigest()[:16]


def test_what_is_no_longer_ignored_has_no_sign_of_the_baseline() -> None:
    step = STEP._replace(action=IGNORE, lines=("+     /opt/new", "-     /opt/gone"))
    assert taken_back(step) == ["no longer ignored: /opt/new", "no longer ignored: /opt/gone"]


def test_shown_oldest_first_with_what_was_undone() -> None:
    shown = history_lines(numbered("write", "accept", "undo"))
    assert [line[21:] for line in shown] == [
        "write /b by root",
        "",
        "accept (undone) /b by root",
        "",
        "undo /b by root",
        "",
    ]
    assert history_lines(numbered("write", "accept"), 1)[0].endswith("accept /b by root")
    assert history_lines(numbered("write"), 0) == []


def test_a_step_of_many_lines_is_cut() -> None:
    long = STEP._replace(lines=tuple(f"+ {number}" for number in range(30)))
    shown = history_lines([long])
    assert (len(shown), shown[-2], shown[-1]) == (22, "+ 19", "… and 10 more")


def test_whoever_it_is_it_is_one_line() -> None:
    (line, _) = history_lines([STEP._replace(by="a\nb\x1b[1m")])
    assert r"by a\nb\x1b[1m" in line
