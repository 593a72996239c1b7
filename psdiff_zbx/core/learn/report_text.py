"""What a watch has found, as lines of text."""

from __future__ import annotations

from typing import Iterator, List, Sequence

from ..duration import in_largest_unit
from ..line import escape
from ..model import Key
from .findings import Report
from .learned_file import rule_lines
from .proposals import Finding

_VARIANTS = 4
_LONGEST = 160
"""How many variants of a line are shown, and how many characters of each."""

_LABEL = 9


def summary_lines(report: Report) -> Iterator[str]:
    """What was watched, and how much of it was stable."""
    over = f" over {_many(*in_largest_unit(report.seconds))}" if report.seconds else ""
    yield f"{_many(report.samples, 'sample')}{over}: {_many(report.stable, 'line')} stable"
    if report.brief:
        yield f"{_many(report.brief, 'line')} gone before anybody would be told of them"
    changed = sum(len(found.keys) + len(found.others) for found in report.findings)
    if changed:
        yield f"{_many(changed, 'line')} came, went or changed"
    for user in report.crowded:
        yield f"not all that {escape(user)} started was kept: it was too much"


def finding_lines(found: Finding) -> Iterator[str]:
    """A finding: how often, which lines, and the rules for them."""
    yield found.how_often
    yield from (f"~ {text}" for text in variants(found.keys))
    if found.others:
        yield _labelled("below", f"{_many(len(found.others), 'line')} more that go with it")
    for rule in found.rules:
        *conditions, action = rule_lines(rule)
        yield _labelled("rule", action)
        yield from (_labelled("", text) for text in conditions)
    if found.rules and found.shown != found.keys:
        yield from (_labelled("shown", text) for text in variants(found.shown))
    if found.merges:
        both = " and ".join(variants(found.merges[:2]))
        yield _labelled("note", f"makes one line of what ran at the same time: {both}")
    if not found.rules:
        yield _labelled("rule", f"none: {_why_none(found)}")


def _why_none(found: Finding) -> str:
    if len(found.keys) > 1:
        return "they have too little in common"
    if found.came and not found.went:
        return "it came and stayed; 'psdiff-zbx accept' takes it into the baseline"
    if found.went and not found.came:
        return "it went and stayed away; nobody would hear of it again"
    if found.went:
        return "it was restarted, or was down for a while"
    return "its number changed for good"


def variants(keys: Sequence[Key]) -> List[str]:
    """A few of the lines, shortened."""
    shown = [_shortened(key) for key in keys[:_VARIANTS]]
    more = len(keys) - len(shown)
    return [*shown, f"… and {more} more"] if more else shown


def _shortened(key: Key) -> str:
    user, cmdline = key
    more = len(cmdline) - _LONGEST
    return (
        f"{cmdline[:_LONGEST]}{f'… {more} more characters' if more > 0 else ''}  {{user={user}}}"
    )


def _labelled(label: str, text: str) -> str:
    return f"    {label:<{_LABEL}}{text}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
