"""What rules make of a tree, action by action and together."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from psdiff_zbx.core.model import AT_LEAST, EXACT, OPTIONAL, Process, Tree, Unit
from psdiff_zbx.core.rules.apply import apply, filter_tree
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.rules.rule import Subject
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.rules.verdicts import Judge
from psdiff_zbx.core.tree import build
from tests.builders import INIT, SHIPPED, bare, outline, process, rules, tree

FOREST = """
    cron -f
      CRON -f
        sh -c job
          job
    sshd -D
      sshd: me
        bash
"""
WHOLE = [row[2:] for row in FOREST.rstrip().split("\n")[1:]]
ACTIONS: Dict[str, Any] = {
    "no-rule": ([], ["INIT", *WHOLE]),
    "ignore-subtree": (
        [{"match": "CRON", "ignore": "subtree"}, {"match": "sshd", "ignore": "subtree"}],
        ["INIT", "  cron -f"],
    ),
    "ignore-self": (
        [{"match": "CRON", "ignore": "self"}, {"match": "sshd", "ignore": "self"}],
        ["INIT", "  bash", "  cron -f", "    sh -c job", "      job"],
    ),
    "ignore-children": (
        [{"match": "cron ", "ignore": "children"}, {"match": "sshd -D", "ignore": "children"}],
        ["INIT", "  cron -f", "  sshd -D"],
    ),
    "keep-beats-a-later-rule": (
        [{"match": "job", "keep": True}, {"match": "cron", "ignore": "children"}],
        ["INIT", "  cron -f", "    job", "  sshd -D", "    sshd: me", "      bash"],
    ),
    "keep-yields-to-an-earlier-rule": (
        [{"match": "cron", "ignore": "children"}, {"match": "job", "keep": True}],
        ["INIT", "  cron -f", "  sshd -D", "    sshd: me", "      bash"],
    ),
    "what-is-kept-is-judged-by-its-own-rules": (
        [
            *({"match": "CRON", "ignore": "children"}, {"match": "sh ", "keep": True}),
            *({"match": "CRON", "keep": True}, {"match": "cron", "ignore": "subtree"}),
        ],
        ["INIT", "  CRON -f", "  sshd -D", "    sshd: me", "      bash"],
    ),
    "what-is-kept-keeps-its-children": (
        [{"match": "sh ", "keep": True}, {"match": "CRON", "ignore": "subtree"}],
        [
            "INIT",
            "  cron -f",
            "    sh -c job",
            "      job",
            "  sshd -D",
            "    sshd: me",
            "      bash",
        ],
    ),
    "the-first-that-decides-wins": (
        [{"match": "cron", "keep": True}, {"match": "cron", "ignore": "subtree"}],
        ["INIT", *WHOLE],
    ),
    "rewriting-rules-all-apply-in-order": (
        [
            {"match": "sh ", "cut": " job"},
            {"match": "sh ", "replace": ["-c", "-x"]},
            {"regex": "^sh -x$", "ignore": "children"},
        ],
        ["INIT", "  cron -f", "    CRON -f", "      sh -x", *WHOLE[4:]],
    ),
    "the-frame-is-under-no-rule": (
        [{"regex": ".", "ignore": "subtree"}, {"regex": ".", "program_only": True}],
        ["INIT"],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), ACTIONS.values(), ids=ACTIONS)
def test_a_tree_under_rules(rows: List[Any], expected: List[str]) -> None:
    once = apply(tree(FOREST), rules(*rows))
    assert outline(once) == expected
    assert apply(once, rules(*rows)) == once


LIVE = (
    INIT,
    process(10, "/usr/sbin/apache2 -k start", cgroup="/system.slice/apache2.service"),
    process(11, "/usr/sbin/apache2 -k start", 10, user="www-data"),
    process(12, "/usr/sbin/apache2 -k start", 10, user="www-data"),
    process(13, "cgi one", 11, user="www-data"),
    process(14, "cgi two", 12, user="www-data", name="two"),
)


def under(*rows: Any) -> Tree:
    return apply(build(LIVE), rules(*rows))


def test_equal_siblings_of_which_one_is_enough_are_one_line() -> None:
    found = under({"match": "/usr/sbin/apache2 ", "at_least_one": True})
    assert outline(found) == [
        "INIT",
        "  /usr/sbin/apache2 -k start",
        "    /usr/sbin/apache2 -k start  {user=www-data}",
        "      cgi one  {user=www-data}",
        "      cgi two  {user=www-data}",
    ]
    assert [line.mode == AT_LEAST for line in found] == [False, False, True, True, False, False]
    assert [line.number for line in found] == [1, 1, 1, 2, 1, 1]


def test_what_becomes_equal_is_one_line_too() -> None:
    found = under({"match": "cgi", "program_only": True}, {"match": "cgi", "at_least_one": True})
    assert [line[:3] for line in found if line.mode == AT_LEAST] == [(4, "cgi", "www-data")] * 2


@pytest.mark.parametrize(
    ("then", "mode"), [("optional", OPTIONAL), ("keep", EXACT), ("at_least_one", EXACT)]
)
def test_what_ignores_its_children_may_itself_be_optional(then: str, mode: str) -> None:
    apache = {"match": "/usr/sbin/apache2 "}
    ignoring = {**apache, "ignore": "children"}
    found = under(ignoring, {**apache, then: True}, {**apache, "optional": True})
    assert outline(found) == ["INIT", "  /usr/sbin/apache2 -k start"]
    assert found[-1].mode == mode


CONDITIONS: Dict[str, Any] = {
    "name": ({"name": "two"}, [14]),
    "user": ({"user": "www-data"}, [11, 12, 13, 14]),
    "cgroup": ({"cgroup": "*/apache2.service"}, [10, 11, 12, 13, 14]),
}


@pytest.mark.parametrize(("condition", "gone"), CONDITIONS.values(), ids=CONDITIONS)
def test_live_processes_are_ignored_by(condition: Dict[str, str], gone: List[int]) -> None:
    found = under({**condition, "ignore": "subtree"})
    seen = {p.pid for line in found for p in line.processes}
    assert seen == {p.pid for p in LIVE} - set(gone)


IGNORED: List[Tuple[List[Process], Dict[str, int]]] = [
    ([process(9, "sshd: alice", name="sshd"), process(10, "bash", ppid=9)], {"daemon": 2}),
    ([process(9, "a"), process(10, "a", ppid=9, forked=True)], {"worker": 1}),
    ([process(9, "/usr/sbin/cron -f"), process(10, "sh", ppid=9)], {"worker": 1}),
    ([process(9, "polkitd", unit=Unit("polkit.service", "on-demand"))], {"daemon": 1}),
    (
        [process(9, "a", unit=Unit("a.service", "job")), process(10, "b", ppid=9)],
        {"job": 2},
    ),
    ([process(9, "getty", tty=5), process(10, "a", ppid=9, tty=5)], {"daemon": 2}),
    (
        [process(9, "containerd-shim -id x"), process(10, "a", ppid=9), process(11, "b", ppid=9)],
        {"container": 3},
    ),
]


@pytest.mark.parametrize(("live", "kinds"), IGNORED)
def test_what_rules_ignore_is_counted(live: List[Process], kinds: Dict[str, int]) -> None:
    found = filter_tree(build([INIT, *live]), SHIPPED)
    assert {kind: number for kind, number in found.ignored.items() if number} == kinds
    assert len(found.tree) + sum(found.ignored.values()) == 2 + len(live)


def test_a_rule_may_not_leave_a_command_line_empty() -> None:
    assert rules({"match": "a", "cut": "a"}).normalise(Subject("a b", "root")) == "a b"


def test_what_a_rule_writes_stays_on_its_line() -> None:
    row = rules({"match": "a", "replace": ["b", "\n\t "]})
    assert row.normalise(Subject("a b", "root")) == r"a \n\t"


def test_a_verdict_names_the_rule_that_decides() -> None:
    rows = rules({"match": "a", "cut": " "}, {"regex": "^a$", "ignore": "self"})
    verdict = rows.judge(Subject("a b", "root"))
    assert (verdict.cmdline, verdict.place, verdict.rule) == ("a", 1, rows.rows[1])
    assert verdict.ignores == "self"
    assert not verdict.is_("keep")
    nothing = rows.judge(Subject("x", "root"))
    assert (nothing.place, nothing.rule, nothing.is_("keep")) == (2, None, False)


def test_without_arguments_the_rules_still_see_them() -> None:
    rows = Rules(rules({"regex": "--secret", "ignore": "self"}).rows, arguments=False)
    live = [INIT, process(8, "a --secret"), process(9, "a -x")]
    assert outline(apply(build(live), rows)) == ["INIT", "  a"]


def test_a_baselines_line_varies_as_the_rules_say() -> None:
    rows = rules({"regex": "^(INIT|root|a)$", "at_least_one": True})
    marked = rows.mark(tree("a\nb\n  a"))
    assert [line.mode == AT_LEAST for line in marked] == [False, False, True, False, True]
    assert bare(marked) == tree("a\nb\n  a")


def test_a_line_is_judged_by_its_process() -> None:
    (live,) = build([process(9, "a b", name="n\n", cgroup="/x")])[1:]
    rewritten = live._replace(cmdline="rewritten")
    judge = Judge(rules(), RECORDED, (live,))
    assert judge.subject(rewritten)[:4] == ("a b", "root", r"n\n", "/x")
    assert judge.subject(bare([rewritten])[0]) == Subject("rewritten", "root")


BASE = {"match": "a", "keep": True}
LONG = "x" * 300
DIFFERENT: Dict[str, Any] = {
    "condition": (BASE, {"match": "b", "keep": True}),
    "kind-of-condition": (BASE, {"name": "a", "keep": True}),
    "action": (BASE, {"match": "a", "ignore": "self"}),
    "argument": ({"match": "a", "ignore": "self"}, {"match": "a", "ignore": "children"}),
    "replacement": ({"match": "a", "replace": ["b", "c"]}, {"match": "a", "replace": ["b", "d"]}),
    "end-of-a-long-regex": (
        {"match": "a", "replace": [f"{LONG}1", ""]},
        {"match": "a", "replace": [f"{LONG}2", ""]},
    ),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_the_digest_changes_with_the(one: Any, other: Any) -> None:
    assert rules(one).digest != rules(other).digest


def test_the_digest_is_of_order_and_arguments_not_of_reasons() -> None:
    other = {"match": "b", "keep": True}
    assert rules(BASE, other).digest != rules(other, BASE).digest
    assert rules(BASE).digest != Rules(rules(BASE).rows, arguments=False).digest
    assert rules(BASE).digest == rules({**BASE, "reason": "why", "sample": "a"}).digest
