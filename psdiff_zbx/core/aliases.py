"""Running daemons that the baseline knows by another user name or by another order of arguments.

In: (user, cmdline) of what runs and of what is expected.  Out: the one for the other.
"""

from __future__ import annotations

from typing import Iterable, Mapping, Optional, Sequence, Tuple

from .model import Key, Line, Tree


def aliases(
    new: Iterable[Key],
    lacking: Sequence[Key],
    shortened: Mapping[str, Sequence[str]],
    users: Mapping[str, str],
) -> Mapping[Key, Key]:
    """For what is ``new``, that of the baseline for which it stands.  ``lacking`` is what is
    expected and does not run; ``shortened`` are psdiff's short user names, by command line;
    ``users`` are names by uid, for where the directory (LDAP, say) does not answer."""
    named = {key: (users.get(key[0], key[0]), key[1]) for key in new}
    found = ((key, _whole_user(name, shortened)) for key, name in named.items())
    whole = {key: (user, key[1]) for key, user in found if user is not None}
    same = {key: name for key, name in named.items() if key != name}
    return {**same, **_reordered(named, lacking), **whole}


def _reordered(named: Mapping[Key, Key], gone: Sequence[Key]) -> Mapping[Key, Key]:
    """``haproxy -D -p X`` is ``haproxy -p X -D`` after a reload by its init script."""
    known = {_sorted_key(key): key for key in gone}
    if not known:
        return {}
    found = ((key, known.get(_sorted_key(name))) for key, name in named.items())
    return {key: other for key, other in found if other is not None}


def _sorted_key(key: Key) -> Tuple[str, ...]:
    user, cmdline = key
    program, *arguments = cmdline.split(" ")
    return (user, program, *sorted(arguments))


def renamed(current: Tree, other: Mapping[Key, Key]) -> Tree:
    """The lines under the names by which the baseline knows them."""
    if not other:
        return current
    return tuple(_line_of(line, other.get(line.key)) for line in current)


def _line_of(line: Line, key: Optional[Key]) -> Line:
    return line if key is None else line._replace(user=key[0], cmdline=key[1])


def _whole_user(key: Key, shortened: Mapping[str, Sequence[str]]) -> Optional[str]:
    """``systemd+`` stands for ``systemd-network``: ps cuts names at eight characters."""
    users = shortened.get(key[1], ())
    return next((user for user in users if stands_for(user, key[0])), None)


def stands_for(expected: str, user: str) -> bool:
    """Whether a user of the baseline is this one, or psdiff's short name of it."""
    shortened = expected.endswith("+") and user.startswith(expected[:-1])
    return expected == user or shortened
