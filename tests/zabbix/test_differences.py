"""Daemons that stop and processes that appear, as psdiff.missing, extra and count tell them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, Callable, NamedTuple, TypeVar

import pytest

from tests.zabbix.agents import Agent
from tests.zabbix.answers import (
    NUMBERS,
    count_key,
    differences,
    document,
    numbers,
    of_daemon,
    types,
)
from tests.zabbix.conftest import AGENTS, Kind
from tests.zabbix.standins import UNKNOWN, StandIn, lines, sleeper

pytestmark = pytest.mark.zabbix

T = TypeVar("T")
MIN_AGE = 60
AT_ONCE = 3
PATIENCE = 15
NOTHING: dict[str, list[str]] = {"missing": [], "extra": []}


@contextmanager
def stopped(standins: Sequence[StandIn]) -> Iterator[None]:
    """Stand-ins that do not run inside the block."""
    for standin in standins:
        standin.stop()
    try:
        yield
    finally:
        for standin in standins:
            standin.start()


class Told(NamedTuple):
    """What one agent tells while some stand-ins are gone, and when they are back; `counted` and
    `numbers` are of the first of them."""

    differences: dict[str, list[str]]
    numbers: dict[str, Any]
    counted: str
    differences_after: dict[str, list[str]]
    counted_after: str


Which = tuple[int, ...]
Events = Callable[[Which], dict[Kind, Told]]


@pytest.fixture(scope="module")
def events(agents: dict[Kind, Agent], standins: list[StandIn]) -> Events:
    """What all agents tell of stand-ins that stop: each event takes place once, for all."""

    @cache
    def told(which: Which) -> dict[Kind, Told]:
        gone = [standins[index] for index in which]
        key = count_key(document(next(iter(agents.values()))), gone[0])
        with stopped(gone):
            during = _of_each(agents, differences)
            counted = _of_each(agents, lambda agent: agent.get_all("psdiff.get", key))
        after = _of_each(agents, differences)
        again = _of_each(agents, lambda agent: agent.get(key))
        return {
            kind: Told(
                during[kind], numbers(json.loads(get), gone[0]), count, after[kind], again[kind]
            )
            for kind, (get, count) in counted.items()
        }

    return told


def _of_each(agents: dict[Kind, Agent], ask: Callable[[Agent], T]) -> dict[Kind, T]:
    """The answers of all agents, of which a few are asked at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(agents, pool.map(ask, agents.values())))


def test_nothing_differs_from_a_new_baseline(agent: Agent) -> None:
    assert differences(agent) == NOTHING


@pytest.mark.parametrize("which", [(0,), (0, 1), (2,), (4,), (0, 2, 3)], ids=str)
@pytest.mark.parametrize("kind", AGENTS, ids="-".join)
def test_stopped_daemons_are_missing(
    events: Events, standins: list[StandIn], kind: Kind, which: Which
) -> None:
    told = events(which)[kind]
    assert told.differences["extra"] == []
    lines_of_the_gone = sorted(standins[index].line for index in which)
    assert sorted(told.differences["missing"]) == lines_of_the_gone
    assert told.differences_after == NOTHING


@pytest.mark.parametrize("which", [(0,), (0, 1), (4,)], ids=str)
@pytest.mark.parametrize("kind", AGENTS, ids="-".join)
def test_stopped_daemons_are_not_counted(
    events: Events, standins: list[StandIn], kind: Kind, which: Which
) -> None:
    told = events(which)[kind]
    left = len(of_daemon(standins[which[0]], standins)) - len(which)
    assert told.numbers["running"] == left
    assert told.counted == str(left)
    assert told.counted_after == str(left + len(which))


def test_a_daemon_that_does_not_run_has_no_numbers(agent: Agent, standins: list[StandIn]) -> None:
    with stopped(standins[2:3]):
        told = numbers(document(agent), standins[2])
    zeros = {"running": 0, "started": 0, "cpu": 0.0, "rss": 0, "threads": 0}
    assert told == {"expected": 1, **zeros, "state": "not running"}
    assert types(told) == NUMBERS


def test_a_young_process_is_not_extra(agent: Agent) -> None:
    newcomer = sleeper("newcomer", "nobody")
    newcomer.start()
    try:
        assert differences(agent) == NOTHING
    finally:
        newcomer.stop()


def test_an_old_process_is_extra(agent: Agent, stranger: StandIn) -> None:
    found: list[str] = []
    while not found and time.time() < stranger.started + MIN_AGE + PATIENCE:
        found = lines(agent.get("psdiff.extra"), "+", UNKNOWN)
        time.sleep(2)
    # The kernel tells when it booted in whole seconds only.
    assert time.time() > stranger.started + MIN_AGE - 1
    assert differences(agent, UNKNOWN) == {"missing": [], "extra": [stranger.line]}
