"""A Fleet in words: a table with what hosts share below it, or one JSON document.

In: a Fleet, whose texts are safe to print, and the terminal's width, None where there is none:
then nothing is cut.  Out: lines.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .. import __version__
from ..core.item_values import to_json
from ..core.rules.explain_text import Paint
from .fleet_model import DIFFERS, ERROR, NEW, SILENT, STATES, Fleet, Host, Side
from .fleet_table import table

_TITLES = {SILENT: "no data", ERROR: "cannot tell", NEW: "no data yet"}
_SUMMARY = {**{state: state for state in STATES}, DIFFERS: "differ", ERROR: "cannot tell"}
_INDENT = "  "


def lines(found: Fleet, width: Optional[int], paint: Paint) -> List[str]:
    """A row for each host, then what several share, then how many are in which state.

    A terminal shows the end of it; ``head`` and ``less`` show the worst hosts.
    """
    shared = list(_shared(found, width))
    return [*table(found, width, paint), "", *shared, *([""] if shared else []), _summary(found)]


def _shared(found: Fleet, width: Optional[int]) -> Iterator[str]:
    """What is wrong, each line once, with the hosts where it is so."""
    for state, title in _TITLES.items():
        for group in found.errors(state):
            yield from _group(title, group.line, group.hosts, width)
    for group in found.missing:
        yield from _group("missing", f"- {group.line}", group.hosts, width)
    for group in found.extra:
        yield from _group("extra", f"+ {group.line}", group.hosts, width)
    yield from _beyond("missing", ((host.host, host.missing.more) for host in found.hosts))
    yield from _beyond("extra", ((host.host, host.extra.more) for host in found.hosts))


def _group(title: str, line: str, hosts: Sequence[str], width: Optional[int]) -> Iterator[str]:
    """``missing on 2 hosts: - LINE`` and the hosts below, or ``missing on HOST: - LINE``."""
    where = hosts[0] if len(hosts) == 1 else f"{len(hosts)} hosts"
    yield ": ".join(filter(None, (f"{title} on {where}", line)))
    if len(hosts) > 1:
        yield f"{_INDENT}{_names(hosts, width and width - len(_INDENT))}"


def _names(hosts: Sequence[str], room: Optional[int]) -> str:
    """As many as there is room for, but at least one, and how many there are besides."""
    whole = ", ".join(hosts)
    if room is None or len(whole) <= room:
        return whole
    kept = 1
    while len(_some(hosts, kept + 1)) <= room:
        kept += 1
    return _some(hosts, kept)


def _some(hosts: Sequence[str], kept: int) -> str:
    return f"{', '.join(hosts[:kept])} and {len(hosts) - kept} more"


def _beyond(title: str, more: Iterable[Tuple[str, int]]) -> Iterator[str]:
    """Lines for which an item's text had no room."""
    return (f"{title} on {host}: … and {number} more" for host, number in more if number)


def _summary(found: Fleet) -> str:
    """``993 ok, 5 differ, 1 cannot tell, 1 silent``."""
    numbers = Counter(host.state for host in found.hosts)
    return ", ".join(
        f"{numbers[state]} {_SUMMARY[state]}" for state in reversed(STATES) if numbers[state]
    )


def document(found: Fleet) -> str:
    """The same for programs."""
    return to_json(
        {
            "version": __version__,
            "time": found.time,
            "hosts": [_host(host) for host in found.hosts],
            "missing": [group._asdict() for group in found.missing],
            "extra": [group._asdict() for group in found.extra],
        }
    )


def _host(host: Host) -> Dict[str, Any]:
    return {
        "hostid": host.id,
        "host": host.host,
        "name": host.name,
        "state": host.state,
        "maintenance": host.in_maintenance,
        "error": host.error,
        "missing": _side(host.missing),
        "extra": _side(host.extra),
        "baseline": {"written": host.written},
        "last": host.last,
    }


def _side(side: Side) -> Dict[str, Any]:
    """``count`` may be greater than the number of lines: texts have a limit."""
    return {"count": side.number, "lines": side.lines}
