"""Real daemons under real load: nothing false is reported, and everyone who dies is named."""

from __future__ import annotations

import pytest

from tests.zoo.daemons import NOBODY, Daemon
from tests.zoo.day import Day
from tests.zoo.kill import kill, obituary
from tests.zoo.watch import sample

pytestmark = [pytest.mark.zabbix, pytest.mark.zoo]


def test_everybody_is_expected(today: Day) -> None:
    mortal = [daemon for daemon in today.daemons if daemon.gone != NOBODY]
    assert [daemon.name for daemon in mortal if not daemon.lines(today.baseline)] == []


def test_no_daemon_is_hidden(today: Day) -> None:
    """The main process of an enabled service is counted, or no daemon's."""
    assert today.hidden == []


def test_everybody_was_busy(today: Day) -> None:
    idle = {name: each for name, each in today.visitors.items() if each["failed"] > each["done"]}
    assert not idle


def test_nothing_is_reported_at_rest(today: Day) -> None:
    assert today.rest.lines == ()


def test_nothing_is_reported_while_everybody_is_busy(today: Day) -> None:
    assert not today.false


def test_who_dies_is_named(today: Day, daemon: Daemon) -> None:
    """Exactly that daemon, in the next sample; and nothing once it runs again."""
    death = kill(today, daemon)
    assert death.reported == obituary(today, daemon)
    assert not death.left


def test_nothing_is_reported_after_all_this(today: Day) -> None:
    assert sample(today.host).lines == ()
