"""The doctor's findings, for people and for programs.

In: findings.  Out: lines of text, or one JSON document.  It checks nothing itself.
"""

from __future__ import annotations

import textwrap
from typing import List, Mapping, NamedTuple, Optional, Sequence

from ... import __version__
from ...core.item_values import to_json
from ...core.line import escape
from ...core.model import EXPECTED, IGNORED, MISSING, YOUNG
from ...core.rules.explain_text import Paint

OK, WRONG, WARNING, UNKNOWN = "ok", "wrong", "warning", "unknown"
_AS: Mapping[str, str] = {OK: EXPECTED, WRONG: MISSING, WARNING: YOUNG, UNKNOWN: IGNORED}
"""A status is shown in the colour of this verdict."""

_LEAST = 30  # characters of text, even on a narrower terminal


class Finding(NamedTuple):
    """The result of one check, and what to do about it, each in one line."""

    name: str
    status: str
    text: str
    remedy: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it is an error; a warning is not."""
        return self.status == WRONG


def wrong(name: str, error: object, remedy: str = "") -> Finding:
    """An error as a finding.  Most of our errors say after a semicolon what to do."""
    text, _, own = str(error).partition("; ")
    return Finding(name, WRONG, text, own or remedy)


def some(number: int, what: str) -> str:
    """``1 line``, ``2 lines``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def any_wrong(found: Sequence[Finding]) -> bool:
    """Whether any finding is an error; warnings do not count."""
    return any(each.is_wrong for each in found)


def findings_json(found: Sequence[Finding]) -> str:
    """One JSON object with ``version``, ``ok`` and ``checks``."""
    checks = [_escaped(each)._asdict() for each in found]
    return to_json({"version": __version__, "ok": not any_wrong(found), "checks": checks})


def findings_lines(found: Sequence[Finding], paint: Paint, width: Optional[int]) -> List[str]:
    """One line per check.  On a terminal of ``width`` characters, longer texts are wrapped, and
    the remedy follows on indented lines of its own."""
    names = max((len(each.name) for each in found), default=0)
    return [row for each in found for row in _rows(_escaped(each), names, paint, width)]


def _escaped(found: Finding) -> Finding:
    return Finding(*map(escape, found))


def _rows(found: Finding, names: int, paint: Paint, width: Optional[int]) -> List[str]:
    status = paint(f"{found.status:<{len(UNKNOWN)}}", _AS[found.status])
    label, indent = f"{status}  {found.name:<{names}}  ", " " * (len(UNKNOWN) + names + 4)
    first, *more = _wrapped(found, width - len(indent) if width else None)
    return [f"{label}{first}", *(f"{indent}{row}" for row in more)]


def _wrapped(found: Finding, room: Optional[int]) -> List[str]:
    if room is None:
        return [" – ".join(filter(None, (found.text, found.remedy)))]
    fill = textwrap.TextWrapper(max(room, _LEAST), break_long_words=False, break_on_hyphens=False)
    rows = fill.wrap(found.text)
    fill.initial_indent = fill.subsequent_indent = "  "
    return rows + fill.wrap(found.remedy)
