"""A user macro of a host, as Zabbix finds it; and a time as Zabbix writes it.

In: who has a value of the macro, and which templates stand above a host or a template.  Out:
the value that holds for the host.  Nothing is asked here.
"""

from __future__ import annotations

import re
from typing import Collection, Mapping, Optional

_TIME = re.compile(r"(\d+)([smhdw]?)", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def nearest(
    hostid: str, values: Mapping[str, str], above: Mapping[str, Collection[str]]
) -> Optional[str]:
    """The host's own value, else that of its templates, else that of theirs, and so on; of
    several templates at one level, that with the lowest id.  All of them by id."""
    level = {hostid}
    while level:
        owners = level & values.keys()
        if owners:
            return values[min(owners, key=int)]
        level = {each for one in level for each in above.get(one, ())}
    return None


def seconds(text: str) -> Optional[int]:
    """``300`` of ``5m``; None of what is no time."""
    found = _TIME.fullmatch(text)
    return int(found[1]) * _SECONDS[found[2]] if found else None
