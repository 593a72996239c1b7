"""Which rules may apply to a command line, without asking each of them in turn.

Rules with a ``match`` are found in tables of beginnings, one table for each length; those with
a ``regex`` alone by what must stand in whatever it finds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Dict, Iterable, List, Tuple

from .rule import Rule

_LONGEST = 12  # characters that tell most programs apart: "/usr/sbin/ss"
_LAST = 4  # one and the same line is looked up several times running
Places = List[int]


class Index:
    """``places(cmdline)`` are those of the rules whose ``match`` or ``regex`` may hold."""

    def __init__(self, rows: Iterable[Tuple[int, Rule]]) -> None:
        self._prefixes: Dict[int, Dict[str, Places]] = {}
        self._needles: Dict[str, Places] = {}
        self._always: Places = []
        for place, rule in rows:
            self._add(place, rule)
        self.places = lru_cache(_LAST)(self._find)

    def _add(self, place: int, rule: Rule) -> None:
        for prefix in rule.match or ():
            start = prefix[:_LONGEST]
            self._prefixes.setdefault(len(start), {}).setdefault(start, []).append(place)
        if rule.match is None:
            for needle in rule.needles:
                self._needles.setdefault(needle, []).append(place)
            if not rule.needles:
                self._always.append(place)

    def _find(self, cmdline: str) -> Places:
        text = f"{cmdline} "  # as Rule.applies has it
        found = {*self._always}
        for length, table in self._prefixes.items():
            start = text[:length]
            if start in table:
                found.update(table[start])
        for needle, places in self._needles.items():
            if needle in cmdline:
                found.update(places)
        return sorted(found)
