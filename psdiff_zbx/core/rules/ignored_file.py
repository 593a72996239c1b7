"""Rules that an administrator did not write by hand: such a process is ignored for good."""

from __future__ import annotations

from typing import Iterable

from ..line import escape
from ..merged_usr import either
from ..model import Line
from .explain_text import quoted

IGNORED_FILE = "ignored.toml"
_HEAD = "# What was ignored for good; psdiff-zbx accept adds to it.\n"


def with_rules(text: str, lines: Iterable[Line], why: str, programs_only: bool) -> str:
    """The text of a rules file with a rule more for each line.  ``programs_only`` says that
    lines show no arguments, but rules see them.

    TOML has no way to write a surrogate, as in a name that is not UTF-8: all that rules look at
    is escaped, and so is what is written here.
    """
    return "".join([text or _HEAD, *(_rule(line, why, programs_only) for line in lines)])


def _rule(line: Line, why: str, programs_only: bool) -> str:
    end = r"(?: |\Z)" if programs_only else r"\Z"
    pattern = rf"\A{either(escape(line.cmdline))}{end}"
    rows = (
        "",
        "[[rule]]",
        f"regex = {quoted(pattern)}",
        f"user = {quoted(escape(line.user))}",
        'ignore = "self"',
        f"reason = {quoted(escape(why))}",
        "",
    )
    return "\n".join(rows)
