"""The index of rules finds every rule that asking each in turn would find."""

from __future__ import annotations

import re
from typing import Any, Dict, List

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psdiff_zbx.core.model import EXACT, OPTIONAL, Line
from psdiff_zbx.core.rules.rule import Rule, Subject, is_anchored
from psdiff_zbx.core.rules.ruleset import Index, Rules
from tests.builders import SHIPPED, rules
from tests.sampling import EACH

ANCHORED = {
    "^a": True,
    "^(a|b)": True,
    r"^\(|": False,
    "^[(|]": True,
    r"^[]|\]]a": True,
    "^((a|b)(c|(d|e)))f": True,
    "^a|b": False,
    "a^": False,
    "(^a)": False,
    r"\^a": False,
    "(?i)^a": True,
    "(?i)a": False,
    "^": True,
}


@pytest.mark.parametrize(("pattern", "anchored"), ANCHORED.items())
def test_an_expression_that_is_found_at_the_beginning_only(pattern: str, anchored: bool) -> None:
    assert is_anchored(pattern) is anchored


@given(st.sampled_from([*ANCHORED]), st.text("ab(|^]", max_size=4))
def test_no_expression_finds_less_for_being_anchored(pattern: str, text: str) -> None:
    (rule,) = rules({"regex": pattern, "keep": True}).rows
    assert rule.applies(Subject(text, "root")) == (re.search(pattern, text) is not None)


ROWS: Dict[str, Dict[str, Any]] = {
    "match": {"match": "ab"},
    "matches": {"match": ["a", "ab", "b "]},
    "match-and-regex": {"match": "a", "regex": "b$"},
    "anchored": {"regex": "^a(b|c)"},
    "anywhere": {"regex": "b|c$"},
    "any-case": {"regex": "(?i)^AB"},
    "reference": {"regex": r"(a|b)\1"},
    "name": {"regex": "(?P<x>a|b)(?P=x)"},
    "verbose": {"regex": "(?x) a b  # c"},
    "contains": {"regex": "^a*(?:abc|bca)$", "contains": ["abc", "bca"]},
    "contains-alone": {"contains": "B"},
    "user": {"user": "root"},
    "cgroup": {"cgroup": "/x/*"},
}
INDEXED = rules(*({**row, "keep": True} for row in ROWS.values()))


def found(ruled: Rules, cmdline: str) -> List[int]:
    rewriting, deciding = Index(enumerate(ruled.rows)).places(cmdline)
    assert all(ruled.rows[place].rewrites for place in rewriting)
    assert not any(ruled.rows[place].rewrites for place in deciding)
    return sorted([*rewriting, *deciding])


@given(st.text("abcB ", max_size=5))
def test_every_rule_that_applies_is_found(cmdline: str) -> None:
    places = found(INDEXED, cmdline)
    subject = Subject(cmdline, "root", cgroup="/x/y")
    applying = [place for place, rule in enumerate(INDEXED.rows) if rule.applies(subject)]
    assert [place for place in places if place in applying] == applying


@given(st.sampled_from([row.match[0] for row in SHIPPED.rows if row.match]), st.text(max_size=9))
def test_every_shipped_rule_that_applies_is_found(start: str, rest: str) -> None:
    subject = Subject(f"{start}{rest}", "root", cgroup="/system.slice/x.service")
    places = found(SHIPPED, subject.cmdline)
    assert {at for at, rule in enumerate(SHIPPED.rows) if rule.applies(subject)} <= {*places}


def test_rules_of_other_programs_are_not_asked() -> None:
    places = found(INDEXED, "something else")
    asked = {list(ROWS)[place] for place in places}
    assert asked.isdisjoint({"match", "matches", "match-and-regex", "contains", "contains-alone"})
    assert asked.issuperset({"any-case", "reference", "verbose", "user", "cgroup"})


# The condition spares the expression, and so must hold wherever that finds something.
CONTAINING = [row for row in SHIPPED.rows if row.contains and row.regex]


@pytest.mark.parametrize("row", CONTAINING, ids=lambda row: f"rule {row.number}")
@settings(max_examples=30 // EACH, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_shipped_rule_contains_stands_in_all_that_its_regex_finds(
    row: Rule, data: st.DataObject
) -> None:
    assert row.regex is not None
    assert row.contains is not None
    text = data.draw(st.from_regex(row.regex))
    assert any(piece in text for piece in row.contains)


def test_a_rule_may_ask_for_a_text_that_stands_anywhere() -> None:
    (rule,) = rules({"contains": [" -jar ", "java"], "keep": True}).rows
    found = [
        text for text in ("java x", "a -jar b", "a -jarb") if rule.applies(Subject(text, "u"))
    ]
    assert found == ["java x", "a -jar b"]


MODES = rules(
    {"match": "ab", "ignore": "self"},
    {"match": "a", "at_least_one": True},
    {"contains": "B", "user": "root", "optional": True},
    {"kind": "on-demand", "optional": True},
    {"name": "c", "at_least_one": True},
    {"unit": "c.service", "at_least_one": True},
    {"match": "c", "cgroup": "!/x/*", "optional": True},
)


@pytest.mark.parametrize("ruled", [MODES, SHIPPED], ids=["some", "shipped"])
@given(
    st.text("abcB ", min_size=1, max_size=5)
    | st.sampled_from(["php-fpm: pool www", "apache2 -k"]),
    st.sampled_from(["root", "www-data"]),
    st.sampled_from([EXACT, OPTIONAL]),
)
def test_a_line_of_a_baseline_has_the_mode_of_the_rule_that_decides(
    ruled: Rules, cmdline: str, user: str, noted: str
) -> None:
    (line,) = ruled.mark((Line(2, cmdline, user, mode=noted),))
    assert line.mode == ruled.decide(Subject(cmdline, user)).mode_of(noted)
