"""Which of equal lines go: the same as one gets slowly, line by line."""

from __future__ import annotations

import itertools
import sys
from types import FrameType
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psdiff_zbx.core.model import Key, Line, Tree
from psdiff_zbx.core.removal import gone_places, without
from tests.builders import outline, tree
from tests.property.strategies import law

MANY = 2_000
STEPS = 100  # lines of code run for each line of the tree: some 50 are
often = settings(law, max_examples=300)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Few names on few levels, so that most lines have equals."""
    lines = [Line(0, "root", "root")]
    for name, up in draw(
        st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=20)
    ):
        lines.append(Line(max(1, min(lines[-1].depth + 1, 4) - up), name, "root"))
    return tuple(lines)


def slowly(lines: Tree, missing: Sequence[Line], varying: Set[Key]) -> Set[int]:
    """What ``gone_places`` says, by looking at all equals of each line."""
    places: Dict[Tuple[object, ...], List[int]] = {}
    for at, line in enumerate(lines):
        places.setdefault(line[:3], []).append(at)
    absent = varying & {line.key for line in missing}
    gone = {at for at, line in enumerate(lines) if line.key in absent}
    for line in reversed(missing):
        left = [at for at in places[line[:3]] if at not in gone]
        if left and line.key not in varying:
            gone.add(min(left, key=lambda at: (kept_below(lines, at, gone), -at)))
    return gone


def kept_below(lines: Tree, at: int, gone: Set[int]) -> int:
    below = itertools.takewhile(
        lambda place: lines[place].depth > lines[at].depth, range(at + 1, len(lines))
    )
    return sum(place not in gone for place in below)


@often
@given(trees(), st.sets(st.integers(1, 20)), st.sets(st.sampled_from("ab"), max_size=1))
def test_the_same_lines_go_as_one_by_one(lines: Tree, at: Set[int], names: Set[str]) -> None:
    missing = [lines[place] for place in sorted(at) if place < len(lines)]
    varying = {("root", name) for name in names}
    assert gone_places(lines, missing, varying) == slowly(lines, missing, varying)


@often
@given(trees(), st.lists(st.integers(1, 20), max_size=40))
def test_no_more_go_than_there_are(lines: Tree, at: List[int]) -> None:
    """Missing lines stand for places of their equals, not for their own."""
    missing = [lines[place] for place in at if place < len(lines)]
    assert gone_places(lines, missing, set()) == slowly(lines, missing, set())


def test_a_line_keeps_less_when_one_below_it_goes() -> None:
    lines = tree("a\n  b\n  c\na\n  b\n    d\n  c\n")
    # The second "a" has more below it than the first, but then "d" and its "b" go.
    found = gone_places(lines, [lines[5], lines[6], lines[7]], set())
    assert outline(without(lines, found))[1:] == ["  a", "    b", "    c", "  c"]


def steps(function: Callable[[], object], limit: int) -> int:
    """How many lines of code a function runs.  It is stopped at the limit."""
    number = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal number
        number += event == "line"
        if number > limit:
            pytest.fail(f"more than {limit} lines of code")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return number


FLAT = "a\n" * MANY
NESTED = "a\n  b\n" * (MANY // 2)


@pytest.mark.parametrize("text", [FLAT, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize("share", [1, 2], ids=["all", "half"])
def test_the_steps_grow_with_the_lines(text: str, share: int) -> None:
    lines = tree(text)
    missing = lines[2::share]
    assert steps(lambda: gone_places(lines, missing, set()), STEPS * MANY) > MANY
    few = lines[: MANY // 8]
    assert steps(lambda: slowly(few, few[2:], set()), 10**9) > STEPS * len(few)
