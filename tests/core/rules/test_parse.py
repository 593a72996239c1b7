"""TOML tables to rules, and one clear line about the first thing that is wrong."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from psdiff_zbx.core.model import ConfigError
from psdiff_zbx.core.rules.parse import parse_rules


def test_a_row_becomes_a_rule_that_knows_where_it_stands() -> None:
    rows = [
        {"match": "a", "keep": True},
        {"regex": "b+", "user": "u", "cut": " -", "reason": "why", "sample": "b -1"},
    ]
    first, second = parse_rules(rows, "/etc/psdiff-zbx/config.toml")
    assert (first.number, first.match, first.action, first.argument) == (1, ("a",), "keep", True)
    assert second.origin == "/etc/psdiff-zbx/config.toml"
    assert (second.number, second.user, second.reason) == (2, ("u",), "why")
    assert (second.regex, second.action, second.argument) == ("b+", "cut", " -")


def test_a_condition_may_be_a_list() -> None:
    (rule,) = parse_rules([{"match": ["/lib/a", "/usr/lib/a"], "user": ["x"], "keep": True}], "x")
    assert (rule.match, rule.user, rule.name) == (("/lib/a", "/usr/lib/a"), ("x",), None)


def test_no_rows_are_no_rules() -> None:
    assert parse_rules([], "x") == ()


SCOPES = 'ignore must be "subtree", "self" or "children"'
REPLACE = 'replace must be ["regex", "text"]'
WRONG: Dict[str, Any] = {
    "unknown-key": ({"match": "a", "keep": True, "mtach": "b"}, "unknown key 'mtach'"),
    "condition-no-string": ({"match": 1, "keep": True}, "match must be a string"),
    "reason-no-string": ({"match": "a", "keep": True, "reason": []}, "reason must be a string"),
    "no-condition": ({"keep": True}, "needs a condition: one or more of match, contains"),
    "empty-condition": ({"match": "", "keep": True}, "needs a condition"),
    "condition-empty-list": ({"match": [], "keep": True}, "needs a condition"),
    "condition-list-of-numbers": ({"match": [1], "keep": True}, "match must be a string, or a"),
    "condition-empty-choice": ({"name": ["a", ""], "keep": True}, "name must be a string, or a"),
    "regex-list": ({"regex": ["a"], "keep": True}, "regex must be a string"),
    "containers": (
        {"match": "a", "keep": True, "containers": True},
        'containers must be "ignore" or "watch"',
    ),
    "no-action": ({"match": "a"}, "needs one action of ignore, at_least_one"),
    "two-actions": ({"match": "a", "keep": True, "cut": "b"}, "found keep and cut"),
    "ignore-true": ({"match": "a", "ignore": True}, SCOPES),
    "ignore-unknown": ({"match": "a", "ignore": "tree"}, SCOPES),
    "ignore-list": ({"match": "a", "ignore": ["self"]}, SCOPES),
    "cut-empty": ({"match": "a", "cut": ""}, "cut must be the text from which"),
    "cut-number": ({"match": "a", "cut": 1}, "cut must be the text from which"),
    "keep-false": ({"match": "a", "keep": False}, "keep can only be true"),
    "at-least-one-number": ({"match": "a", "at_least_one": 1}, "at_least_one can only be true"),
    "program-only-text": ({"match": "a", "program_only": "x"}, "program_only can only be true"),
    "sort-false": ({"match": "a", "sort_arguments": False}, "sort_arguments can only be true"),
    "replace-text": ({"match": "a", "replace": "x"}, REPLACE),
    "replace-one": ({"match": "a", "replace": ["x"]}, REPLACE),
    "replace-number": ({"match": "a", "replace": ["x", 1]}, REPLACE),
    "replace-regex": ({"match": "a", "replace": ["(", ""]}, "regex '(': missing ), unterminated"),
    "replace-group": ({"match": "a", "replace": ["x", r"\1"]}, "invalid group reference 1"),
    "replace-name": ({"match": "a", "replace": ["x", r"\g<n>"]}, "unknown group name"),
    "regex": ({"regex": "a(b", "keep": True}, "regex 'a(b': missing ), unterminated subpattern"),
    "regex-that-python-warns-of": ({"regex": "[[:digit:]]", "keep": True}, "[[:digit:]]"),
}


@pytest.mark.parametrize(("row", "text"), WRONG.values(), ids=WRONG)
def test_a_wrong_rule_is_named_with_its_file_number_and_cause(row: Any, text: str) -> None:
    good = {"match": "a", "keep": True}
    with pytest.raises(ConfigError) as caught:
        parse_rules([good, row], "/etc/psdiff-zbx/rules.d/50-java.toml")
    error = str(caught.value)
    assert error.startswith("/etc/psdiff-zbx/rules.d/50-java.toml: rule 2: ")
    assert text in error
    assert "\n" not in error


@pytest.mark.parametrize("rows", [{"match": "a"}, "a", [["match"]], [{"match": "a"}, 1]])
def test_rules_are_a_list_of_tables(rows: Any) -> None:
    with pytest.raises(ConfigError, match=r"^x.toml: rules are written as \[\[rule\]\] tables$"):
        parse_rules(rows, "x.toml")
