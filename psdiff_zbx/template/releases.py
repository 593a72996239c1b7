"""What differs between releases of Zabbix servers.  What is in the files is in ``versions.py``.

In: the release of a server.  Out: the file and the import rule that it takes.  A row holds for its
release and all later ones, until the next row.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple, TypeVar

from .versions import V60, V70, Version


class Release(NamedTuple):
    """The first two numbers of a server's version: 7.0 of 7.0.9."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


NEWEST_CHECKED = Release(8, 0)
"""How each release was checked is in the README."""

# A frontend takes files of its own version and of all older ones.  Only the converter from 6.4 to
# 7.0 breaks on the plain text widgets of our file for 6.0:
# "array_key_exists(): Argument #2 ($array) must be of type array, null given"
# https://github.com/zabbix/zabbix/blob/release/7.0/ui/include/classes/import/converters/C64ImportConverter.php
_FILES = ((Release(6, 0), V60), (Release(7, 0), V70))

# "parameter rules no longer supports groups; instead, new rules introduced: host_groups and
# template_groups", and the rule of another release is an unexpected parameter.
# https://www.zabbix.com/documentation/6.2/en/manual/api/changes_6.0_-_6.2
_GROUP_RULES = ((Release(6, 0), "groups"), (Release(6, 2), "template_groups"))

OLDEST = _FILES[0][0]

_What = TypeVar("_What")


def file_version(server: Release) -> Version:
    """The version of the file that a server takes, which may be older than the server."""
    return _at(server, _FILES)


def group_rule(server: Release) -> str:
    """The import rule for the template's group: the server's, whatever the file's version."""
    return _at(server, _GROUP_RULES)


def _at(server: Release, rows: Sequence[Tuple[Release, _What]]) -> _What:
    return next(what for since, what in reversed(rows) if since <= server)
