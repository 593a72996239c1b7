"""What must stand in every text that an expression finds."""

from __future__ import annotations

import re
from typing import Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.rules.needle import needles
from tests.builders import SHIPPED

NEEDLES = {
    "/snap/": ("/snap/",),
    r"^(\S*/)?conmon(rs)? ": ("conmon",),
    "^(docker|podman)-proxy ": ("-proxy ",),
    "^(runc|crun) ": ("runc", "crun"),
    r"^\[celeryd: [^]]*\]|uWSGI worker$": ("[celeryd: ", "uWSGI worker"),
    "a+bcd": ("bcd",),
    "abcd?": ("abc",),
    "abc*": (),
    "abcd{2}e": ("abcd",),
    "abcd{0,2}e": ("abc",),
    "abcd{,2}e": ("abc",),
    "abc{x}d": ("abc{x}d",),
    "(?:abc)?def": ("def",),
    "(?:abc)+": ("abc",),
    "(?P<x>abc)(?P=x)d": ("abc",),
    "(?=abc)de": (),
    "(?!abc)def": ("def",),
    "(?i)abc": (),
    "(?s)abc": ("abc",),
    "(?i:abc)def": ("def",),
    "(?#abc)de": (),
    r"\x41bcd": ("bcd",),
    r"\u0041bcd": ("bcd",),
    r"(abc)\12def": ("abc", "def")[:1],
    r"\.conf": (".conf",),
    "[]abc]def": ("def",),
    r"[\]abc]def": ("def",),
    "abc|": (),
    "ab": (),
    r"\d+": (),
    "": (),
}


@pytest.mark.parametrize(("pattern", "found"), NEEDLES.items())
def test_the_needles_of_an_expression(pattern: str, found: Tuple[str, ...]) -> None:
    assert needles(pattern) == found


PIECES = st.sampled_from(
    [
        "abc",
        "abb",
        "b",
        ".",
        r"\w",
        "[ab]",
        "[^c]",
        "^",
        "$",
        r"\b",
        r"\x61",
        r"\.",
        "(?=a)",
        "(?!b)",
    ]
)
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{0}", "{2}", "{,1}", "{1,}", "*?"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds("({}){}".format, inner, REPEATS)
    bare = st.builds("(?:{}|{}){}".format, inner, inner, REPEATS)
    return st.one_of(
        group,
        bare,
        st.builds("{}{}".format, inner, inner),
        st.builds("{}|{}".format, inner, inner),
    )


PATTERNS = st.recursive(PIECES, _grown, max_leaves=6)


@given(PATTERNS, st.text("abc.", max_size=10))
def test_a_text_without_a_needle_is_not_found(pattern: str, text: str) -> None:
    found = needles(pattern)
    if found and not any(needle in text for needle in found):
        assert re.search(pattern, text) is None


def test_most_of_the_shipped_expressions_have_one() -> None:
    alone = [row for row in SHIPPED.rows if row.regex and not row.match]
    assert sum(bool(row.needles) for row in alone) > 0.9 * len(alone)
