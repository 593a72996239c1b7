"""Rules that were learnt, as text: what is added to their file."""

from __future__ import annotations

from typing import Iterable, Iterator, List

from ..line import escape
from ..rules.explain_text import action_text, quoted
from ..rules.rule import Rule
from .proposals import Finding

_HEAD = "# Rules learnt by watching; psdiff-zbx learn adds to it.\n"
_SAMPLE = 200  # characters


def with_findings(text: str, accepted: Iterable[Finding], why: str) -> str:
    """The text of a rules file with the rules of some findings more."""
    begun = f"{text.rstrip()}\n" if text.strip() else _HEAD
    return "".join([begun, *(table for found in accepted for table in _tables(found, why))])


def history_lines(accepted: Iterable[Finding]) -> List[str]:
    """What was learnt, as the history has it: a line for each rule."""
    return [
        f"~ {action_text(rule)}: {cmdline}  {{user={user}}}"
        for found in accepted
        for (user, cmdline), rule in zip(found.keys[:1] * len(found.rules), found.rules)
    ]


def _tables(found: Finding, why: str) -> Iterator[str]:
    """All that rules look at is escaped, so there is no surrogate, which TOML could not hold."""
    notes = (
        f"reason = {quoted(escape(f'{why}: {found.how_often}'))}",
        f"sample = {quoted(escape(found.keys[0][1])[:_SAMPLE])}",
    )
    for rule in found.rules:
        yield "\n".join(["", "[[rule]]", *rule_lines(rule), *notes, ""])


def rule_lines(rule: Rule) -> Iterator[str]:
    """A rule's conditions, and last its action, as its TOML has them."""
    for text in rule.match or ():
        yield f"match = {quoted(text)}"
    if rule.regex is not None:
        yield f"regex = {quoted(rule.regex)}"
    for text in rule.user or ():
        yield f"user = {quoted(text)}"
    yield action_text(rule)
