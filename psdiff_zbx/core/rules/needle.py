"""What must stand in every text that a regular expression finds.

To look for a few characters takes a twentieth of the time of the whole expression, which is not
even compiled where they are not found.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

Needles = Tuple[str, ...]
"""Texts, one of which stands in whatever the expression finds; none if that cannot be told."""

_SHORTEST = 3  # characters; what is shorter stands almost everywhere
_FLAGS = re.compile(r"^\(\?([aimsx]+)\)")
_QUANTIFIER = r"(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\})"
_ESCAPED = r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|\d{1,3}|.)"
_TOKEN = re.compile(
    rf"{_ESCAPED}|\[\^?\]?(?:{_ESCAPED}|[^]\\])*\]"
    rf"|\((?:\?(?::|P<\w+>))?(?!\?)|\(\?|{_QUANTIFIER}[?+]?|.",
    re.DOTALL,
)
_QUANTIFIED = re.compile(_QUANTIFIER).match
_OPTIONAL = ("*", "?", "{0", "{,")


def needles(pattern: str) -> Needles:
    """The needles of an expression.

    >>> needles(r"^(\\S*/)?(docker|podman)-proxy "), needles(r"\\d+")
    (('-proxy ',), ())
    """
    flags = _FLAGS.match(pattern)
    if (flags and set(flags[1]) & set("ix")) or "(?#" in pattern:
        return ()
    return _of_any(_parse(_TOKEN.findall(_FLAGS.sub("", pattern))))


class _Item(NamedTuple):
    """A literal character, a group, or something else; and how often it may stand there."""

    char: str
    group: Optional[List[List[_Item]]]
    repeat: str


def _parse(parts: List[str]) -> List[List[_Item]]:
    """The alternatives of an expression or a group.  Uses up its parts, to the closing one."""
    branches: List[List[_Item]] = [[]]
    while parts:
        part = parts.pop(0)
        if part == ")":
            break
        if part == "|":
            branches.append([])
        elif _QUANTIFIED(part):
            branches[-1][-1:] = [item._replace(repeat=part) for item in branches[-1][-1:]]
        elif part[0] == "(":
            inside = _parse(parts)
            branches[-1].append(_Item("", None if part == "(?" else inside, ""))
        else:
            branches[-1].append(_Item(_literal(part), None, ""))
    return branches


def _literal(part: str) -> str:
    """The character that a part stands for; nothing if it may stand for several."""
    if len(part) == 1:
        return "" if part in ".^$" else part
    return part[1] if part[0] == "\\" and not part[1].isalnum() else ""


def _of_any(branches: List[List[_Item]]) -> Needles:
    found = [_of_all(branch) for branch in branches]
    return tuple(text for needles in found for text in needles) if all(found) else ()


def _of_all(items: List[_Item]) -> Needles:
    """The best of those that a sequence must contain: the one whose shortest is longest."""
    candidates: List[Needles] = [()]
    run = ""
    for char, group, repeat in items:
        is_there = not repeat.startswith(_OPTIONAL)
        run += char if is_there else ""
        if group is not None and is_there:
            candidates.append(_of_any(group))
        if repeat or not char:
            candidates.append((run,) if len(run) >= _SHORTEST else ())
            run = ""
    candidates.append((run,) if len(run) >= _SHORTEST else ())
    return max(candidates, key=lambda texts: min(map(len, texts), default=0))
