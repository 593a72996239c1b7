"""Control groups: their paths, below that of pid 1, and read only where a rule asks."""

from __future__ import annotations

from typing import List, Optional

import pytest

from psdiff_zbx.core.model import Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.cgroup import below, parse_cgroup
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, outline, process, rules

FILES = {
    "unified": ("0::/system.slice/cron.service\n", "/system.slice/cron.service"),
    "hybrid": (
        "5:pids:/user.slice\n1:name=systemd:/system.slice/cron.service\n0::/\n",
        "/system.slice/cron.service",
    ),
    "both": ("1:name=systemd:/a\n0::/b\n", "/b"),
    "neither": ("5:pids:/docker/0123abcd\n", "/"),
    "with-a-colon": ("0::/system.slice/app:1.service\n", "/system.slice/app:1.service"),
    "deleted": ("0::/a.scope (deleted)\n", "/a.scope (deleted)"),
    "nothing": ("", "/"),
}


@pytest.mark.parametrize(("text", "path"), FILES.values(), ids=FILES)
def test_the_path_is_read(text: str, path: str) -> None:
    assert parse_cgroup(text) == path


BELOW = {
    "a-host": ("/system.slice/cron.service", "/init.scope", "/system.slice/cron.service"),
    "a-host-without-systemd": ("/docker/0123", "/", "/docker/0123"),
    "pid-1": ("/init.scope", "/init.scope", "/init.scope"),
    "a-container": ("/docker/0123", "/docker/0123", "/"),
    "in-a-container": ("/docker/0123/docker/4567", "/docker/0123", "/docker/4567"),
    "a-container-with-systemd": ("/lxc/web/system.slice", "/lxc/web/init.scope", "/system.slice"),
    "the-neighbour": ("/docker/01234", "/docker/0123", "/docker/01234"),
    "outside": ("/user.slice", "/docker/0123", "/user.slice"),
    "unknown": ("/docker/0123", "", "/docker/0123"),
}


@pytest.mark.parametrize(("cgroup", "init", "path"), BELOW.values(), ids=BELOW)
def test_a_path_is_looked_at_below_that_of_pid_1(cgroup: str, init: str, path: str) -> None:
    assert below(cgroup, init) == path


LIVE = [
    INIT,
    process(10, "decided"),
    process(20, "shim"),
    process(21, "below-shim", 20),
    process(30, "undecided"),
    process(31, "undecided", user="www-data"),
]
DECIDED = {"match": "decided", "keep": True}
SHIM = {"match": "shim", "ignore": "subtree"}
CONTAINERS = {"cgroup": ["/docker/*", "*/libpod-*"], "ignore": "subtree"}


class Reader:
    """Tells cgroups, and remembers of whom it was asked."""

    def __init__(self, **groups: Optional[str]) -> None:
        self.groups = groups
        self.asked: List[int] = []

    def __call__(self, process: Process) -> Optional[str]:
        self.asked.append(process.pid)
        return self.groups.get(f"of{process.pid}", "/system.slice")


def shown(reader: Reader, ruled: Rules) -> List[str]:
    return outline(apply(build(LIVE), ruled, RECORDED._replace(cgroup_of=reader)))[1:]


def test_it_is_read_only_of_processes_that_no_other_rule_decides() -> None:
    reader = Reader(of30="/docker/0123")
    assert shown(reader, rules(SHIM, DECIDED, CONTAINERS)) == [
        "  decided",
        "  undecided  {user=www-data}",
    ]
    assert sorted(reader.asked) == [1, 30, 31]


def test_it_is_not_read_where_no_rule_asks() -> None:
    reader = Reader()
    shown(reader, rules(DECIDED, SHIM))
    shown(reader, rules({**CONTAINERS, "match": "x"}, {**CONTAINERS, "user": "nobody"}))
    assert reader.asked == []


def test_the_first_rule_that_decides_wins_also_where_it_needs_the_cgroup() -> None:
    reader = Reader(of10="/docker/0123")
    assert "  decided" not in shown(reader, rules(CONTAINERS, DECIDED))


def test_a_rule_may_rewrite_by_the_cgroup() -> None:
    reader = Reader(of30="/docker/0123")
    cut = {"cgroup": "/docker/*", "replace": ["^", "docker: "]}
    assert "  docker: undecided" in shown(reader, rules(cut))


def test_a_process_that_has_gone_meanwhile_does_not_run() -> None:
    reader = Reader(of20=None)
    assert shown(reader, rules(DECIDED, CONTAINERS)) == [
        "  below-shim",
        "  decided",
        "  undecided",
        "  undecided  {user=www-data}",
    ]


def test_in_a_container_its_own_cgroup_is_none() -> None:
    reader = Reader(of1="/docker/0123", of30="/docker/0123", of31="/docker/0123/docker/4567")
    assert shown(reader, rules(CONTAINERS)) == [
        "  decided",
        "  shim",
        "    below-shim",
        "  undecided",
    ]


def test_a_recording_without_cgroups_has_none() -> None:
    live = [INIT, process(9, "a"), process(10, "b", cgroup="/docker/0123")]
    assert outline(apply(build(live), rules(CONTAINERS))) == ["INIT", "  a"]
