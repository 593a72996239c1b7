"""Running daemons that the baseline knows by another user name, by another path to the same file,
or by another order of arguments.

In: (user, cmdline) of what runs and of what is expected.  Out: the one for the other.
"""

from __future__ import annotations

from typing import Iterable, Mapping, Optional, Sequence, Tuple

from .merged_usr import Apart, are_apart, with_usr
from .model import Key, Line, Tree


def aliases(
    new: Iterable[Key],
    lacking: Sequence[Key],
    shortened: Mapping[str, Sequence[Key]],
    users: Mapping[str, str],
    apart: Apart,
) -> Mapping[Key, Key]:
    """For what is ``new``, that of the baseline for which it stands.  ``lacking`` is what is
    expected and does not run; ``shortened`` are the keys with psdiff's short user names, by
    command line as ``with_usr`` has it; ``users`` are names by uid, for where the directory (LDAP,
    say) does not answer; ``apart`` knows files."""
    named = {key: (users.get(key[0], key[0]), key[1]) for key in new}
    found = ((key, _whole_user(name, shortened, apart)) for key, name in named.items())
    whole = {key: other for key, other in found if other is not None}
    same = {key: name for key, name in named.items() if key != name}
    return {**same, **_alike(named, lacking, apart), **whole}


def _alike(named: Mapping[Key, Key], gone: Sequence[Key], apart: Apart) -> Mapping[Key, Key]:
    """``haproxy -D -p X`` is ``haproxy -p X -D`` after a reload by its init script, and
    ``/lib/x`` is ``/usr/lib/x`` after an upgrade of the distribution."""
    known = {signature(key): key for key in gone}
    if not known:
        return {}
    found = ((key, known.get(signature(name))) for key, name in named.items())
    return {
        key: other
        for key, other in found
        if other is not None and not are_apart(key[1], other[1], apart)
    }


def signature(key: Key) -> Tuple[str, ...]:
    """What two keys of one daemon have in common."""
    user, cmdline = key
    program, *arguments = with_usr(cmdline).split(" ")
    return (user, program, *sorted(arguments))


def renamed(current: Tree, other: Mapping[Key, Key]) -> Tree:
    """The lines under the names by which the baseline knows them."""
    if not other:
        return current
    return tuple(_line_of(line, other.get(line.key)) for line in current)


def _line_of(line: Line, key: Optional[Key]) -> Line:
    return line if key is None else line._replace(user=key[0], cmdline=key[1])


def _whole_user(key: Key, shortened: Mapping[str, Sequence[Key]], apart: Apart) -> Optional[Key]:
    """``systemd+`` stands for ``systemd-network``: ps cuts names at eight characters."""
    known = shortened.get(with_usr(key[1]), ()) if shortened else ()
    found = (each for each in known if stands_for(each[0], key[0]))
    return next((each for each in found if not are_apart(key[1], each[1], apart)), None)


def stands_for(expected: str, user: str) -> bool:
    """Whether a user of the baseline is this one, or psdiff's short name of it."""
    shortened = expected.endswith("+") and user.startswith(expected[:-1])
    return expected == user or shortened
