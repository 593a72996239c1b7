"""One file by two paths: where ``/lib`` is a link to ``/usr/lib``, ``/lib/systemd/systemd-udevd``
of Debian 12 is ``/usr/lib/systemd/systemd-udevd`` of Debian 13.

In: command lines.  Out: which of them name the same files.
https://www.freedesktop.org/wiki/Software/systemd/TheCaseForTheUsrMerge/
"""

from __future__ import annotations

import re
from itertools import permutations
from typing import (
    Callable,
    Collection,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from .model import Key, Line

_FOLDER = "(?:s?bin|lib(?:32|64|x32)?)/"
_BEGINS = "(?<![^ =])"  # an argument, or the value of an option
_SHORT = re.compile(f"/(?<![^ =]/)(?={_FOLDER})")  # as fast as a search for "/"
_LONG = re.compile(f"{_BEGINS}/usr/(?={_FOLDER})")
_EITHER = re.compile(f"{_BEGINS}(?:/usr)?/(?={_FOLDER})")
_PATH = re.compile(f"{_BEGINS}(?:/usr)?/{_FOLDER}[^ ]*")

Apart = Callable[[str, str], bool]
"""Whether two paths are known to name two files: on a host where ``/bin`` is no link."""


def never_apart(_: str, __: str) -> bool:
    """Of a recording nobody knows more."""
    return False


def with_usr(cmdline: str) -> str:
    """The command line as a host with merged /usr could have it.

    >>> with_usr("/sbin/agetty --issue-file=/lib/issue tty1")
    '/usr/sbin/agetty --issue-file=/usr/lib/issue tty1'
    """
    return _SHORT.sub("/usr/", cmdline)


def are_apart(one: str, other: str, apart: Apart) -> bool:
    """Whether two command lines, alike but for these paths, name different files."""
    pairs = zip(*(sorted(_PATH.findall(cmdline), key=with_usr) for cmdline in (one, other)))
    return any(path != twin and apart(path, twin) for path, twin in pairs)


def spellings(text: str) -> Tuple[str, ...]:
    """The beginning of a command line by either path, first as it is."""
    return tuple(dict.fromkeys((text, with_usr(text), _LONG.sub("/", text))))


def either(cmdline: str) -> str:
    """A regular expression for a command line by either path."""
    return "(?:/usr)?/".join(map(re.escape, _EITHER.split(cmdline)))


def _merged(key: Key) -> Key:
    return key[0], with_usr(key[1])


def twins(keys: Collection[Key]) -> List[List[Key]]:
    """Those keys, in groups, that may be one daemon."""
    if all(_merged(key) == key for key in keys):
        return []  # as on most hosts
    return [alike for alike in _groups(keys).values() if len(alike) > 1]


def finder(keys: Iterable[Key], apart: Apart = never_apart) -> Callable[[Key], Optional[Key]]:
    """How to find a key itself, or else one that is the same daemon."""
    known = _groups(keys)

    def find(key: Key) -> Optional[Key]:
        alike = known.get(_merged(key), ())
        if key in alike:
            return key
        return next((each for each in alike if not are_apart(key[1], each[1], apart)), None)

    return find


def lend(
    groups: Iterable[Sequence[Key]],
    wanted: Mapping[Key, int],
    running: Mapping[Key, List[Line]],
    apart: Apart,
) -> Tuple[Mapping[Key, List[Line]], Mapping[Key, int]]:
    """What runs, after those that run too often stand for their twins, of which too few run; and
    how many of each do."""
    found, lent = {**running}, dict.fromkeys(wanted, 0)
    for lender, key in (pair for alike in groups for pair in permutations(alike, 2)):
        lines = found.get(lender, [])
        number = min(len(lines) - wanted[lender], wanted[key] - len(found.get(key, ())))
        if number > 0 and not are_apart(lender[1], key[1], apart):
            found[key] = [*found.get(key, ()), *lines[-number:]]
            found[lender] = lines[:-number]
            lent[lender] += number
    return found, lent


def _groups(keys: Iterable[Key]) -> Dict[Key, List[Key]]:
    found: Dict[Key, List[Key]] = {}
    for key in keys:
        found.setdefault(_merged(key), []).append(key)
    return found
