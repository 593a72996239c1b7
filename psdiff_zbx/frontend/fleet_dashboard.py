"""The dashboard of all hosts, and the host whose items count them.

In: a logged-in API and a version.  Out: both in Zabbix, and lines that say what changed.

A dashboard that somebody has edited is left alone.  A macro of that host keeps two digests: of
what was pushed last, and of what the API said of it right after.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ..core.digest import hex_digest
from ..template.fleet_dashboard import COUNTS_60, COUNTS_70, GROUP, HOST, NAME, Count, fleet_pages
from ..template.versions import Version
from ..template.widgets import GRID_60, INTEGER, ITEM, STRING, Field, Grid, Widget

_MACRO = "{$PSDIFF.FLEET.DASHBOARD}"
_KINDS = {INTEGER: 0, STRING: 1, ITEM: 4}
_CALCULATED, _FLOAT = "15", "0"
_FOR_ALL = "0"
_IDS = ("dashboard_pageid", "widgetid")


def add_dashboard(api: Any, version: Version, overwrite: bool) -> List[str]:
    """Create the dashboard, or update it.  Returns lines that say what changed."""
    grid, before = version.grid, _hostid(api)
    hostid = before or _create_host(api)
    counted = _count(api, hostid, COUNTS_60 if grid is GRID_60 else COUNTS_70)
    said = f"Updated host '{HOST}'" if counted else f"No changes to host '{HOST}'"
    if before is None:
        said = f"Added host '{HOST}', which counts all the others"
    return [said, _push(api, grid, hostid, overwrite)]


def _hostid(api: Any) -> Optional[str]:
    found = api.host.get(output=["hostid"], filter={"host": [HOST]})
    return found[0]["hostid"] if found else None


def _create_host(api: Any) -> str:
    groups = api.hostgroup.get(output=["groupid"], filter={"name": [GROUP]})
    groupid = groups[0]["groupid"] if groups else api.hostgroup.create(name=GROUP)["groupids"][0]
    made = api.host.create(
        host=HOST,
        groups=[{"groupid": groupid}],
        description=f"Counts all hosts, for the dashboard '{NAME}'. By psdiff-zbx.",
    )
    return str(made["hostids"][0])


def _count(api: Any, hostid: str, counts: Sequence[Count]) -> bool:
    """Create the host's items, or update them.  Returns whether any was."""
    found = {row["key_"]: row for row in api.item.get(output="extend", hostids=[hostid])}
    changed = False
    for count in counts:
        wanted = _fields(count)
        row = found.get(count.key)
        if row is None:
            api.item.create(hostid=hostid, **wanted)
        elif not wanted.items() <= row.items():
            api.item.update(itemid=row["itemid"], **wanted)
        else:
            continue
        changed = True
    return changed


def _fields(count: Count) -> Dict[str, str]:
    return {
        "key_": count.key,
        "name": count.name,
        "type": _CALCULATED,
        "value_type": _FLOAT,
        "params": count.formula,
        "delay": "1m",
    }


def _push(api: Any, grid: Grid, hostid: str, overwrite: bool) -> str:
    found = _stored(api)
    wanted = _digest([page._asdict() for page in fleet_pages(grid)])
    known_wanted, _, known_stored = _known(api, hostid).partition(" ")
    is_ours = found is not None and _digest_of(found) == known_stored
    if found and not is_ours and not overwrite:
        return f"Dashboard '{NAME}' was edited: left alone; --overwrite replaces it"
    if is_ours and wanted == known_wanted:
        return f"No changes to dashboard '{NAME}'"
    pages = _pages(api, grid, hostid)
    if found:
        api.dashboard.update(dashboardid=found["dashboardid"], pages=pages)
    else:
        api.dashboard.create(name=NAME, pages=pages, private=_FOR_ALL, auto_start="0")
    _remember(api, hostid, f"{wanted} {_digest_of(_stored(api) or {})}")
    return f"{'Updated' if found else 'Added'} dashboard '{NAME}'"


def _stored(api: Any) -> Optional[Mapping[str, Any]]:
    found = api.dashboard.get(
        output=["dashboardid"], selectPages="extend", filter={"name": [NAME]}
    )
    return found[0] if found else None


def _digest_of(dashboard: Mapping[str, Any]) -> str:
    return _digest(_without_ids(dashboard.get("pages", [])))


def _digest(what: Any) -> str:
    text = json.dumps(what, sort_keys=True)
    return hex_digest(text.encode())[:16]


def _without_ids(what: Any) -> Any:
    """The same without the ids that each update changes, in an order of its own."""
    if isinstance(what, list):
        return sorted((_without_ids(each) for each in what), key=json.dumps)
    if isinstance(what, dict):
        return {key: _without_ids(what[key]) for key in sorted(what) if key not in _IDS}
    return what


def _known(api: Any, hostid: str) -> str:
    found = api.usermacro.get(output=["value"], hostids=[hostid], filter={"macro": _MACRO})
    return str(found[0]["value"]) if found else ""


def _remember(api: Any, hostid: str, value: str) -> None:
    found = api.usermacro.get(output=["hostmacroid"], hostids=[hostid], filter={"macro": _MACRO})
    if found:
        api.usermacro.update(hostmacroid=found[0]["hostmacroid"], value=value)
    else:
        text = f"Digests by which 'push --dashboard' tells whether '{NAME}' was edited."
        api.usermacro.create(hostid=hostid, macro=_MACRO, value=value, description=text)


def _pages(api: Any, grid: Grid, hostid: str) -> List[Dict[str, Any]]:
    rows = api.item.get(output=["itemid", "key_"], hostids=[hostid])
    ids = {row["key_"]: row["itemid"] for row in rows}
    return [
        {"name": page.name, "widgets": [_widget(grid, each, ids) for each in page.widgets]}
        for page in fleet_pages(grid)
    ]


def _widget(grid: Grid, row: Widget, ids: Mapping[str, str]) -> Dict[str, Any]:
    return {
        "type": row.kind,
        "name": row.name,
        "x": row.x * grid.columns,
        "y": row.y,
        "width": row.width * grid.columns,
        "height": row.height,
        "view_mode": int(not row.has_header),
        "fields": [_field(grid, field, ids) for field in row.fields],
    }


def _field(grid: Grid, field: Field, ids: Mapping[str, str]) -> Dict[str, Any]:
    value = ids[field.value] if field.kind == ITEM else field.value
    return {"type": _KINDS[field.kind], "name": grid.field_name(field.name), "value": value}
