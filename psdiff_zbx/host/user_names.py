"""The names of users, from the host's directory: /etc/passwd, or LDAP, which may not answer.

In: uids, and the names that are known from elsewhere.  Out: a name for each.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from typing import Dict, Iterable, Mapping, Optional

from ..core.cache import Cache
from ..core.model import SnapshotError, UnknownDaemonError
from .patience import Patience, StuckError

_PATIENCE = Patience(1.0)  # seconds, for all uids together
_REMEDY = "see what holds up `getent passwd {}`"


def user_name(uid: int) -> str:
    """A user's full name, or the uid where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def who_asks() -> str:
    """The user who runs this program, before sudo."""
    return os.environ.get("SUDO_USER") or user_name(os.geteuid())


def refuse_stranger(name: str) -> None:
    """Raise UnknownDaemonError for a name that no user of this host has.  A uid needs no name, and
    where the directory does not answer in time, nobody is refused."""

    def is_known() -> bool:
        try:
            return name.isdecimal() or bool(pwd.getpwnam(name))
        except (KeyError, ValueError):  # ValueError: a NUL in it
            return False

    with contextlib.suppress(StuckError):
        if not _PATIENCE.run(is_known, lambda: None):
            raise UnknownDaemonError(
                f"no user {name!r} on this host; a uid would do; nothing is changed"
            )


def user_names(
    uids: Iterable[int], remembered: Optional[Cache], noted: Mapping[str, str]
) -> Dict[int, str]:
    """The name of each uid.  Where the directory does not answer in time, it is the one that is
    ``remembered`` from the last look, or that the baseline has ``noted``.

    Raises SnapshotError for a uid of which nobody knows.
    """
    found: Dict[int, str] = {}
    wanted = set(uids)

    def ask() -> None:
        for uid in sorted(wanted):
            found[uid] = user_name(uid)

    try:
        _PATIENCE.run(ask, lambda: None)
        names = found
    except StuckError:
        names = {uid: found.get(uid) or _elsewhere(uid, remembered, noted) for uid in wanted}
    if remembered is not None:
        for uid, name in names.items():
            remembered.put(uid, name)
    return names


def _elsewhere(uid: int, remembered: Optional[Cache], noted: Mapping[str, str]) -> str:
    name = (remembered.get(uid) if remembered else None) or noted.get(str(uid))
    if name is None:
        seconds = f"{_PATIENCE.seconds:g}"
        raise SnapshotError(
            f"the user directory has not said for {seconds} s who uid {uid} is: "
            + _REMEDY.format(uid)
        )
    return str(name)
