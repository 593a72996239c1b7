"""The records of a fleet: hosts, the worst first, and which of them share a line.  Their texts
are safe to print.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

OK, DIFFERS, ERROR, SILENT, NEW, DISABLED = "ok", "differs", "error", "silent", "new", "disabled"
STATES = (SILENT, ERROR, DIFFERS, NEW, DISABLED, OK)
"""The worst first.  ``error``: the check cannot tell; ``new``: there never was any data."""


class Side(NamedTuple):
    """What is missing on a host, or what is extra: the number is None where it is not known.
    ``more`` lines had no room in the text."""

    number: Optional[int] = None
    lines: Tuple[str, ...] = ()
    more: int = 0


class Host(NamedTuple):
    """One host; the times are Unix times, None where they are not known."""

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

    @property
    def rank(self) -> Tuple[int, str]:
        """For sorting: the worst first, then by name."""
        return STATES.index(self.state), self.host


class Group(NamedTuple):
    """A line, and the hosts that have it."""

    line: str
    hosts: Tuple[str, ...]


class Fleet(NamedTuple):
    """All hosts at one time, the worst first."""

    time: int
    hosts: Tuple[Host, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether any host differs, is silent, or cannot tell."""
        return any(host.state not in (OK, DISABLED) for host in self.hosts)

    @property
    def missing(self) -> Tuple[Group, ...]:
        """The missing lines."""
        return groups((host.host, host.missing.lines) for host in self.hosts)

    @property
    def extra(self) -> Tuple[Group, ...]:
        """The extra lines."""
        return groups((host.host, host.extra.lines) for host in self.hosts)

    def errors(self, state: str) -> Tuple[Group, ...]:
        """The errors of the hosts in a state; that of a silent one may be empty."""
        return groups((host.host, [host.error]) for host in self.hosts if host.state == state)


def groups(said: Iterable[Tuple[str, Iterable[str]]]) -> Tuple[Group, ...]:
    """What hosts say, by line: that of most hosts first."""
    found: Dict[str, List[str]] = {}
    for host, lines in said:
        for line in dict.fromkeys(lines):
            found.setdefault(line, []).append(host)
    made = (Group(line, tuple(sorted(hosts))) for line, hosts in found.items())
    return tuple(sorted(made, key=lambda group: (-len(group.hosts), group.line)))
