"""What a new baseline leaves out because it has only just started."""

from __future__ import annotations

from typing import List

import pytest

from psdiff_zbx.core.model import Key, Process
from psdiff_zbx.core.settled import settled, with_more
from psdiff_zbx.core.tree import arrange, build
from tests.builders import INIT, outline, process, tree

LIVE = [
    INIT,
    process(5, "daemon", started=100.0),
    process(6, "young", started=990.0),
    process(7, "below-young", 6, started=100.0),
    process(8, "unit", started=990.0),
]


def kept(*expected: Key) -> List[str]:
    found, _ = settled(arrange(build(LIVE)), expected, 940.0, lambda each: each.pid == 8)
    return outline(found)


def test_what_is_young_is_left_out_and_what_is_below_it_moves_up() -> None:
    assert kept() == ["INIT", "  below-young", "  daemon", "  unit"]


def test_what_was_expected_before_stays() -> None:
    assert kept(("root", "young")) == ["INIT", "  daemon", "  unit", "  young", "    below-young"]


def test_it_says_what_was_left_out() -> None:
    _, young = settled(arrange(build(LIVE)), (), 940.0, lambda _: False)
    assert [line.cmdline for line in young] == ["unit", "young"]


def test_a_line_for_many_is_young_only_if_all_of_them_are() -> None:
    many = build([INIT, process(5, "worker", started=990.0), process(6, "worker", started=10.0)])
    one = arrange(line._replace(mode="at-least") if line.depth == 2 else line for line in many)
    assert settled(one, (), 940.0, lambda _: False)[1] == ()
    assert len(settled(one, (), 5.0, lambda _: False)[1]) == 1


@pytest.mark.parametrize("started", [0.0, 1e12])
def test_the_frame_is_never_left_out(started: float) -> None:
    live: List[Process] = [INIT._replace(started=started)]
    assert outline(settled(build(live), (), -1.0, lambda _: False)[0]) == ["INIT"]


def test_more_lines_come_below_init_in_their_order() -> None:
    more = tree("b")[-1:]
    assert outline(with_more(tree("a\n  x\nc"), more)) == ["INIT", "  a", "    x", "  b", "  c"]
    assert with_more(tree("a"), ()) == tree("a")
