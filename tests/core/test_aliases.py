"""Daemons that run under another order of arguments, or a uid instead of a name."""

from __future__ import annotations

from typing import List

import pytest

from psdiff_zbx.core.compare import against, expect
from psdiff_zbx.core.tree import build
from tests.builders import INIT, process, tree


def differences(baseline: str, *cmdlines: str, user: str = "root") -> List[str]:
    live = [INIT, *(process(9 + n, line, user=user) for n, line in enumerate(cmdlines))]
    found = against(expect(tree(baseline), [("app", 1000)]), build(live))
    missing = [f"- {line.cmdline}" for line in found.missing]
    return [*missing, *(f"+ {line.cmdline}" for line in found.extra)]


SAME = {
    "after-a-reload": ("haproxy -D -p X -f Y", ["haproxy -p X -f Y -D"]),
    "one-of-two": ("a -x -y\na -x -y", ["a -x -y", "a -y -x"]),
    "two-of-two": ("a -x -y\na -x -y", ["a -y -x", "a -y -x"]),
}


@pytest.mark.parametrize(("baseline", "cmdlines"), SAME.values(), ids=SAME)
def test_the_order_of_arguments_makes_no_difference(baseline: str, cmdlines: List[str]) -> None:
    assert differences(baseline, *cmdlines) == []


OTHERS = {
    "another-program": ("a b c", ["b a c"], ["- a b c", "+ b a c"]),
    "another-number": ("a -x -y", ["a -y -x", "a -y -x"], ["+ a -y -x"]),
    "once-more": ("a x x", ["a x"], ["- a x x", "+ a x"]),
    "both-expected": ("a x y\na y x", ["a x y"], ["- a y x"]),
}


@pytest.mark.parametrize(("baseline", "cmdlines", "expected"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_mere_change_of_order_is_told(
    baseline: str, cmdlines: List[str], expected: List[str]
) -> None:
    assert differences(baseline, *cmdlines) == expected


def test_another_users_process_is_another_daemon() -> None:
    assert differences("a x y", "a y x", user="www") == ["- a x y", "+ a y x"]


def test_a_uid_that_the_directory_does_not_know_is_the_baselines_user() -> None:
    assert differences("a x  {user=app}", "a x", user="1000") == []
    assert differences("a x y  {user=app}", "a y x", user="1000") == []
    assert differences("a x  {user=app}", "a x", user="1001") == ["- a x", "+ a x"]
