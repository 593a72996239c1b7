"""Laws of what is learnt by watching, whatever runs meanwhile."""

from __future__ import annotations

from collections import Counter
from typing import List

from hypothesis import example, given
from hypothesis import strategies as st

from psdiff_zbx.core.learn.learned_file import with_findings
from psdiff_zbx.core.merged_usr import spellings
from psdiff_zbx.core.model import EXACT, Process
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.rules.rule import Rule
from psdiff_zbx.host.toml_files import parse_toml
from tests.builders import INIT, SHIPPED
from tests.core.learn.watching import Ran, merged, samples_of, trees, under, watched
from tests.property import strategies as some
from tests.property.strategies import law

SAMPLES = 6
PROGRAMS = ["/opt/app", "/opt/job", "app:", "/bin/sh"]
WORDS = [
    "-p",
    "--id",
    "8080",
    "17",
    "218",
    "1.2",
    "x",
    "y",
    "tmp.aXbGTq",
    "tmp.PwXrZa",
    "2026-11-26",
]


@st.composite
def ran(draw: st.DrawFn, number: int) -> List[Ran]:
    """Processes that come and go, many of them variants of each other."""
    found: List[Ran] = []
    for at in range(number):
        first = draw(st.integers(0, SAMPLES - 1))
        last = draw(st.integers(first, SAMPLES - 1))
        words = draw(st.lists(st.sampled_from(WORDS), max_size=3))
        counter = draw(st.sampled_from(["", "", "", " {n}"]))
        cmdline = " ".join([draw(st.sampled_from(PROGRAMS)), *words]) + counter
        parent = draw(st.sampled_from([1, *(each.pid for each in found)]))
        span = draw(st.sampled_from([f"{first}-{last}", f"0-{SAMPLES - 1}"]))
        user, title = draw(st.sampled_from(["root", "root", "www"])), draw(st.booleans())
        found.append(Ran(10 + at, cmdline, span, parent, user, title))
    return found


watches = st.integers(0, 8).flatmap(ran).map(lambda rows: samples_of(rows, SAMPLES))
hostile = st.lists(some.processes(alive=True), min_size=2, max_size=4)
COUNTERS = [Ran(10, "app: {n}"), Ran(11, "app: 2026-11-26 2026-11-26 {n}")]
DEPLOY = [
    Ran(10, "/bin/sh deploy", "1-2"),
    Ran(11, "/opt/job -p", "1-2", ppid=10),
    Ran(12, "/opt/app", f"0-{SAMPLES - 1}", ppid=11),
]
"""A job at whose bottom a daemon stands for a while."""


@law
@given(watches)
@example(samples_of(COUNTERS, SAMPLES))
def test_lines_that_stood_together_stay_apart_unless_it_says_so(
    samples: List[List[Process]],
) -> None:
    found = watched(samples)
    # A finding names the first two lines that it would make one; it may do so with all of its own.
    saying = [each for each in found.proposals if each.merges]
    said = {key for each in saying for key in (*each.keys, *each.merges)}
    for keys in merged(samples, SHIPPED, under(found)):
        assert said & set(keys)


@law
@given(watches)
@example(samples_of(DEPLOY, SAMPLES))
def test_what_was_always_there_is_watched_as_before(samples: List[List[Process]]) -> None:
    found = watched(samples)
    before, after = trees(samples, SHIPPED), trees(samples, under(found))
    numbers = [Counter(line.key for line in tree) for tree in before]
    always = {key for key in numbers[0] if len({each[key] for each in numbers}) == 1}
    always -= {key for each in found.proposals for key in each.merges}
    for one, other in zip(before, after):
        shown = {each.pid: line for line in other for each in line.processes}
        watched_for = [each for line in one if line.key in always for each in line.processes]
        assert all(shown[each.pid].mode == EXACT for each in watched_for)


@law
@given(watches)
def test_under_the_rules_there_is_nothing_more_to_learn(samples: List[List[Process]]) -> None:
    found = watched(samples)
    if not any(each.merges for each in found.proposals):
        assert watched(samples, under(found)).proposals == []


@law
@given(st.one_of(watches, hostile))
def test_the_file_holds_the_rules_that_were_proposed(samples: List[List[Process]]) -> None:
    import tempfile
    from pathlib import Path

    found = watched([[INIT, *(p for p in each if p.pid != 1)] for each in samples]).proposals
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "learned.toml"
        path.write_text(with_findings("", found, "learnt"), encoding="utf-8")
        rows = parse_rules(parse_toml(path.read_text(), path).get("rule", []), "learned.toml")
    wanted = [rule for each in found for rule in each.rules]
    assert [row.meaning for row in rows] == [_read_back(rule).meaning for rule in wanted]


def _read_back(rule: Rule) -> Rule:
    """A beginning that is read from a file holds by either path."""
    match = rule.match and tuple(each for text in rule.match for each in spellings(text))
    return rule._replace(match=match)
