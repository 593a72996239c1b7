"""Baseline and running tree: what is missing, what is extra, and how many of each daemon."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from psdiff_zbx.core.baseline import dump_tree, parse_baseline
from psdiff_zbx.core.cache import Cache
from psdiff_zbx.core.compare import against, compare, expect
from psdiff_zbx.core.line import format_line
from psdiff_zbx.core.model import (
    AT_LEAST,
    EXACT,
    OPTIONAL,
    Comparison,
    Daemon,
    Line,
    Process,
    Tree,
)
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.tree import build
from tests.builders import INIT, SHIPPED, bare, process, rules, tree


def shown(lines: Tuple[Line, ...]) -> List[str]:
    """Lines less the indent of INIT's children and user root."""
    return [format_line(line)[4:].replace("  {user=root}", "") for line in lines]


HOST = """
    cron -f
    nginx: master
      nginx: worker  {user=www-data}
      nginx: worker  {user=www-data}
"""
ONE_WORKER = """
    cron -f
    nginx: master
      nginx: worker  {user=www-data}
"""
SAME: List[str] = []
CHANGES = {
    "nothing": (HOST, HOST, SAME, SAME),
    "one-of-one-gone": ("a\nb", "a", ["b"], SAME),
    "one-new": ("a", "a\nb", SAME, ["b"]),
    "one-of-two-gone": (HOST, ONE_WORKER, ["  nginx: worker  {user=www-data}"], SAME),
    "a-third": ("a\na", "a\na\na", SAME, ["a"]),
    "another-user": ("a", "a  {user=b}", ["a"], ["a  {user=b}"]),
    "another-argument": ("a -x", "a -y", ["a -x"], ["a -y"]),
    "a-child-moves": ("a\n  c\nb", "a\nb\n  c", SAME, SAME),
    "a-child-moves-up": ("a\n  c", "a\nc", SAME, SAME),
    "all-gone": ("a\n  b", "", ["a", "  b"], SAME),
    "in-tree-order": ("a\nb\nc\nd", "b", ["a", "c", "d"], SAME),
    "a-daemon-called-init": ("a\n  INIT", "a", ["  INIT"], SAME),
    "psdiffs-short-user": ("n  {user=systemd+}", "n  {user=systemd-network}", SAME, SAME),
    "short-user-of-another": (
        "n  {user=systemd+}",
        "n  {user=syslog}",
        ["n  {user=systemd+}"],
        ["n  {user=syslog}"],
    ),
    "two-of-a-short-user": (
        "n  {user=systemd+}",
        "n  {user=systemd-a}\nn  {user=systemd-b}",
        SAME,
        ["n  {user=systemd-a}"],
    ),
    "the-longest-short-user": (
        "n  {user=sys+}\nn  {user=systemd+}",
        "n  {user=systemd-a}",
        ["n  {user=sys+}"],
        SAME,
    ),
    "a-full-name-comes-first": (
        "n  {user=systemd+}\nn  {user=systemd-a}",
        "n  {user=systemd-a}",
        ["n  {user=systemd+}"],
        SAME,
    ),
}


@pytest.mark.parametrize(
    ("expected", "current", "missing", "extra"), CHANGES.values(), ids=CHANGES
)
def test_changes(expected: str, current: str, missing: List[str], extra: List[str]) -> None:
    found = compare(tree(expected), tree(current))
    assert (shown(found.missing), shown(found.extra)) == (missing, extra)


# Baseline, what still runs, and which of the equal lines are shown.
EQUALS = {
    "the-one-whose-children-are-gone-too": ("p\np\n  c", "p", ["p", "  c"]),
    "the-one-whose-parent-is-gone-too": ("a\n  c\nb\n  c", "a\n  c", ["b", "  c"]),
    "the-one-whose-grandchild-is-gone-too": (
        "p\n  m\np\n  m\n    c",
        "p\n  m",
        ["p", "  m", "    c"],
    ),
    "both-of-one-of-two-pairs": ("p\n  c\np\n  c", "p\n  c", ["p", "  c"]),
    "the-pair-not-the-lonely-child": ("c\np\n  c\np\n  c", "c\np\n  c", ["p", "  c"]),
    "any-of-equal-leaves": ("p\n  c\n  c\n  c", "p\n  c", ["  c", "  c"]),
}


@pytest.mark.parametrize(("expected", "current", "lines"), EQUALS.values(), ids=EQUALS)
def test_of_equal_lines_those_whose_neighbours_change_too(
    expected: str, current: str, lines: List[str]
) -> None:
    assert shown(compare(tree(expected), tree(current)).missing) == lines
    assert shown(compare(tree(current), tree(expected)).extra) == lines


def daemons(found: Comparison) -> List[Tuple[str, str, int, int]]:
    return [(each.cmdline, each.mode, each.expected, each.running) for each in found.daemons]


def test_daemons_are_counted_wherever_they_stand() -> None:
    found = compare(tree("a\n  b\nb\nc"), tree("b\n  b\n    b\na"))
    assert daemons(found) == [("a", EXACT, 1, 1), ("b", EXACT, 2, 3), ("c", EXACT, 1, 0)]


def apache(*pids: int) -> Tree:
    live = [INIT, process(5, "apache2"), *(process(pid, "w", 5) for pid in pids)]
    return apply(build(live), rules({"match": "w", "at_least_one": True}))


AT_LEAST_ONE: Dict[str, Any] = {
    "as-many": ((6, 7), (6, 7), 2, [], []),
    "more": ((6,), (6, 7, 8), 3, [], []),
    "fewer": ((6, 7, 8), (6,), 1, [], []),
    "none": ((6, 7), (), 0, ["  w"], []),
}


@pytest.mark.parametrize(
    ("before", "now", "running", "missing", "extra"), AT_LEAST_ONE.values(), ids=AT_LEAST_ONE
)
def test_where_one_is_enough(
    before: Tuple[int, ...],
    now: Tuple[int, ...],
    running: int,
    missing: List[str],
    extra: List[str],
) -> None:
    expected = rules({"match": "w", "at_least_one": True}).mark(bare(apache(*before)))
    found = compare(expected, apache(*now))
    assert daemons(found)[1] == ("w", AT_LEAST, 1, running)
    assert (shown(found.missing), shown(found.extra)) == (missing, extra)


def test_where_one_is_enough_several_lines_of_the_baseline_expect_one() -> None:
    expected = SHIPPED.mark(tree("a\n  php-fpm: x\nb\n  php-fpm: x"))
    found = compare(expected, tree("a\nb"))
    assert daemons(found)[1] == ("php-fpm: x", AT_LEAST, 1, 0)
    assert shown(found.missing) == ["  php-fpm: x"]


def test_where_one_is_enough_an_unexpected_daemon_is_one_extra_line() -> None:
    found = compare(tree("apache2"), apache(6, 7))
    assert shown(found.extra) == ["  w"]
    assert found.extra[0].number == 2


def test_where_one_is_enough_for_a_short_user_too() -> None:
    live = [
        INIT,
        process(5, "a"),
        process(6, "b"),
        process(7, "w", 5, user="webuser12", cgroup="/web"),
        process(8, "w", 6, user="webuser12", cgroup="/web"),
    ]
    current = apply(build(live), rules({"cgroup": "/web", "at_least_one": True}))
    assert compare(tree("a\n  w  {user=webuser+}\nb"), current).extra == ()


def aged(*started: float) -> Tree:
    return build([INIT, *(process(9 + n, "a", started=t) for n, t in enumerate(started))])


AGES = {
    "old": (0, (100.0,), 1),
    "young": (0, (100.1,), 0),
    "one-of-two-is-young": (0, (50.0, 200.0), 1),
    "the-expected-one-is-the-old-one": (1, (50.0, 200.0), 0),
    "old-ones-beyond-expected": (1, (50.0, 60.0, 200.0), 1),
    "all-young-beyond-expected": (1, (150.0, 160.0), 0),
    "just-now": (0, (900.0,), 0),
    "in-the-future": (0, (900.1,), 1),
    "one-in-the-future-beyond-expected": (1, (150.0, 5000.0), 0),
    "all-in-the-future-beyond-expected": (1, (4000.0, 5000.0), 1),
}


@pytest.mark.parametrize(("expected", "started", "extra"), AGES.values(), ids=AGES)
def test_a_young_process_is_not_yet_extra_but_runs(
    expected: int, started: Tuple[float, ...], extra: int
) -> None:
    found = compare(tree("a\n" * expected), aged(*started), started_before=100.0, now=900.0)
    assert len(found.extra) == extra
    assert found.missing == ()
    assert [each.running for each in found.daemons] == [len(started)] * expected


def test_an_at_least_one_line_is_as_old_as_its_oldest_process() -> None:
    live = [INIT, process(8, "w", started=200.0), process(9, "w", started=50.0)]
    current = apply(build(live), rules({"match": "w", "at_least_one": True}))
    assert shown(compare((), current, started_before=100.0).extra) == ["w"]
    assert compare((), current, started_before=49.0).extra == ()


def test_a_daemon_has_the_sums_of_its_processes() -> None:
    live = [
        INIT,
        process(8, "w", started=1200.9, cpu=0.11, rss=100, threads=2),
        process(9, "w", started=1100.9, cpu=0.22, rss=200, threads=3),
    ]
    (found,) = compare(tree("w"), build(live)).daemons
    assert found == Daemon(found.id, "w", "root", "w", 1, EXACT, 2, 1100, 0.33, 300, 5, "running")


@pytest.mark.parametrize(
    ("states", "condition"),
    [
        (["S", "D", "Zl", "T"], "stopped"),
        (["S", "t"], "stopped"),
        (["D", "Zl"], "main thread ended"),
        (["R", "D"], "disk sleep"),
        (["R", "S", "I"], "running"),
    ],
)
def test_a_daemon_is_in_the_worst_condition_of_its_processes(
    states: List[str], condition: str
) -> None:
    live = [process(8 + at, "w", state=state) for at, state in enumerate(states)]
    (found,) = compare(tree("w"), build([INIT, *live])).daemons
    assert (found.running, found.state) == (len(states), condition)


def test_what_starts_anew_again_and_again_gets_old_where_looks_are_remembered() -> None:
    def looks(*live: Process) -> List[List[str]]:
        """What is extra at three looks, 55 s apart, of what starts anew between them."""
        seen, found = Cache(), []
        for now in (1000.0, 1055.0, 1110.0):
            seen.turn()
            anew = [each._replace(started=now - 5, pid=each.pid + int(now)) for each in live]
            current = build([INIT, process(5, "daemon"), *anew])
            told = against(expect(tree("daemon")), current, now - 60, now, seen)
            found.append(shown(told.extra))
        return found

    assert looks(process(9, "stray")) == [[], [], ["stray"]]
    assert looks(process(9, "daemon")) == [[], [], ["daemon"]]
    # What a daemon starts anew is its work.
    assert looks(process(9, "sleep 40", ppid=5)) == [[], [], []]


def test_what_was_away_at_a_look_is_young_again() -> None:
    seen = Cache()
    for now, live in ((1000.0, ["a"]), (1060.0, []), (1120.0, []), (1180.0, ["a"])):
        seen.turn()
        current = build([INIT, *(process(9, name, started=now - 5) for name in live)])
        assert against(expect(()), current, now - 60, now, seen).extra == ()


def test_a_daemon_that_does_not_run_has_zeros() -> None:
    (found,) = compare(tree("w"), build([INIT])).daemons
    assert found[6:] == (0, 0, 0.0, 0, 0, "not running", (), "")


def test_a_process_beside_pid_1_that_calls_itself_init_is_a_daemon() -> None:
    current = build([INIT, process(30, "INIT", ppid=0)])
    found = compare(parse_baseline(dump_tree(current).encode(), "x").tree, current)
    assert daemons(found) == [(r"\x49NIT", EXACT, 1, 1)]
    assert (found.missing, found.extra) == ((), ())


def test_nothing_is_expected_of_an_empty_baseline() -> None:
    assert shown(compare((), tree("a")).extra) == ["a"]
    assert compare((), ()) == Comparison((), (), ())


def test_an_optional_daemon_is_counted_and_never_missing_nor_extra() -> None:
    rows = rules({"match": "fwupd", "optional": True})
    baseline = rows.mark(tree("cron -f\nfwupd"))
    for number in (0, 1, 3):
        live = [INIT, process(5, "cron -f"), *(process(6 + n, "fwupd") for n in range(number))]
        found = compare(baseline, apply(build(live), rows))
        assert (found.missing, found.extra) == ((), ())
        (daemon,) = [each for each in found.daemons if each.name == "fwupd"]
        assert (daemon.expected, daemon.running, daemon.mode) == (0, number, OPTIONAL)


def test_an_optional_daemon_that_nobody_expects_is_no_daemon() -> None:
    live = apply(build([INIT, process(6, "fwupd")]), rules({"match": "fwupd", "optional": True}))
    found = compare(tree(""), live)
    assert found == ((), (), ())


def test_what_the_baseline_knows_to_be_optional_stays_so_while_it_does_not_run() -> None:
    noted = tuple(line._replace(mode=OPTIONAL) if line.depth > 1 else line for line in tree("a"))
    assert compare(rules().mark(noted), build([INIT])).missing == ()
