"""All hosts that have our items, read from a frontend with a few API calls.

In: a frontend, a login and the time.  Out: a Fleet.  It changes nothing.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Sequence

from ..core.duration import parse_duration
from ..template import VERSIONS, Template
from ..template.macros import MACROS
from . import fleet_api as calls
from .fleet_state import (
    DIFFERS,
    ERROR_KEY,
    ApiRow,
    Fleet,
    FleetHost,
    Seen,
    heard,
    judge,
    unit_keys,
    with_lines,
    with_units,
)
from .session import FrontendError, Login, session

_NODATA = next(macro for macro in MACROS if macro.name == "{$PSDIFF.NODATA}")
_PATIENCE = parse_duration(_NODATA.value) or 0


def read_fleet(url: str, login: Login, now: float) -> Fleet:
    """Every host with our items that the user may see.  ``now`` is Unix time.

    Raises FrontendError, also if there is no such host.
    """
    with session(url, login) as api:
        ids = calls.hostids(api)
        if not ids:
            raise FrontendError(f"{url}: {_nothing(api)}")
        hosts = sorted((judge(seen, now) for seen in _seen(api, ids)), key=lambda host: host.rank)
        return Fleet(int(now), tuple(_with_lines(api, hosts)))


def _nothing(api: Any) -> str:
    names = [Template(VERSIONS["7.0"], active).name for active in (False, True)]
    if calls.has_template(api, names):
        return "no host with the template, or no permission to see one; 'push --link' links it"
    return f"no template '{names[0]}', or no permission to see it; 'push' imports it"


def _seen(api: Any, ids: Sequence[str]) -> Iterator[Seen]:
    items = calls.items(api, ids)
    unsupported = calls.unsupported(api)
    # Few: hosts without any value for a day, and of them only those that had one before.
    discovered = calls.discovered(api, [each for each in ids if not heard(items[each])])
    before = {each: calls.last_clock(api, items[each][ERROR_KEY]) for each in discovered}
    hosts = calls.hosts(api, ids)
    patience = _patience(api, hosts)
    for host in hosts:
        at = host["hostid"]
        last = heard(items[at]) or before.get(at, 0)
        reason = unsupported.get(at, "")
        yield Seen(host, items[at], reason, patience[at], last, at in discovered)


def _patience(api: Any, hosts: Sequence[ApiRow]) -> Dict[str, int]:
    """After how many seconds without data each host is silent: the value of its {$PSDIFF.NODATA}.
    It is our default if only a template has that macro and the user may not see templates."""
    values = calls.macro_values(api, _NODATA.name)
    above = {row["templateid"]: _parents(row) for row in calls.templates(api)}
    above.update((host["hostid"], _parents(host)) for host in hosts)
    found = {each["hostid"]: calls.nearest_value(each["hostid"], values, above) for each in hosts}
    return {at: parse_duration(value or "") or _PATIENCE for at, value in found.items()}


def _parents(row: ApiRow) -> List[str]:
    return [parent["templateid"] for parent in row["parentTemplates"]]


def _with_lines(api: Any, hosts: Sequence[FleetHost]) -> Iterator[FleetHost]:
    """The same hosts; those that differ now have their lines, and the units of what is
    missing."""
    found = calls.texts(api, [host.id for host in hosts if host.state == DIFFERS])
    told = [with_lines(host, found[host.id]) if host.id in found else host for host in hosts]
    keys = {host.id: set(unit_keys(host.missing).values()) for host in told if host.missing.lines}
    units = calls.units(api, keys)
    return (with_units(host, units[host.id]) if host.id in units else host for host in told)
