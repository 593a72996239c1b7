"""Accepting single changes: what is expected then, and what is as it was."""

from __future__ import annotations

from typing import List, Sequence

import pytest

from psdiff_zbx.core.accept import (
    Change,
    accept,
    as_comparison,
    list_changes,
    named_changes,
)
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Tree, UnknownDaemonError
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, outline, process, rules, tree

NOTHING = rules()
VARYING = rules({"match": "many", "at_least_one": True})


def running(*rows: str) -> Tree:
    """Processes of root's; two blanks put one below that before it."""
    processes, path = [INIT], [(-1, 1)]
    for pid, row in enumerate(rows, 10):
        indent = len(row) - len(row.lstrip())
        while path[-1][0] >= indent:
            path.pop()
        processes.append(process(pid, row.strip(), ppid=path[-1][1]))
        path.append((indent, pid))
    return build(processes)


def accepted(
    before: str, now: Sequence[str], words: Sequence[str], under: Rules = NOTHING
) -> List[str]:
    """The baseline after the words were accepted, less its frame."""
    expected, current = apply(tree(before), under), apply(running(*now), under)
    found = compare(expected, current)
    picked = named_changes(list_changes(found), words)
    after = accept(expected, current, found, picked)
    left = [change[:2] for change in list_changes(compare(after, current))]
    assert left == [each[:2] for each in list_changes(found) if each not in picked]
    return outline(after)[1:]


ACCEPTED = {
    "what-is-missing": ("a\nb", ["a"], ["b"], ["  a"]),
    "what-is-extra": ("a", ["a", "b"], ["b"], ["  a", "  b"]),
    "only-what-is-asked-for": ("a\nb", ["a", "c", "d"], ["c"], ["  a", "  b", "  c"]),
    "all-of-a-daemon": ("a\nb\nb", ["a"], ["b"], ["  a"]),
    "those-that-are-gone-of-several": ("b\nb\nb", ["b"], ["b"], ["  b"]),
    "one-more-of-several": ("b\nb", ["b", "b", "b"], ["b"], ["  b", "  b", "  b"]),
    "several-words": ("a\nb", ["c"], ["a", "b", "c"], ["  c"]),
    "a-pattern": (
        "a",
        ["a", "/opt/x -1", "/opt/y"],
        ["/opt/*"],
        ["  /opt/x -1", "  /opt/y", "  a"],
    ),
    "a-name": ("a", ["a", "/opt/x -1"], ["x"], ["  /opt/x -1", "  a"]),
    "below-its-parent": ("a", ["a", "  b"], ["b"], ["  a", "    b"]),
    "below-a-new-parent": ("a", ["b", "  c", "a"], ["b", "c"], ["  a", "  b", "    c"]),
    "below-the-nearest-that-is-expected": ("a", ["a", "  b", "    c"], ["c"], ["  a", "    c"]),
    "what-is-below-moves-up": ("a\n  b\n    c", ["c"], ["b"], ["  a", "    c"]),
    "the-parent-and-what-is-below": ("a\n  b\n    c", ["x"], ["a", "c"], ["  b"]),
    "of-twins-the-one-whose-children-are-gone-too": (
        "a\n  b\na\n  c",
        ["a", "  c"],
        ["a", "b"],
        ["  a", "    c"],
    ),
}


@pytest.mark.parametrize(("before", "now", "words", "after"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepts(before: str, now: List[str], words: List[str], after: List[str]) -> None:
    assert accepted(before, now, words) == after


VARIES = {
    "none-is-left": ("many 1\na", ["a"], ["many*"], ["  a"]),
    "they-are-new": ("a", ["a", "many 1", "many 1"], ["many*"], ["  a", "  many 1"]),
}


@pytest.mark.parametrize(("before", "now", "words", "after"), VARIES.values(), ids=VARIES)
def test_a_daemon_whose_number_varies(
    before: str, now: List[str], words: List[str], after: List[str]
) -> None:
    assert accepted(before, now, words, under=VARYING) == after


def test_all_lines_of_one_whose_number_varies_go() -> None:
    expected = VARYING.mark(tree("a\n  many\nb\n  many"))
    current = running("a", "b")
    found = compare(expected, current)
    after = accept(expected, current, found, list_changes(found))
    assert outline(after)[1:] == ["  a", "  b"]


def test_an_id_means_its_daemon_only() -> None:
    found = list_changes(compare(tree("a -1\na -2"), running("x")))
    assert named_changes(found, [found[0].id]) == found[:1]


def test_an_unknown_word_accepts_nothing() -> None:
    found = list_changes(compare(tree("a\nb"), running("a")))
    with pytest.raises(UnknownDaemonError, match="'B'; 'psdiff-zbx show' shows what is"):
        named_changes(found, ["b", "B"])


def test_an_extra_daemon_has_the_id_that_it_will_have() -> None:
    before, now = tree("a"), running("a", "b")
    (change,) = list_changes(compare(before, now))
    after = accept(before, now, compare(before, now), [change])
    assert change.id in {daemon.id for daemon in compare(after, now).daemons}


def test_changes_are_the_missing_ones_then_the_extra_ones() -> None:
    found = list_changes(compare(tree("a\nb\nb"), running("c", "d", "d")))
    assert [(change.sign, change.line.cmdline, len(change.lines)) for change in found] == [
        ("-", "a", 1),
        ("-", "b", 2),
        ("+", "c", 1),
        ("+", "d", 2),
    ]
    both: List[Change] = found
    assert len(as_comparison(both).missing) == 3
    assert len(as_comparison(both).extra) == 3
