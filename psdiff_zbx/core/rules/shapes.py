"""Texts that a regular expression takes long for, if any: parts of what it matches, again and
again.

In: a pattern, or a rule that has some.  Out: texts of a given size.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, List, Tuple

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # before Python 3.11
    import sre_parse as parser

from .rule import Rule

_LIKELY = "a1 /-:=.\x1fA"
_MOST = 40  # of a repeat that wants very many
# How a text goes on after a sample: with it, or with something that leads nowhere.
_ENDS = ("a", " ", "/", "a ", "-a ", "1", ":", "a:")


def patterns(rule: Rule) -> List[str]:
    """The regular expressions of a rule."""
    replaced = [rule.argument[0]] if isinstance(rule.argument, tuple) else []
    return [*([rule.regex] if rule.regex else []), *replaced]


def shapes(pattern: str, size: int) -> Iterator[str]:
    """Texts of about so many characters."""
    tree = parser.parse(pattern)
    for whole in _samples(tree, 4):
        for unit in (whole, f"{whole} ", f"{whole}\x1f", whole[:-1], f"{whole[:-1]} ", whole[1:]):
            yield _repeated("", unit, size)
        for end in _ENDS:
            yield _repeated(whole, end, size)
            yield _repeated(whole[:-1], end, size)
    for before, part in _repeats(tree):
        for head, unit in ((before, part), ("", before + part), ("", f"{before}{part} ")):
            yield _repeated(head, unit, size)
            yield _repeated(head, unit, size) + "!"


def _repeated(head: str, unit: str, size: int) -> str:
    return (head + unit * (size // len(unit or " ") + 1))[:size]


def _samples(tree: Any, most: int) -> List[str]:
    """Some texts that the pattern matches, as far as that can be said of a part."""
    found = [""]
    for operator, argument in tree:
        parts = _parts(str(operator), argument)
        found = [text + part for text in found for part in parts][:most] if parts else found
    return found


def _parts(operator: str, argument: Any) -> List[str]:
    if operator in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
        return [_member(operator, argument)]
    if operator.endswith("_REPEAT"):
        least, _, inner = argument
        return [text * min(max(least, 1), _MOST) for text in _samples(inner, 3)]
    if operator == "SUBPATTERN":
        return _samples(argument[-1], 6)
    if operator == "BRANCH":
        return [text for branch in argument[1] for text in _samples(branch, 2)][:8]
    if operator == "ASSERT" and argument[0] > 0:
        return _samples(argument[1], 2)
    return []


def _member(operator: str, argument: Any) -> str:
    """A character of a class, one that others like, too."""
    if operator == "LITERAL":
        return chr(argument)
    if operator == "ANY":
        return "a"
    if operator == "NOT_LITERAL":
        return "a" if chr(argument) != "a" else "b"
    pattern = re.compile(f"[{_class_of(argument)}]")
    return next(filter(pattern.match, [*_LIKELY, *map(chr, range(33, 127))]), "a")


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _class_of(items: Any) -> str:
    text = ""
    for operator, argument in items:
        if str(operator) == "NEGATE":
            text += "^"
        elif str(operator) == "LITERAL":
            text += re.escape(chr(argument))
        elif str(operator) == "RANGE":
            text += "-".join(re.escape(chr(each)) for each in argument)
        else:
            text += _CATEGORIES[str(argument)]
    return text


def _repeats(tree: Any) -> Iterator[Tuple[str, str]]:
    """Whatever may be repeated, and a text before it."""
    for at, (operator, argument) in enumerate(tree):
        before = _samples(tree[:at], 1)[0]
        if str(operator).endswith("_REPEAT"):
            yield from ((before, part) for part in _samples(argument[2], 3))
        for inner in _inner(str(operator), argument):
            yield from ((before + more, part) for more, part in _repeats(inner))


def _inner(operator: str, argument: Any) -> List[Any]:
    if operator.endswith("_REPEAT"):
        return [argument[2]]
    if operator == "SUBPATTERN":
        return [argument[-1]]
    if operator == "BRANCH":
        return list(argument[1])
    return [argument[1]] if operator in ("ASSERT", "ASSERT_NOT") else []
