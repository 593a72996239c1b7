"""Which rules may apply to a command line, without asking each of them in turn.

Rules with a ``match`` are found in tables of beginnings, one table for each length.  Those with
a ``regex`` alone are asked only if the alternation of all their expressions finds anything.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from .rule import LEADING_FLAGS, Rule

Find = Callable[[str], Optional["re.Match[str]"]]
_LONGEST = 12  # characters that tell most programs apart: "/usr/sbin/ss"
# What means something else in an alternation: references to groups, names, flags.
_NOT_ALONE = re.compile(r"\\\d|\(\?P|\(\?\(|\(\?[aiLmsux-]+\)")


class Index:
    """The places of those rules that may apply."""

    def __init__(self, rows: Iterable[Tuple[int, Rule]]) -> None:
        self._prefixes: Dict[int, Dict[str, List[int]]] = {}
        self._always: List[int] = []
        self._groups: List[Tuple[Find, List[int]]] = []
        regexes: Dict[bool, Dict[int, str]] = {True: {}, False: {}}
        for place, rule in rows:
            for prefix in rule.match or ():
                start = prefix[:_LONGEST]
                self._prefixes.setdefault(len(start), {}).setdefault(start, []).append(place)
            text = "" if rule.regex is None else _alternative(rule.regex.pattern)
            if rule.match is None and text:
                regexes[rule.is_anchored][place] = text
            elif rule.match is None:
                self._always.append(place)
        for anchored, group in regexes.items():
            self._groups += _group(group, anchored)

    def places(self, cmdline: str) -> List[int]:
        """The places of the rules whose ``match`` or ``regex`` may hold."""
        text = f"{cmdline} "  # as Rule.applies has it
        found = {*self._always}
        for length, table in self._prefixes.items():
            found.update(table.get(text[:length], ()))
        for find, places in self._groups:
            if find(cmdline):
                found.update(places)
        return sorted(found)


def _group(regexes: Mapping[int, str], anchored: bool) -> List[Tuple[Find, List[int]]]:
    if not regexes:
        return []
    either = re.compile("|".join(regexes.values()))
    return [(either.match if anchored else either.search, list(regexes))]


def _alternative(pattern: str) -> str:
    """The expression as one of several; nothing if it cannot be."""
    flags = LEADING_FLAGS.match(pattern)
    text = LEADING_FLAGS.sub("", pattern)
    if _NOT_ALONE.search(text) or (flags and "x" in flags[1]):  # a comment would not end
        return ""
    return f"(?{flags[1] if flags else ''}:{text})"
