"""Laws of accepting changes, whatever they are, on hosts that have a pid 1."""

from __future__ import annotations

from collections import Counter
from typing import List, Set, Tuple

from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core import baseline
from psdiff_zbx.core.accept import Change, accept, list_changes
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import (
    Baseline,
    Header,
    Key,
    Process,
    Tree,
)
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import bare
from tests.property import strategies as some
from tests.property.strategies import law


def stored(tree: Tree, rules: Rules) -> Tree:
    """As it is read from the file that it was written to."""
    text = baseline.dump_baseline(Baseline(tree, Header(0, "", "", "", "")))
    return rules.mark(baseline.parse_baseline(text.encode(), "x").tree)


def keys(tree: Tree) -> Counter[Key]:
    return Counter(line.key for line in tree if not line.is_frame)


@law
@given(some.processes(alive=True), some.processes(alive=True), some.any_rules)
def test_nothing_differs_when_all_is_accepted(
    before: List[Process], now: List[Process], rules: Rules
) -> None:
    expected, current = stored(apply(build(before), rules), rules), apply(build(now), rules)
    found = compare(expected, current)
    after = accept(expected, current, found, list_changes(found))
    assert compare(stored(after, rules), current)[1:] == ((), ())


@law
@given(
    some.processes(alive=True),
    some.processes(alive=True),
    some.any_rules,
    st.sets(st.integers(0, 20)),
)
def test_what_is_not_accepted_differs_still(
    before: List[Process], now: List[Process], rules: Rules, places: Set[int]
) -> None:
    expected, current = stored(apply(build(before), rules), rules), apply(build(now), rules)
    found = compare(expected, current)
    every = list_changes(found)
    picked = [change for at, change in enumerate(every) if at in places]
    after = stored(accept(expected, current, found, picked), rules)
    left = list_changes(compare(after, current))
    kept = [change for change in every if change not in picked]
    assert {_of(change) for change in left} == {_of(change) for change in kept}


def _of(change: Change) -> Tuple[str, Key, int]:
    return change.sign, change.line.key, len(change.lines)


@law
@given(some.processes(), some.any_rules)
def test_nothing_accepted_changes_nothing(found: List[Process], rules: Rules) -> None:
    expected = stored(apply(build(found), rules), rules)
    after = accept(expected, (), compare(expected, ()), [])
    assert keys(after) == keys(bare(expected))
