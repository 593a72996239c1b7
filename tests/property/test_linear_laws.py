"""No command line of 4 KB costs more than its length: whatever the shipped patterns are shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Callable

import pytest

from psdiff_zbx.core.line import escape
from psdiff_zbx.core.redact import redact, tools
from psdiff_zbx.core.redact.patterns import SEPARATOR, finder
from psdiff_zbx.core.redact.tool_table import TOOLS
from psdiff_zbx.core.rules.rule import Rule, Subject
from psdiff_zbx.core.rules.shapes import patterns, shapes
from tests.builders import SHIPPED
from tests.property.cost import cost
from tests.sampling import EACH

SIZE = 4096
# Of so many shapes one is tried; `make fuzz` tries all.
OF = EACH * int(os.environ.get("SHAPES", "120"))
# Processor seconds, of the best of three.  The worst took 0.015 where a quadratic one took 1.6.
LIMIT = 0.1


def by_rules() -> Iterator[tuple[str, str]]:
    """What stands before a text, so that a rule is asked at all, and a pattern of the rule."""
    for rule in SHIPPED.rows:
        yield from ((start, pattern) for pattern in patterns(rule) for start in starts(rule))


def starts(rule: Rule) -> set[str]:
    first = (rule.match or rule.contains or ("",))[0]
    return {"", f"{rule.program[0]} " if rule.program else first}


def by_secrets() -> Iterator[tuple[str, str]]:
    yield from (("", each.pattern) for each in finder().patterns)
    for names, samples in TOOLS.items():
        name = names.split("|")[0].rstrip("*")
        for sample in samples:
            for reading in tools._READINGS:
                pattern = tools._pattern(sample, reading).pattern
                yield from ((f"{name}{blank}", pattern) for blank in (" ", SEPARATOR))


def texts() -> list[str]:
    found = {
        (start + shape)[:SIZE]
        for start, pattern in (*by_rules(), *by_secrets())
        for shape in shapes(pattern, SIZE)
    }
    return sorted(found)[::OF]


def judge(text: str) -> None:
    SHIPPED.judge(Subject(escape(text.replace(SEPARATOR, " ")).strip(), "alice", is_title=True))


def hide(text: str) -> None:
    redact(tuple(text.split(SEPARATOR)), "secrets")


@pytest.mark.parametrize("work", [judge, hide])
def test_no_shape_is_slow(work: Callable[[str], None]) -> None:
    slow = {text[:80]: took for text in texts() if (took := cost(work, text, LIMIT)) > LIMIT}
    assert not slow


def test_a_slow_pattern_would_be_found() -> None:
    slow = re.compile(r"(?:\S*a)*b")

    def search(text: str) -> None:
        slow.search(text)

    assert any(cost(search, text[:22], LIMIT) > 0.01 for text in shapes(slow.pattern, SIZE))
