"""The names of the units that start daemons, as a baseline notes them.

``cron.service`` is one of the host's systemd, ``jane/sync.service`` one of the manager of user
jane, ``cron`` the name of an init script or of an OpenRC service.
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple

from .model import Key, Units

# systemd.unit(5): at most 255 characters, these ones.  No other kind of unit starts a daemon:
# a baseline must not name poweroff.target.
_NAME = re.compile(r"(?![-.])[A-Za-z0-9:_.\\@-]{1,255}", re.ASCII)
_USER = re.compile(r"(?![-.])[^\s/{}\x00-\x1f]{1,64}")
_SERVICE = ".service"
_OTHER_KINDS = (
    *(".target", ".socket", ".device", ".mount", ".automount", ".swap", ".timer", ".path"),
    *(".slice", ".scope"),
)
_LONGEST = 255
"""Characters of a tag's value in Zabbix."""


class UnitName(NamedTuple):
    """The parts of such a name.  ``user`` is empty for the host's own units."""

    user: str
    name: str

    @property
    def is_systemd(self) -> bool:
        """Whether it is a unit of systemd."""
        return self.name.endswith(_SERVICE)


def parse_unit(text: str) -> UnitName:
    """The parts of the name of a unit."""
    user, _, name = text.rpartition("/")
    return UnitName(user, name)


def is_unit(text: str) -> bool:
    """Whether this can be the name of a unit that starts a daemon.

    >>> is_unit("getty@tty1.service"), is_unit("poweroff.target"), is_unit("--force")
    (True, False, False)
    """
    user, slash, name = text.rpartition("/")
    if not _NAME.fullmatch(name) or name.endswith(_OTHER_KINDS):
        return False
    return not slash or (bool(_USER.fullmatch(user)) and name.endswith(_SERVICE))


def unit_texts(units: Units) -> Mapping[Key, str]:
    """The units of each daemon as one text, with a blank between them: as many as fit into a
    tag's value."""
    found: Dict[Key, List[str]] = {}
    for key, unit in sorted(set(units)):
        named = found.setdefault(key, [])
        if sum(map(len, named)) + len(named) + len(unit) <= _LONGEST:
            named.append(unit)
    return {key: " ".join(named) for key, named in found.items()}
