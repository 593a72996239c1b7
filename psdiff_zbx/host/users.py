"""The names of users."""

from __future__ import annotations

import pwd


def user_name(uid: int) -> str:
    """A user's full name, or the uid where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
