"""Laws that hold for any processes, whatever they call themselves."""

from __future__ import annotations

from typing import Any, List, Tuple

from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core import baseline
from psdiff_zbx.core.line import escape, format_line, parse_line
from psdiff_zbx.core.model import (
    Baseline,
    Header,
    Line,
    Process,
    Tree,
)
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import arrange, build, family
from psdiff_zbx.host.psdiff_classes import FilteredProcessFormatter
from psdiff_zbx.host.psdiff_hooks import Hooks
from tests.builders import SHIPPED, bare
from tests.property import strategies as some
from tests.property.strategies import law


@law
@given(some.processes(), st.integers(1, 20))
def test_each_process_is_in_the_tree_exactly_once(found: List[Process], own: int) -> None:
    ours = family(found, own)
    expected = {p.pid for p in found if not (p.kthread or p.state in "ZX" or p.pid in ours)}
    pids = [p.pid for line in build(found, own) for p in line.processes]
    assert sorted(pids) == sorted(expected)
    assert [line.depth for line in build(found, own)].count(0) == 1


@law
@given(some.processes(), st.randoms(use_true_random=False), some.any_rules)
def test_the_order_of_processes_does_not_matter(
    found: List[Process], random: Any, rules: Rules
) -> None:
    shuffled = random.sample(found, len(found))
    assert apply(build(shuffled), rules) == apply(build(found), rules)


@law
@given(some.processes())
def test_a_tree_in_order_stays_as_it_is(found: List[Process]) -> None:
    ordered = arrange(build(found))
    assert arrange(ordered) == ordered
    assert arrange(bare(ordered)) == bare(ordered)


@law
@given(some.processes())
def test_a_child_stands_below_its_parent(found: List[Process]) -> None:
    path: List[Line] = []
    for line in arrange(build(found)):
        assert line.depth <= len(path)
        del path[line.depth :]
        path.append(line)
        if line.depth > 2:
            assert path[-2].processes[0].pid == line.processes[0].ppid


@law
@given(some.processes(), some.any_rules)
def test_rules_applied_twice_are_rules_applied_once(found: List[Process], rules: Rules) -> None:
    once = apply(build(found), rules)
    assert apply(once, rules) == once


@law
@given(some.processes(some.known))
def test_the_shipped_rules_leave_their_own_baseline_as_it_is(found: List[Process]) -> None:
    written = bare(apply(build(found), SHIPPED))
    assert bare(apply(written, SHIPPED)) == written


@law
@given(some.processes(), some.any_rules)
def test_rules_invent_no_process_and_lose_none_of_those_they_show(
    found: List[Process], rules: Rules
) -> None:
    pids = [p.pid for line in apply(build(found), rules) for p in line.processes]
    assert len(pids) == len(set(pids))
    assert set(pids) <= {p.pid for p in found}


@law
@given(some.processes(), some.any_rules)
def test_hooks_that_change_nothing_show_what_the_rules_show(
    found: List[Process], rules: Rules
) -> None:
    class Local(FilteredProcessFormatter):
        pass

    assert Hooks(Local, "test").apply(build(found), rules) == apply(build(found), rules)


@law
@given(some.trees(), some.headers)
def test_a_baseline_is_read_as_it_was_written(tree: Tree, header: Header) -> None:
    written = Baseline(tree, header)
    assert baseline.parse_baseline(baseline.dump_baseline(written).encode(), "x") == written


@law
@given(some.processes(), some.any_rules)
def test_a_tree_under_rules_is_read_as_it_was_written(found: List[Process], rules: Rules) -> None:
    tree = bare(apply(build(found), rules))
    written = Baseline(tree, Header(0, "", "", "", ""))
    assert baseline.parse_baseline(baseline.dump_baseline(written).encode(), "x") == written


@law
@given(some.cmdlines, some.words, some.words)
def test_one_process_is_one_line_that_can_be_read(
    cmdline: Tuple[str, ...], name: str, user: str
) -> None:
    one = Process(1, 0, 0, user or "0", name, cmdline, "S", False, 0.0, 0.0, 0, 1)
    (line,) = build([one._replace(pid=9)])[1:]
    text = format_line(line)
    assert text.splitlines() == [text]
    assert text.encode().decode() == text
    assert parse_line(text) == (2, line.cmdline, line.user)


@law
@given(some.words)
def test_what_is_escaped_stays_as_it_is(text: str) -> None:
    assert escape(escape(text)) == escape(text)
    assert len(escape(text).splitlines()) <= 1
