"""What of a line's coming and going is told."""

from __future__ import annotations

from typing import Dict

import pytest

from psdiff_zbx.core.learn.timeline import (
    NONE,
    Count,
    Moment,
    Timeline,
    course,
    merged,
    renamed,
    united,
)

KEY, OTHER = ("root", "/opt/a"), ("root", "/opt/b")
END = 600.0
RUNS, TWO, YOUNG = Count(1, 1), Count(2, 2), Count(1, 0)


def line(steps: Dict[float, Count]) -> Timeline:
    """The counts of one line from these times on."""
    return Timeline([Moment(0, {}), *(Moment(at, {KEY: each}) for at, each in steps.items())], END)


@pytest.mark.parametrize(
    ("steps", "told", "visits", "varies"),
    [
        ({0: RUNS}, False, False, False),
        ({0: RUNS, 300: NONE}, True, False, False),
        ({300: RUNS}, True, False, False),
        ({0: RUNS, 300: NONE, 359: RUNS}, False, False, False),
        ({0: RUNS, 300: NONE, 360: RUNS}, True, False, False),
        ({100: RUNS, 200: NONE}, True, True, True),
        ({100: YOUNG, 150: NONE}, False, False, False),
        ({59: RUNS, 300: NONE}, True, False, False),
        ({100: RUNS, 541: NONE}, True, False, False),
        ({0: RUNS, 100: TWO, 200: RUNS}, True, False, True),
        ({0: TWO, 100: RUNS}, True, False, False),
        ({0: TWO, 100: RUNS, 200: TWO}, True, False, False),
        ({0: RUNS, 100: Count(2, 1), 200: RUNS}, False, False, False),
        ({}, False, False, False),
    ],
)
def test_what_is_told_with_a_minute_of_patience(
    steps: Dict[float, Count], told: bool, visits: bool, varies: bool
) -> None:
    found = course(line(steps), KEY, 60)
    assert (found.told, found.visits, found.varies) == (told, visits, varies)


def test_how_often_it_came_and_went() -> None:
    found = course(line({100: RUNS, 200: NONE, 300: TWO, 400: NONE}), KEY, 60)
    assert (found.came, found.went, found.least, found.most) == (2, 2, 0, 2)


def test_lines_of_one_name_are_counted_together() -> None:
    both = united([line({0: RUNS}), Timeline([Moment(0, {}), Moment(50, {OTHER: TWO})], 500)])
    assert both.end == 500
    one = renamed(both, lambda _: KEY)
    assert [moment.lines.get(KEY) for moment in one.moments] == [RUNS, Count(3, 3)]
    assert merged(both, lambda _: KEY) == (KEY, OTHER)
    assert merged(both, lambda key: key) == ()


def test_lines_after_each_other_are_not_merged() -> None:
    moments = [Moment(0, {KEY: RUNS}), Moment(50, {KEY: NONE, OTHER: RUNS})]
    assert merged(Timeline(moments, END), lambda _: KEY) == ()
