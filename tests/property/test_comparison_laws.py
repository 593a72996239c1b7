"""Laws of comparing any two trees, and of changing one."""

from __future__ import annotations

from collections import Counter
from typing import List, Sequence, Tuple

from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core import baseline
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.edit import EDITS
from psdiff_zbx.core.line import command_line
from psdiff_zbx.core.model import (
    AT_LEAST,
    Baseline,
    Header,
    Key,
    Line,
    Process,
    Tree,
)
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import arrange, build
from tests.builders import bare
from tests.property import strategies as some
from tests.property.strategies import law


def keys(lines: Sequence[Line]) -> Counter[Key]:
    return Counter(line.key for line in lines if not line.is_frame)


@law
@given(some.processes(), some.any_rules)
def test_a_tree_does_not_differ_from_itself(found: List[Process], rules: Rules) -> None:
    current = apply(build(found), rules)
    assert compare(current, current)[1:] == ((), ())


@law
@given(some.processes(), some.any_rules)
def test_a_tree_does_not_differ_from_its_baseline(found: List[Process], rules: Rules) -> None:
    current = apply(build(found), rules)
    written = baseline.dump_baseline(Baseline(current, Header(0, "", "", "", ""))).encode()
    expected = rules.mark(baseline.parse_baseline(written, "x").tree)
    assert compare(expected, current)[1:] == ((), ())


@law
@given(some.trees(), some.trees())
def test_missing_of_one_is_extra_of_the_other(one: Tree, other: Tree) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.missing, there.extra) == (back.extra, back.missing)
    assert keys(one) - keys(other) == keys(there.missing)


@law
@given(some.trees(), st.data())
def test_lines_taken_away_are_exactly_the_missing_ones(tree: Tree, data: st.DataObject) -> None:
    places = [at for at, line in enumerate(tree) if not line.is_frame]
    gone = data.draw(st.sets(st.sampled_from(places))) if places else set()
    rest = tuple(line for at, line in enumerate(tree) if at not in gone)
    found = compare(tree, rest)
    assert keys(found.missing) == keys([tree[at] for at in gone])
    assert len(found.missing) == len(gone)
    assert found.extra == ()


@law
@given(some.processes(alive=True), st.data())
def test_processes_that_end_are_exactly_the_missing_ones(
    found: List[Process], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.sampled_from([p.pid for p in found]))) - {1}
    left = [p for p in found if p.pid not in gone]
    change = compare(bare(build(found)), build(left))
    assert (len(change.missing), len(change.extra)) == (len(gone), 0)


@law
@given(some.processes(), some.processes(), some.any_rules)
def test_counts_agree_with_lines(before: List[Process], now: List[Process], rules: Rules) -> None:
    expected, current = rules.mark(bare(apply(build(before), rules))), apply(build(now), rules)
    found = compare(expected, current)
    missing, extra = keys(found.missing), keys(found.extra)
    running: Counter[Key] = Counter()
    for line in current:
        running[line.key] += 0 if line.is_frame else line.number
    assert len(found.daemons) == len(keys(expected))
    for each in found.daemons:
        key = (each.user, each.cmdline)
        beyond = 0 if each.mode == AT_LEAST else max(0, each.running - each.expected)
        assert each.running == running[key]
        assert each.expected == (1 if each.mode == AT_LEAST else keys(expected)[key])
        assert missing.pop(key, 0) == max(0, each.expected - each.running)
        assert extra.pop(key, 0) == beyond
    assert not missing
    assert extra == keys(current) - Counter(dict.fromkeys(keys(expected), 10**9))


@law
@given(some.processes(), st.sampled_from([99.0, 100.0, 199.0, 200.0]))
def test_a_younger_process_is_never_extra(now: List[Process], before: float) -> None:
    found = compare((), build(now), before)
    assert all(line.processes[0].started <= before for line in found.extra)
    assert set(found.extra) <= set(compare((), build(now)).extra)


@law
@given(some.trees(), some.cmdlines, st.sampled_from(some.USERS))
def test_what_is_added_is_one_more_and_what_is_removed_one_less(
    tree: Tree, cmdline: Tuple[str, ...], user: str
) -> None:
    text = command_line(Process(9, 1, 0, user, "n", cmdline, "S", False, 0.0, 0.0, 0, 1))
    more, shown = EDITS["add"](tree, user, text, Rules())
    assert keys(more) == keys(tree) + keys(shown.extra)
    assert len(more) == len(tree) + 1
    fewer, shown = EDITS["remove"](more, user, text, Rules())
    assert keys(fewer) == keys(tree)
    assert arrange(fewer) == fewer
