"""Single lines into a baseline and out of it."""

from __future__ import annotations

from typing import List

import pytest

from psdiff_zbx.core.edit import EDITS
from psdiff_zbx.core.model import Line, PsdiffError, UnknownDaemonError
from psdiff_zbx.core.rules.ruleset import Rules
from tests.builders import SHIPPED, outline, rules, tree

BEFORE = "cron -f\nnginx: master\n  nginx: worker  {user=www-data}\n    cgi"
LIMITED = rules({"match": "/opt/", "ignore": "subtree", "reason": "not ours"})

ADDED = {
    "a-new-daemon-below-init": ("", "root", "b", ["  b"]),
    "in-its-order": ("a\nc", "root", "b", ["  a", "  b", "  c"]),
    "beside-its-equal": ("a\n  b\nc", "root", "b", ["  a", "    b", "    b", "  c"]),
    "beside-its-equal-of-that-user": (
        "a\n  b",
        "www",
        "b",
        ["  a", "    b", "  b  {user=www}"],
    ),
    "escaped": ("", "a}b", "x\ny", [r"  x\ny  {user=a\x7db}"]),
    "less-outer-blanks": ("", "root", "  b  ", ["  b"]),
    "normalised": ("", "root", "astcanary /var/run/x 77", ["  astcanary"]),
    "whose-children-are-ignored": ("", "root", "/usr/sbin/sshd -D", ["  /usr/sbin/sshd -D"]),
    "what-a-rule-ignores": ("", "root", "sleep 5", ["  sleep 5"]),
    "of-which-one-is-enough": ("", "root", "php-fpm: pool www", ["  php-fpm: pool www"]),
}


@pytest.mark.parametrize(("before", "user", "cmdline", "after"), ADDED.values(), ids=ADDED)
def test_adds(before: str, user: str, cmdline: str, after: List[str]) -> None:
    changed, shown = EDITS["add"](tree(before), user, cmdline, SHIPPED)
    assert outline(changed)[1:] == after
    assert (len(shown.missing), len(shown.extra)) == (0, 1)
    assert shown.extra[0] in changed


def test_adds_below_the_root_where_there_is_no_init() -> None:
    changed, _ = EDITS["add"]((Line(0, "root", "root"),), "root", "a", Rules())
    assert changed == (Line(0, "root", "root"), Line(1, "a", "root"))


NOT_ADDED = {
    "one-is-enough": ("root", "many", "'many' is expected already, in any number"),
    "no-command-line": ("root", "  ", "a daemon needs a user and a command line"),
    "no-user": ("", "a", "a daemon needs a user and a command line"),
}


@pytest.mark.parametrize(("user", "cmdline", "text"), NOT_ADDED.values(), ids=NOT_ADDED)
def test_does_not_add(user: str, cmdline: str, text: str) -> None:
    rows = (
        *LIMITED.rows,
        *rules({"match": "x", "keep": True}, {"match": "self", "ignore": "self"}).rows[1:],
        *rules({"match": "many", "at_least_one": True}).rows,
    )
    with pytest.raises(PsdiffError) as caught:
        EDITS["add"](tree("many"), user, cmdline, Rules(rows))
    assert str(caught.value) == text


REMOVED = {
    "the-only-one": ("a\nb", "a", ["  b"]),
    "one-of-two": ("a\na", "a", ["  a"]),
    "a-parent-whose-children-move-up": ("a\n  b\n    c\nd", "a", ["  b", "    c", "  d"]),
    "a-leaf-rather-than-a-parent": ("a\na\n  b", "a", ["  a", "    b"]),
    "as-the-rules-rewrite-it": ("astcanary", "astcanary /var/run/x 77", []),
    "as-the-baseline-has-it": ("astcanary 5\nastcanary", "astcanary 5", ["  astcanary"]),
    "an-ignored-one-too": ("CRON", "CRON", []),
}


@pytest.mark.parametrize(("before", "cmdline", "after"), REMOVED.values(), ids=REMOVED)
def test_removes(before: str, cmdline: str, after: List[str]) -> None:
    changed, shown = EDITS["remove"](tree(before), "root", cmdline, SHIPPED)
    assert outline(changed)[1:] == after
    assert (len(shown.missing), len(shown.extra)) == (1, 0)
    assert shown.missing[0] in tree(before)


ABSENT = {
    "unknown": ("root", "nginx", "the baseline holds no 'nginx' of user root; nothing is changed"),
    "of-another-user": ("www", "cron -f", "the baseline holds no 'cron -f' of user www; nothing"),
    "init": ("root", "INIT", "the baseline holds no 'INIT' of user root"),
    "the-root": ("root", "root", "the baseline holds no 'root' of user root"),
    "nothing": ("root", "", "the baseline holds no '' of user root"),
}


@pytest.mark.parametrize(("user", "cmdline", "text"), ABSENT.values(), ids=ABSENT)
def test_does_not_remove(user: str, cmdline: str, text: str) -> None:
    with pytest.raises(UnknownDaemonError) as caught:
        EDITS["remove"](tree(BEFORE), user, cmdline, SHIPPED)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("cmdline", ["cron -f", "nginx: master", "new"])
def test_what_was_added_and_removed_again_leaves_no_trace(cmdline: str) -> None:
    added, _ = EDITS["add"](tree(BEFORE), "root", cmdline, Rules())
    removed, _ = EDITS["remove"](added, "root", cmdline, Rules())
    assert removed == tree(BEFORE)
