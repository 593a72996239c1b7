"""The calls of the API behind a Fleet: each asks for no more than is shown, page by page.

In: a logged-in API and ids of hosts.  Out: rows, or what is read off them, by host.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional, Sequence

from ..template.items import MASTER
from .fleet_state import (
    COUNT_KEYS,
    ERROR_KEY,
    TEXT_KEYS,
    WRITTEN_KEY,
    Row,
)

_PAGE = 500  # hosts
_TEXT_PAGE = 100  # hosts with texts of up to 65,535 characters: PHP has 128 MB by default
_DAEMON = "psdiff.daemon.running["

Rows = Dict[str, Dict[str, Row]]
"""Items by host and key."""


def hostids(api: Any) -> List[str]:
    """Those with one of our items.  That finds hosts whose template includes ours, too, and
    needs no permission for templates.  It is quick, as no value is asked for."""
    found = api.item.get(output=["hostid"], filter={"key_": ERROR_KEY}, templated=False)
    return [row["hostid"] for row in found]


def hosts(api: Any, ids: Sequence[str]) -> List[Row]:
    rows = _pages(
        api.host.get,
        ids,
        _PAGE,
        output=["hostid", "host", "name", "status", "maintenance_status"],
        selectInterfaces=["type", "error"],
        selectParentTemplates=["templateid"],
    )
    return list(rows)


def items(api: Any, ids: Sequence[str]) -> Rows:
    """What all hosts are asked for: numbers, and the error."""
    keys = [ERROR_KEY, *COUNT_KEYS, WRITTEN_KEY]
    return _items(api, ids, _PAGE, keys, ["lastvalue", "lastclock", "error"])


def texts(api: Any, ids: Sequence[str]) -> Rows:
    return _items(api, ids, _TEXT_PAGE, TEXT_KEYS, ["lastvalue"])


def unsupported(api: Any) -> Dict[str, str]:
    """Why Zabbix gets no document.  The item's value is not asked for, which is the document."""
    wanted = {"key_": MASTER, "state": "1"}
    found = api.item.get(output=["hostid", "error"], filter=wanted, templated=False)
    return {row["hostid"]: row["error"] for row in found}


def discovered(api: Any, ids: Sequence[str]) -> Dict[str, int]:
    """When the daemons of a host were last discovered, as each document without an error does."""
    rows = _pages(
        api.item.get,
        ids,
        _PAGE,
        output=["hostid"],
        search={"key_": _DAEMON},
        startSearch=True,
        selectItemDiscovery=["lastcheck"],
    )
    return {row["hostid"]: int(row["itemDiscovery"]["lastcheck"]) for row in rows}


def macro_values(api: Any, name: str) -> Dict[str, str]:
    """The values of a user macro, by host or template; a secret one has none."""
    rows = api.usermacro.get(output=["hostid", "value"], filter={"macro": name})
    return {row["hostid"]: row.get("value", "") for row in rows}


def templates(api: Any) -> List[Row]:
    """All of them, each with those it includes."""
    found: List[Row] = api.template.get(
        output=["templateid"], selectParentTemplates=["templateid"]
    )
    return found


def has_template(api: Any, names: Sequence[str]) -> bool:
    return bool(api.template.get(output=["templateid"], filter={"host": names}))


def _items(
    api: Any, ids: Sequence[str], size: int, keys: Sequence[str], output: Sequence[str]
) -> Rows:
    found: Rows = {hostid: {} for hostid in ids}
    fields = ["hostid", "key_", *output]
    for row in _pages(api.item.get, ids, size, output=fields, filter={"key_": keys}):
        found[row["hostid"]][row["key_"]] = row
    return found


def _pages(
    get: Callable[..., List[Row]], ids: Sequence[str], size: int, **wanted: Any
) -> Iterator[Mapping[str, Any]]:
    for at in range(0, len(ids), size):
        yield from get(hostids=ids[at : at + size], **wanted)


def nearest_value(
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
