"""Daemons that stop and processes that appear, as psdiff.missing, extra and count tell them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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
from tests.zabbix.standins import UNKNOWN, StandIn, lines, sleeper

pytestmark = pytest.mark.zabbix

MIN_AGE = 60
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


def test_nothing_differs_from_a_new_baseline(agent: Agent) -> None:
    assert differences(agent) == NOTHING


@pytest.mark.parametrize("which", [[0], [0, 1], [2], [4], [0, 2, 3]], ids=str)
def test_stopped_daemons_are_missing(
    agent: Agent, standins: list[StandIn], which: list[int]
) -> None:
    gone = [standins[index] for index in which]
    with stopped(gone):
        found = differences(agent)
        assert found["extra"] == []
        assert sorted(found["missing"]) == sorted(standin.line for standin in gone)
    assert differences(agent) == NOTHING


@pytest.mark.parametrize("which", [[0], [0, 1], [4]], ids=str)
def test_stopped_daemons_are_not_counted(
    agent: Agent, standins: list[StandIn], which: list[int]
) -> None:
    gone = [standins[index] for index in which]
    left = len(of_daemon(gone[0], standins)) - len(gone)
    with stopped(gone):
        found = document(agent)
        key = count_key(found, gone[0])
        assert numbers(found, gone[0])["running"] == left
        assert agent.get(key) == str(left)
    assert agent.get(key) == str(left + len(gone))


def test_a_daemon_that_does_not_run_has_no_numbers(agent: Agent, standins: list[StandIn]) -> None:
    with stopped(standins[2:3]):
        told = numbers(document(agent), standins[2])
    zeros = {"running": 0, "started": 0, "cpu": 0.0, "rss": 0, "threads": 0}
    assert told == {"expected": 1, **zeros}
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
        time.sleep(0.5)
    # The kernel tells when it booted in whole seconds only.
    assert time.time() > stranger.started + MIN_AGE - 1
    assert differences(agent, UNKNOWN) == {"missing": [], "extra": [stranger.line]}
