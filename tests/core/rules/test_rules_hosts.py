"""Busy servers, Debian 12 and 13 with some fifty daemons, as they were captured.

``quiet``: the baseline.  ``busy``: people log in and leave something running, cron and at have
jobs, timers run, helpers were called by D-Bus, sshd was restarted below its sessions, and all
that can reload has just done so, with old workers that still have a client.  ``killed``: the
first process of each daemon was killed, and what was below it was left alone.
"""

from __future__ import annotations

from typing import List

import pytest

from psdiff_zbx.core import item_values
from psdiff_zbx.core.baseline import dump_tree, parse_baseline
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Process, Tree
from psdiff_zbx.core.rules.apply import apply, normalised
from psdiff_zbx.core.tree import build, family
from psdiff_zbx.host.processes import read_recorded
from tests.builders import SHIPPED
from tests.files import DATA

RULES = DATA / "rules"
HOSTS = ["debian-12", "debian-13"]
LEFT_BY_A_LOGIN = {"sleep 504", "sudo -u app sleep 506", "sleep 506"}

hosts = pytest.mark.parametrize("host", HOSTS)


def processes(host: str, scene: str) -> List[Process]:
    return read_recorded(str(RULES / host / f"{scene}.jsonl"))


def current(host: str, scene: str) -> Tree:
    return apply(build(processes(host, scene)), SHIPPED)


def stored(host: str) -> Tree:
    written = dump_tree(current(host, "quiet")).encode()
    return normalised(parse_baseline(written, "test").tree, SHIPPED)


def changes(host: str, scene: str) -> List[str]:
    found = compare(stored(host), current(host, scene))
    return [
        *item_values.signed_lines("-", found.missing),
        *item_values.signed_lines("+", found.extra),
    ]


@hosts
def test_the_baseline_is_as_expected(host: str) -> None:
    expected = (RULES / host / "quiet.tree").read_text(encoding="utf-8")
    assert dump_tree(current(host, "quiet")).rstrip("\n") == expected.rstrip("\n")


@hosts
def test_nothing_has_changed_in_the_baseline_itself(host: str) -> None:
    assert changes(host, "quiet") == []


@hosts
def test_of_a_busy_day_only_that_is_reported_which_a_login_left_running(host: str) -> None:
    found = compare(stored(host), current(host, "busy"))
    assert [line.cmdline for line in found.missing] == []
    assert {line.cmdline for line in found.extra} == LEFT_BY_A_LOGIN


@hosts
def test_each_daemon_that_was_killed_is_named(host: str) -> None:
    expected = (RULES / host / "killed.diff").read_text(encoding="utf-8").splitlines()
    assert changes(host, "killed") == expected


@hosts
def test_each_daemon_is_named_when_it_is_gone_with_all_below_it(host: str) -> None:
    before, live = stored(host), processes(host, "quiet")
    daemons = [line for line in current(host, "quiet") if line.depth == 2]
    assert len(daemons) > 40
    for daemon in daemons:
        gone = family(live, daemon.processes[0].pid)
        found = compare(before, apply(build([p for p in live if p.pid not in gone]), SHIPPED))
        assert daemon.cmdline in {line.cmdline for line in found.missing}
        assert found.extra == ()
