"""One rule: when it applies, and what it makes of a command line."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from psdiff_zbx.core.rules.rule import (
    REWRITE,
    Argument,
    Rule,
    Subject,
    program_of,
)
from tests.builders import rules

SUBJECT = Subject("/usr/sbin/sshd -D", "root", "sshd", "/system.slice/ssh.service")


def rule(**conditions: Any) -> Rule:
    return rules({**conditions, "keep": True}).rows[0]


HOLDS: Dict[str, Dict[str, Any]] = {
    "beginning": {"match": "/usr/sbin/ss"},
    "whole-word": {"match": "/usr/sbin/sshd "},
    "the-whole-line": {"match": "/usr/sbin/sshd -D"},
    "regex-anywhere": {"regex": r"-D$"},
    "name": {"name": "sshd"},
    "user": {"user": "root"},
    "cgroup-glob": {"cgroup": "/system.slice/*.service"},
    "all-of-them": {
        "match": "/usr",
        "regex": "ssh",
        "name": "sshd",
        "user": "root",
        "cgroup": "*",
    },
}
FAILS: Dict[str, Dict[str, Any]] = {
    "not-at-the-beginning": {"match": "sbin/sshd"},
    "longer-than-the-line": {"match": "/usr/sbin/sshd -D -e"},
    "a-part-of-a-word": {"match": "/usr/sbin/ss "},
    "case": {"match": "/USR/SBIN/SSHD"},
    "regex": {"regex": "^sshd"},
    "a-part-of-the-name": {"name": "ssh"},
    "a-part-of-the-user": {"user": "roo"},
    "a-part-of-the-cgroup": {"cgroup": "/system.slice"},
    "one-of-two": {"match": "/usr/sbin/sshd ", "user": "www-data"},
}


@pytest.mark.parametrize("conditions", HOLDS.values(), ids=HOLDS)
def test_applies(conditions: Dict[str, Any]) -> None:
    assert rule(**conditions).applies(SUBJECT)


@pytest.mark.parametrize("conditions", FAILS.values(), ids=FAILS)
def test_does_not_apply(conditions: Dict[str, Any]) -> None:
    assert not rule(**conditions).applies(SUBJECT)


def test_a_whole_word_matches_without_arguments_too() -> None:
    whole = rule(match="/usr/sbin/sshd ")
    assert whole.applies(Subject("/usr/sbin/sshd", "root"))
    assert not whole.applies(Subject("/usr/sbin/sshd-session", "root"))


@pytest.mark.parametrize("conditions", [{"name": "sshd"}, {"cgroup": "/*"}])
def test_a_baselines_line_has_neither_name_nor_cgroup(conditions: Dict[str, str]) -> None:
    assert not rule(**conditions).applies(Subject("/usr/sbin/sshd -D", "root"))


REWRITTEN = {
    "cut": ("a -sf 1 -sf 2", {"cut": " -sf "}, "a"),
    "cut-of-what-is-absent": ("a -x", {"cut": " -sf "}, "a -x"),
    "program-only": ("a b c", {"program_only": True}, "a"),
    "program-only-of-a-program": ("a", {"program_only": True}, "a"),
    "sorted": ("celery -n w1 --app=x -A", {"sort_arguments": True}, "celery --app=x -A -n w1"),
    "sorted-alone": ("celery", {"sort_arguments": True}, "celery"),
    "replaced-everywhere": ("a 1 b 22", {"replace": [r"\d+", "N"]}, "a N b N"),
    "replaced-with-a-group": ("a-1", {"replace": [r"(\w)-\d", r"\1-N"]}, "a-N"),
    "replaced-nothing": ("a b", {"replace": [r"\d+", "N"]}, "a b"),
}


@pytest.mark.parametrize(("cmdline", "action", "expected"), REWRITTEN.values(), ids=REWRITTEN)
def test_rewrites(cmdline: str, action: Dict[str, Any], expected: str) -> None:
    (row,) = rules({"regex": ".", **action}).rows
    assert row.rewrites
    argument: Argument = row.argument
    assert REWRITE[row.action](cmdline, argument) == expected


@pytest.mark.parametrize("action", [{"ignore": "self"}, {"at_least_one": True}, {"keep": True}])
def test_does_not_rewrite(action: Dict[str, Any]) -> None:
    assert not rules({"regex": ".", **action}).rows[0].rewrites


def test_a_title_is_its_own_program() -> None:
    assert program_of("nginx: master process /usr/sbin/nginx") == "nginx:"
