"""What is kept of a host stays small, whatever its users start."""

from __future__ import annotations

from functools import partial
from typing import List

from psdiff_zbx.core.learn.findings import Report
from psdiff_zbx.core.learn.seen import Group, Room
from psdiff_zbx.core.learn.timeline import Count
from psdiff_zbx.core.learn.watch import Sample, Watch
from psdiff_zbx.core.model import Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, process
from tests.core.learn.watching import (
    EVERY,
    LONG_AGO,
    Ran,
    samples_of,
    started_by,
    unit_of,
    watched,
)

COUNTER = [Ran(9, "app: request {n}", is_title=True)]
PER_USER = 500


def crowd(number: int, of: int, started: float, name: str = "p{0}-{1}") -> List[Process]:
    """Processes of a user, each of another program in each sample."""
    return [
        process(1000 * (number + 1) + at, name.format(number, at), user="guest", started=started)
        for at in range(of)
    ]


def kept(samples: List[List[Process]]) -> Watch:
    watch = Watch()
    for number, processes in enumerate(samples):
        found = apply(build(processes), Rules())
        is_old = partial(started_by, (number - 1) * EVERY)
        watch.add(Sample(number * EVERY, found, is_old, unit_of))
    return watch


def with_crowd(of: int, started: float) -> List[List[Process]]:
    found = samples_of(COUNTER)
    return [[*each, *crowd(at, of, started)] for at, each in enumerate(found)]


def test_a_user_who_starts_too_much_is_named_and_does_no_harm_to_others() -> None:
    samples = with_crowd(60, LONG_AGO)
    watch = kept(samples)
    lines = [key for group in watch.groups for key in group.lines]
    assert len([user for user, _ in lines if user == "guest"]) <= PER_USER + 60
    found: Report = watched(samples)
    assert found.crowded == ("guest",)
    assert [
        rule.action for each in found.proposals for rule in each.rules if rule.user == ("root",)
    ] == ["replace"]


def test_what_is_over_soon_takes_no_room() -> None:
    samples = [[INIT, *crowd(at, 300, at * EVERY)] for at in range(1, 5)]
    watch = kept([[INIT], *samples])
    assert watch.crowded == {}
    assert watch.brief >= 600
    assert len([key for group in watch.groups for key in group.lines]) <= PER_USER


def test_a_program_with_ever_new_lines_is_watched_as_long_as_there_is_room() -> None:
    found = watched(samples_of([Ran(9, "app: {n} of them", "0-199", is_title=True)], 200))
    (finding,) = found.proposals
    assert len(finding.keys) == 65
    assert [rule.action for rule in finding.rules] == ["replace"]
    assert found.crowded == ("root",)


def test_a_line_that_flaps_takes_no_more_room_than_others() -> None:
    group, key = Group(0, Room()), ("root", "/opt/a")
    for at in range(6000):
        group.record({key: Count(1, 1)} if at % 2 else {}, at)
    timeline = group.timeline(6000)
    assert len(timeline.moments) == timeline.end == 2001
