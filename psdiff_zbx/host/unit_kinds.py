"""What kind of process a service of systemd is: systemd.service(5), .timer(5), .socket(5).

In: the name of a service, and the folders of its manager.  Out: JOB, ON_DEMAND or DAEMON.
"""

from __future__ import annotations

from functools import cached_property
from typing import Dict, FrozenSet, Sequence

from ..core.model import DAEMON, JOB, ON_DEMAND
from .unit_file import Sections, is_true, parts
from .unit_folders import UnitFolders

_PULLED_IN_BY = ("WantedBy", "RequiredBy", "UpheldBy")


class UnitKinds:
    """The kinds of one manager's units.  ``special`` are the names that it pulls in by itself."""

    def __init__(self, folders: UnitFolders, special: Sequence[str] = ()) -> None:
        self._folders = folders
        self._special = special

    def kind(self, unit: str) -> str:
        """The kind of a unit.  One of which no file tells anything is a DAEMON."""
        sections = self._folders.load(unit)
        if sections is None:
            return DAEMON
        if _ends(sections.get("Service", {})):
            return JOB
        names = self._folders.names(unit)
        if not self._pulled_in.isdisjoint(names):
            return DAEMON
        if not self._timed.isdisjoint(names) or self._has_one_connection(unit):
            return JOB
        on_demand = _waits_for_the_bus(sections) or not self._socketed.isdisjoint(names)
        return ON_DEMAND if on_demand else DAEMON

    @cached_property
    def _pulled_in(self) -> FrozenSet[str]:
        return self._folders.pulled_in.union(self._special)

    @cached_property
    def _timed(self) -> FrozenSet[str]:
        """What timers start, enabled or not."""
        timers = self._folders.units(".timer")
        return frozenset(self._started(timer, "Timer", "Unit") for timer in timers)

    @cached_property
    def _socketed(self) -> FrozenSet[str]:
        """What sockets start that others pull in."""
        sockets = [name for name in self._folders.pulled_in if name.endswith(".socket")]
        return frozenset(self._started(socket, "Socket", "Service") for socket in sockets)

    def _started(self, trigger: str, section: str, key: str) -> str:
        """The service that a timer or a socket starts, or else an empty text."""
        sections = self._folders.load(trigger)
        if sections is None:
            return ""
        name = parts(trigger)
        return name.expand(sections.get(section, {}).get(key) or name.service)

    def _has_one_connection(self, unit: str) -> bool:
        """Whether a socket with Accept=yes starts an instance of the unit for each connection.

        ``systemd-coredump@3-912-0.service`` by ``systemd-coredump.socket``
        """
        name = parts(unit)
        sockets = (f"{name.prefix}.socket", f"{name.prefix}@.socket") if name.instance else ()
        loaded = (self._folders.load(socket) or {} for socket in sockets)
        return any(is_true(sections.get("Socket", {}).get("Accept", "")) for sections in loaded)


def _ends(service: Dict[str, str]) -> bool:
    """Whether a service is over when its processes are: oneshot without RemainAfterExit."""
    implied = "" if service.get("BusName") or service.get("ExecStart") else "oneshot"
    kind = service.get("Type") or implied
    return kind == "oneshot" and not is_true(service.get("RemainAfterExit", ""))


def _waits_for_the_bus(sections: Sections) -> bool:
    """Whether a service takes a name on the bus, and nobody can enable it.

    An Alias= alone is that of its name on the bus, ``dbus-org.freedesktop.nm-dispatcher.service``.
    """
    service, install = sections.get("Service", {}), sections.get("Install", {})
    on_bus = service.get("BusName") or service.get("Type") == "dbus"
    return bool(on_bus) and not any(install.get(key) for key in _PULLED_IN_BY)
