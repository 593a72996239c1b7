"""The state of each host, from what a frontend knows about it.

In: rows of the API, whose values are strings, and the time.  Out: Host records.  It calls no API
and reads no clock.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ..core.daemon_id import daemon_ids
from ..core.line import escape, parse_line
from ..template.items import PROGRAM_VERSION
from .program_version import is_older

OK, DIFFERS, ERROR, SILENT, NEW, DISABLED = "ok", "differs", "error", "silent", "new", "disabled"
STATES = (SILENT, ERROR, DIFFERS, NEW, DISABLED, OK)
"""The worst first.  ``error``: the check cannot tell; ``new``: there was never any data."""


class Side(NamedTuple):
    """What is missing on a host, or what is extra.  ``number`` is None if it is not known;
    ``more`` is the number of lines that did not fit into the item's text; ``units`` are the lines
    of which a unit is known, with its name."""

    number: Optional[int] = None
    lines: Tuple[str, ...] = ()
    more: int = 0
    units: Tuple[Tuple[str, str], ...] = ()


class FleetHost(NamedTuple):
    """One host.  ``written`` (the baseline), ``last`` (the last answer) and ``paused`` (until when
    it is) are Unix times, or None if not known or not so; ``version`` is that of its psdiff-zbx,
    or empty."""

    id: str
    host: str
    name: str
    state: str
    in_maintenance: bool
    error: str
    missing: Side
    extra: Side
    written: Optional[int]
    last: Optional[int]
    paused: Optional[int] = None
    version: str = ""

    @property
    def rank(self) -> Tuple[int, str]:
        """For sorting: the worst first, then by name."""
        return STATES.index(self.state), self.host


class Group(NamedTuple):
    """A line, the hosts that have it, and the unit in which such a daemon runs there; several if
    the hosts differ, none if none is known."""

    line: str
    hosts: Tuple[str, ...]
    unit: str = ""


class Fleet(NamedTuple):
    """All hosts at one Unix time, the worst first."""

    time: int
    hosts: Tuple[FleetHost, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether any host is neither ok nor disabled."""
        return any(host.state not in (OK, DISABLED) for host in self.hosts)

    @property
    def missing(self) -> Tuple[Group, ...]:
        """The missing lines, with their hosts and units."""
        units: Dict[str, Dict[str, None]] = {}
        for line, unit in (each for host in self.hosts for each in host.missing.units):
            units.setdefault(line, {})[unit] = None
        found = group_lines((host.host, host.missing.lines) for host in self.hosts)
        return tuple(each._replace(unit=" ".join(units.get(each.line, ()))) for each in found)

    @property
    def extra(self) -> Tuple[Group, ...]:
        """The extra lines, with their hosts."""
        return group_lines((host.host, host.extra.lines) for host in self.hosts)

    @property
    def outdated(self) -> Tuple[Group, ...]:
        """The versions that are too old for the template, with their hosts."""
        return group_lines(
            (host.host, [host.version]) for host in self.hosts if is_older(host.version)
        )

    def errors(self, state: str) -> Tuple[Group, ...]:
        """The errors of the hosts in this state; the error of a silent host may be empty."""
        return group_lines((host.host, [host.error]) for host in self.hosts if host.state == state)


def group_lines(said: Iterable[Tuple[str, Iterable[str]]]) -> Tuple[Group, ...]:
    """The lines of all hosts, each once with its hosts; the line of most hosts comes first."""
    found: Dict[str, List[str]] = {}
    for host, lines in said:
        for line in dict.fromkeys(lines):
            found.setdefault(line, []).append(host)
    made = (Group(line, tuple(sorted(hosts))) for line, hosts in found.items())
    return tuple(sorted(made, key=lambda group: (-len(group.hosts), group.line)))


ERROR_KEY = "psdiff.error"
COUNT_KEYS = ("psdiff.missing.count", "psdiff.extra.count")
TEXT_KEYS = ("psdiff.missing.text", "psdiff.extra.text")
WRITTEN_KEY = "psdiff.baseline.written"
PAUSED_KEY = "psdiff.paused"
VERSION_KEY = PROGRAM_VERSION

_AGENT = "1"  # the type of an agent's interface
_NEVER = {"lastclock": "0", "lastvalue": "", "error": ""}
_MORE = re.compile(r"… and (\d+) more", re.ASCII)

ApiRow = Mapping[str, Any]


class Seen(NamedTuple):
    """What the API knows about one host.  ``items`` are by key.  ``unsupported`` is why Zabbix
    gets no document, or empty.  The host is silent after ``patience`` seconds without data.
    ``last`` is Unix time of the last answer, even if it was an error, or 0.  A host that has
    ``discovered`` daemons had an answer once, though its values may no longer be kept."""

    host: ApiRow
    items: Mapping[str, ApiRow]
    unsupported: str
    patience: int
    last: int
    discovered: bool


def judge(seen: Seen, now: float) -> FleetHost:
    """The record of a host, still without its lines.  ``now`` is Unix time."""
    state, error = _state(seen, now)
    missing, extra = _counts(seen) if state in (OK, DIFFERS) else (None, None)
    return FleetHost(
        id=seen.host["hostid"],
        host=escape(seen.host["host"]),
        name=escape(seen.host["name"]),
        state=state,
        in_maintenance=seen.host["maintenance_status"] == "1",
        error=escape(error.strip()),
        missing=Side(missing),
        extra=Side(extra),
        written=_number(seen, WRITTEN_KEY) or None,
        last=seen.last or None,
        paused=_paused(seen, now),
        version=escape(seen.items.get(VERSION_KEY, _NEVER)["lastvalue"]),
    )


def _paused(seen: Seen, now: float) -> Optional[int]:
    """A host that was paused and then fell silent is so no longer than it said."""
    until = _number(seen, PAUSED_KEY) or 0
    return until if until > now else None


def heard(items: Mapping[str, ApiRow]) -> int:
    """Unix time of the last answer, as far as items tell it, or 0.  They look back a day by
    default ("Max history display period" in the frontend's settings)."""
    return max((int(item["lastclock"]) for item in items.values()), default=0)


def _state(seen: Seen, now: float) -> Tuple[str, str]:
    """The state, and its reason."""
    if seen.host["status"] == "1":
        return DISABLED, ""
    if seen.unsupported:
        return ERROR, seen.unsupported
    if now - seen.last > seen.patience:
        return SILENT if seen.last or seen.discovered else NEW, _unreachable(seen)
    error = _error(seen)
    if error:
        return ERROR, error
    return DIFFERS if any(_counts(seen)) else OK, ""


def _unreachable(seen: Seen) -> str:
    """The server's error about the agent's interface.  A host with active checks needs no
    interface."""
    errors = (each["error"] for each in seen.host["interfaces"] if each["type"] == _AGENT)
    return next(filter(None, errors), "")


def _error(seen: Seen) -> str:
    """Why the check cannot tell, or else why Zabbix cannot read its numbers."""
    reasons = [seen.items[ERROR_KEY]["lastvalue"]]
    reasons += [seen.items.get(key, _NEVER)["error"] for key in COUNT_KEYS]
    return next(filter(None, reasons), "")


def _counts(seen: Seen) -> Tuple[Optional[int], Optional[int]]:
    return _number(seen, COUNT_KEYS[0]), _number(seen, COUNT_KEYS[1])


def _number(seen: Seen, key: str) -> Optional[int]:
    row = seen.items.get(key, _NEVER)
    known = row["lastclock"] != "0" and row["lastvalue"].isdecimal()
    return int(row["lastvalue"]) if known else None


def with_lines(host: FleetHost, texts: Mapping[str, ApiRow]) -> FleetHost:
    """The same host with its lines.  ``texts`` are its text items, by key."""
    missing, extra = (texts.get(key, _NEVER)["lastvalue"] for key in TEXT_KEYS)
    return host._replace(missing=_read(host.missing, missing), extra=_read(host.extra, extra))


def _read(side: Side, text: str) -> Side:
    """A side with the lines of a text, without their signs and indentation."""
    lines = [line for line in text.split("\n") if line]
    more = _MORE.fullmatch(lines[-1]) if lines else None
    kept = lines[:-1] if more else lines
    return side._replace(
        lines=tuple(escape(line[2:].strip(" ")) for line in kept),
        more=int(more[1]) if more else 0,
    )


def unit_keys(side: Side) -> Dict[str, str]:
    """The items whose tags tell the units of a side's daemons, by line.  A line that was cut names
    no daemon."""
    parsed = {line: parse_line(line) for line in side.lines}
    keys = {line: (found.user, found.cmdline) for line, found in parsed.items() if found}
    ids = {key: daemon_ids([key])[key] for key in set(keys.values())}
    return {line: f'psdiff.daemon.running["{ids[key]}"]' for line, key in keys.items()}


def with_units(host: FleetHost, tags: Mapping[str, str]) -> FleetHost:
    """The same host with the units of what is missing.  ``tags`` are the units by item key."""
    keys = unit_keys(host.missing)
    named = ((line, escape(tags.get(keys.get(line, ""), ""))) for line in host.missing.lines)
    units = dict.fromkeys((line, unit) for line, unit in named if unit)
    return host._replace(missing=host.missing._replace(units=tuple(units)))
