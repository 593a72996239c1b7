"""Names and ids of daemons: the same on every host and every Python."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, Iterable

from .digest import hex_digest
from .model import Key

_ID_LENGTH = 64
_DIGEST = 8


@lru_cache(4096)
def name_of(cmdline: str) -> str:
    """The program's name, safe to quote in a Zabbix macro, of at most 64 characters.

    >>> name_of("sshd: /usr/sbin/sshd -D [listener]"), name_of("/usr/sbin/cron -f")
    ('sshd', 'cron')
    """
    first = cmdline.lstrip("[(-@").split(" ", 1)[0].rstrip("/")
    name = re.sub(r"[^\w.+@:-]+", "-", first.rpartition("/")[2]).strip("-:.")
    return name[:64] or "process"


def daemon_ids(keys: Iterable[Key]) -> Dict[Key, str]:
    """An id for each daemon: ``NAME-XXXXXXXX``, at most 64 characters of ``[A-Za-z0-9._-]``.

    The hex digits are the first ones of a digest of (user, cmdline).  If two daemons have the same
    name and the same digits, the one that sorts later takes the next digits of its digest.
    """
    ids: Dict[Key, str] = {}
    taken = set()
    for user, cmdline in sorted(set(keys)):
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name_of(cmdline)).strip("-._") or "process"
        digest = hex_digest(f"{user}\0{cmdline}".encode())
        for start in range(0, len(digest), _DIGEST):
            digits = digest[start : start + _DIGEST]
            found = f"{slug[: _ID_LENGTH - _DIGEST - 1]}-{digits}"
            if found not in taken:
                break
        taken.add(found)
        ids[user, cmdline] = found
    return ids
