"""The API calls behind a Fleet.  Each asks only for what is shown, page by page.

In: a logged-in API and host ids.  Out: rows of the API, or values of them by host id.
"""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Collection,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
)

from ..template.items import MASTER
from ..template.records import UNIT_TAG
from ..template.states import STATE
from .fleet_state import (
    COUNT_KEYS,
    ERROR_KEY,
    PAUSED_KEY,
    TEXT_KEYS,
    VERSION_KEY,
    WRITTEN_KEY,
    ApiRow,
)

_PAGE = 500  # hosts
_TEXT_PAGE = 100  # hosts with texts of up to 65,535 characters: PHP has 128 MB by default
_DAEMON = "psdiff.daemon.running["
_TEXT = 4  # a type of values

Rows = Dict[str, Dict[str, ApiRow]]
"""Items by host and key."""


def hostids(api: Any) -> List[str]:
    """The ids of the hosts that have our items.  Hosts whose template includes ours have them,
    too, and the user needs no permission for templates.  No value is asked for, so it is quick."""
    found = api.item.get(output=["hostid"], filter={"key_": ERROR_KEY}, templated=False)
    return [row["hostid"] for row in found]


def hosts(api: Any, ids: Sequence[str]) -> List[ApiRow]:
    """The hosts with their interfaces and templates."""
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
    """The items that all hosts are asked for, by host id and key: numbers,
    the error, and the version."""
    keys = [ERROR_KEY, *COUNT_KEYS, WRITTEN_KEY, PAUSED_KEY, VERSION_KEY, STATE.key]
    return _items(api, ids, _PAGE, keys, ["itemid", "lastvalue", "lastclock", "error"])


def texts(api: Any, ids: Sequence[str]) -> Rows:
    """The items with missing and extra lines, by host id and key, for the hosts that differ."""
    return _items(api, ids, _TEXT_PAGE, TEXT_KEYS, ["lastvalue"])


def units(api: Any, keys: Mapping[str, Collection[str]]) -> Dict[str, Dict[str, str]]:
    """The units that the tags of daemons' items name, by host id and key, for hosts and keys."""
    found: Dict[str, Dict[str, str]] = {hostid: {} for hostid in keys}
    ids = list(keys)
    for at in range(0, len(ids), _TEXT_PAGE):
        page = ids[at : at + _TEXT_PAGE]
        wanted = sorted({key for hostid in page for key in keys[hostid]})
        tags = {"output": ["hostid", "key_"], "selectTags": ["tag", "value"]}
        for row in _pages(api.item.get, page, len(page), filter={"key_": wanted}, **tags):
            named = {tag["tag"]: tag["value"] for tag in row["tags"]}
            found[row["hostid"]][row["key_"]] = named.get(UNIT_TAG, "")
    return found


def unsupported(api: Any) -> Dict[str, str]:
    """The errors of master items that Zabbix does not support, by host id.  Their value, the
    document, is not asked for."""
    wanted = {"key_": MASTER, "state": "1"}
    found = api.item.get(output=["hostid", "error"], filter=wanted, templated=False)
    return {row["hostid"]: row["error"] for row in found}


def discovered(api: Any, ids: Sequence[str]) -> Set[str]:
    """Those of the hosts that have daemons: there was a good document once."""
    rows = _pages(
        api.item.get, ids, _PAGE, output=["hostid"], search={"key_": _DAEMON}, startSearch=True
    )
    return {row["hostid"] for row in rows}


def last_clock(api: Any, item: ApiRow) -> int:
    """Unix time of the last value of a text item, however old; 0 if none is kept.

    It takes a call for each host.  One call for all could ask when daemons were last discovered
    (``lastcheck`` of ``selectItemDiscovery``), but 7.4 and later no longer tell that.
    https://www.zabbix.com/documentation/7.4/en/manual/api/changes
    """
    rows = api.history.get(
        itemids=[item["itemid"]],
        history=_TEXT,
        output=["clock"],
        sortfield="clock",
        sortorder="DESC",
        limit=1,
    )
    return int(rows[0]["clock"]) if rows else 0


def macro_values(api: Any, name: str) -> Dict[str, str]:
    """The values of a user macro, by the id of a host or template; empty for a secret one."""
    rows = api.usermacro.get(output=["hostid", "value"], filter={"macro": name})
    return {row["hostid"]: row.get("value", "") for row in rows}


def templates(api: Any) -> List[ApiRow]:
    """All templates, each with the templates that it includes."""
    found: List[ApiRow] = api.template.get(
        output=["templateid"], selectParentTemplates=["templateid"]
    )
    return found


def has_template(api: Any, names: Sequence[str]) -> bool:
    """Whether the user may see a template of one of these names."""
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
    get: Callable[..., List[ApiRow]], ids: Sequence[str], size: int, **wanted: Any
) -> Iterator[Mapping[str, Any]]:
    for at in range(0, len(ids), size):
        yield from get(hostids=ids[at : at + size], **wanted)


def nearest_value(
    hostid: str, values: Mapping[str, str], above: Mapping[str, Collection[str]]
) -> Optional[str]:
    """The value of a macro on a host: from the host itself, else from its templates, else from
    their templates, and so on.  Of several templates at one level the one with the lowest id wins.
    ``values`` and ``above`` are by id.
    https://www.zabbix.com/documentation/7.0/en/manual/config/macros/user_macros"""
    level = {hostid}
    while level:
        owners = level & values.keys()
        if owners:
            return values[min(owners, key=int)]
        level = {each for one in level for each in above.get(one, ())}
    return None
