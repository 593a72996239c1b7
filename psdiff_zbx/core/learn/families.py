"""Lines of a group that may be variants of each other.

In: a group and its lines that were not steady.  Out: families of lines.  Those whose processes had
one line after the other belong together, and those that are alike but for what looks as if it
varied.
"""

from __future__ import annotations

from typing import Dict, Hashable, Iterable, List, Mapping, Tuple

from ..model import Key
from .seen import Seen
from .words import shape, stem

Family = Tuple[Key, ...]


def families(lines: Mapping[Key, Seen], keys: Iterable[Key]) -> List[Family]:
    """The families of these lines: by their processes, and by what they look like."""
    wanted = list(keys)
    names = {key: _looks(key, lines[key]) for key in wanted}
    stems: Dict[Hashable, Dict[str, List[Key]]] = {}
    for key in wanted:
        bare, option = stem(key[1])
        stems.setdefault((lines[key].origin, bare), {}).setdefault(option, []).append(key)
    for place, options in stems.items():
        if len([option for option in options if option]) == 1:
            for key in (key for found in options.values() for key in found):
                names[key].append(("stem", place))
    return _united(names, lines)


def by_links(lines: Mapping[Key, Seen], family: Family) -> List[Family]:
    """The families of these lines by their processes alone."""
    return _united({key: [("links", key)] for key in family}, lines)


def _looks(key: Key, seen: Seen) -> List[Hashable]:
    return [("links", key), ("shape", seen.origin, shape(key[1]))]


def _united(names: Mapping[Key, List[Hashable]], lines: Mapping[Key, Seen]) -> List[Family]:
    """Lines that share a name, directly or by others, together; in the order of ``names``."""
    places: Dict[Hashable, List[Key]] = {}
    for key, found in names.items():
        linked: List[Hashable] = [("links", other) for other in lines[key].linked]
        for name in (*found, *linked):
            places.setdefault(name, []).append(key)
    family_of: Dict[Key, Dict[Key, None]] = {key: {key: None} for key in names}
    for together in places.values():
        first = family_of[together[0]]
        for key in together[1:]:
            other = family_of[key]
            if other is not first:
                first.update(other)
                family_of.update(dict.fromkeys(other, first))
    unique = {id(found): found for found in family_of.values()}
    order = {key: at for at, key in enumerate(names)}
    return [tuple(sorted(found, key=order.__getitem__)) for found in unique.values()]


def are_linked(lines: Mapping[Key, Seen], family: Family) -> bool:
    """Whether the same processes had all of these lines, one after the other."""
    return len(by_links(lines, family)) == 1 < len(family)
