"""Processes to a tree: who is in it, under whom, in which order."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import AT_LEAST, EXACT, Line, Process, Tree
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.tree import arrange, build, family
from tests.builders import INIT, SHIPPED, bare, outline, process, tree


def shown(*processes: Process) -> List[str]:
    return outline(arrange(build(processes)))


def test_children_hang_below_their_parents() -> None:
    nginx = process(10, "nginx: master process")
    worker = process(11, "nginx: worker process", ppid=10, user="www-data")
    assert shown(INIT, nginx, worker) == [
        "INIT",
        "  nginx: master process",
        "    nginx: worker process  {user=www-data}",
    ]


ABSENT = {
    "a-kernel-thread": process(2, name="kthreadd", ppid=0, kthread=True),
    "a-zombie": process(9, "cron", state="Z"),
    "a-dead-process": process(9, "cron", state="X"),
    "a-dead-process-of-older-kernels": process(9, "cron", state="x"),
}


@pytest.mark.parametrize("absent", ABSENT.values(), ids=ABSENT)
def test_is_not_in_the_tree(absent: Process) -> None:
    assert shown(INIT, absent) == ["INIT"]


def test_pid_2_of_a_container_is_an_ordinary_process() -> None:
    assert shown(INIT, process(2, "nginx")) == ["INIT", "  nginx"]


def test_whoever_calls_itself_a_kernel_thread_is_in_the_tree() -> None:
    assert shown(INIT, process(66, "[kworker/0:1]")) == ["INIT", "  [kworker/0:1]"]


def test_our_own_family_is_not_in_the_tree() -> None:
    processes = [INIT, process(5, "zabbix"), process(6, "me", ppid=5), process(7, "sh", ppid=6)]
    assert outline(build(processes, own=6)) == ["INIT", "  zabbix"]
    assert family(processes, 6) == {6, 7}


ORPHANS = {
    "parent-unseen": (INIT, process(10, "a", ppid=9999)),
    "parent-is-a-zombie": (INIT, process(9, "z", state="Z"), process(10, "a", ppid=9)),
    "parent-is-a-kernel-thread": (INIT, process(2, kthread=True), process(10, "a", ppid=2)),
    "its-own-parent": (INIT, process(10, "a", ppid=10)),
}


@pytest.mark.parametrize("processes", ORPHANS.values(), ids=ORPHANS)
def test_an_orphan_hangs_under_pid_1(processes: Tuple[Process, ...]) -> None:
    assert shown(*processes) == ["INIT", "  a"]


def test_without_pid_1_an_orphan_hangs_under_the_root() -> None:
    assert shown(process(10, "a", ppid=9)) == ["a"]


def test_beside_pid_1_stand_those_that_came_from_outside() -> None:
    assert shown(INIT, process(30, "sh", ppid=0)) == ["INIT", "sh"]


def test_a_loop_of_parents_is_cut_at_its_lowest_pid() -> None:
    loop = process(5, "a", ppid=7), process(6, "b", ppid=5), process(7, "c", ppid=6)
    assert shown(INIT, *loop) == ["INIT", "  a", "    b", "      c"]


def test_pid_1_is_the_top_whatever_its_parent() -> None:
    assert shown(INIT._replace(ppid=8), process(8, "a")) == ["INIT", "  a"]


def test_siblings_stand_by_command_line_user_and_children() -> None:
    processes = [
        process(10, "b"),
        process(11, "a", user="www"),
        process(12, "a"),
        process(13, "z", ppid=12),
        process(14, "a"),
        process(15, "y", ppid=14),
        process(16, "a"),
    ]
    expected = ["INIT", "  a", "  a", "    y", "  a", "    z", "  a  {user=www}", "  b"]
    assert shown(INIT, *processes) == expected
    assert shown(*reversed(processes), INIT) == expected


def _varying(line: Line) -> Line:
    return line._replace(mode=AT_LEAST if line.cmdline == "a" else EXACT)


def test_equal_siblings_that_vary_are_one_line_with_all_their_children() -> None:
    lines = build(
        [INIT, process(9, "a"), process(8, "a"), process(10, "c", 9), process(7, "b", 8)]
    )
    (one,) = [line for line in arrange(_varying(line) for line in lines) if line.cmdline == "a"]
    assert [p.pid for p in one.processes] == [8, 9]
    assert one.number == 2
    merged = arrange(_varying(line) for line in lines)
    assert outline(merged) == ["INIT", "  a", "    b", "    c"]


def test_equal_siblings_that_do_not_vary_stay_apart() -> None:
    assert outline(arrange(tree("a\na"))) == ["INIT", "  a", "  a"]


def test_a_tree_of_nothing_is_its_root() -> None:
    assert [line[:3] for line in build([])] == [(0, "root", "root")]
    assert arrange(()) == ()


def chain(length: int) -> List[Process]:
    return [INIT, *(process(pid, "sh", ppid=pid - 1) for pid in range(2, length))]


def comb(length: int) -> List[Process]:
    """A chain in which every process has a twin without children."""
    return [*chain(length), *(process(length + pid, "sh", pid) for pid in range(1, length))]


FORESTS = {
    "a-chain-of-10000": chain(10_000),
    "a-chain-of-5000-twins": comb(5000),
    "10000-siblings": [INIT, *(process(pid, f"d {pid % 50}") for pid in range(2, 10_000))],
    "a-loop-of-10000": [process(pid, "sh", pid % 10_000 + 1) for pid in range(2, 10_001)],
}


@pytest.mark.parametrize("processes", FORESTS.values(), ids=FORESTS)
def test_no_forest_is_too_deep_or_too_wide(processes: List[Process]) -> None:
    current: Tree = apply(build(processes), SHIPPED)
    assert sum(line.number for line in current) == len(processes) + 1
    half = bare(current)[: len(current) // 2]
    assert len(compare(half, current).extra) == len(current) - len(half)
