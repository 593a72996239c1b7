"""Rules that the program writes: whatever names and lines hold, they read back."""

from __future__ import annotations

import re
import sys
from typing import List

from hypothesis import example, given
from hypothesis import strategies as st

from psdiff_zbx.core.line import escape
from psdiff_zbx.core.model import Line
from psdiff_zbx.core.rules.explain_text import quoted
from psdiff_zbx.core.rules.ignored_file import with_rules
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.rules.rule import Rule, Subject
from tests.property.strategies import law

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HOSTILE = ["'''", '"""', "'", '"', "\\", "\\u", "#", "[[rule]]", "\r", "\x7f", "\udcff", "\ud800"]
# A line has both a command line and a user.
texts = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE), st.characters(), st.characters(whitelist_categories=["Cs"])
    )
).map("".join)
some_text: st.SearchStrategy[str] = texts.filter(bool)
lines = st.lists(st.builds(Line, st.just(2), some_text, some_text), min_size=1, max_size=3)


def read(text: str) -> List[Rule]:
    """As it comes back from a file."""
    return [*parse_rules(tomllib.loads(text.encode("utf-8").decode())["rule"], "ignored.toml")]


def seen(line: Line, more: str = "") -> Subject:
    """What rules see of a process that is shown so."""
    return Subject(escape(line.cmdline) + more, escape(line.user))


@law
@given(lines, texts, st.booleans())
@example([Line(2, "/opt/a", "root")], "ignored by \udcff on 2026-11-23", False)
@example([Line(2, "\udcff\x7f\n'''", "\ud800")], "", True)
def test_whatever_it_holds_it_reads_back(found: List[Line], why: str, programs_only: bool) -> None:
    rules = read(with_rules("", found, why, programs_only))
    assert len(rules) == len(found)
    for rule, line in zip(rules, found):
        assert rule.applies(seen(line))
        assert rule.applies(seen(line, " -x")) == programs_only
        assert not rule.applies(seen(line, "x"))
        assert not rule.applies(seen(line)._replace(user="somebody else"))
        assert (rule.action, rule.argument, rule.reason) == ("ignore", "self", escape(why))


@law
@given(lines, lines)
def test_more_rules_leave_those_before_as_they_are(first: List[Line], then: List[Line]) -> None:
    before = with_rules("", first, "one", False)
    after = with_rules(before, then, "two", False)
    assert after.startswith(before)
    assert [rule.reason for rule in read(after)] == ["one"] * len(first) + ["two"] * len(then)


@law
@given(st.text())
def test_a_quoted_text_reads_back(text: str) -> None:
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}


def test_a_pattern_is_as_one_would_write_it() -> None:
    text = with_rules("", [Line(2, "/opt/new -a", "root")], "why", False)
    assert "regex = '\\A/opt/new\\ \\-a\\Z'\n" in text
    assert re.match(read(text)[0].regex or "x", "/opt/new -a")
