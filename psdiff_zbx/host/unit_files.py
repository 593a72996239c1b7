"""The unit of systemd in which a process is, and the kind of process that makes it, without D-Bus.

In: the path of a cgroup.  Out: the unit, by its name in that path and by its files.
"""

from __future__ import annotations

import pwd
from functools import cached_property
from typing import Dict, Iterator, NamedTuple, Optional

from ..core.model import DAEMON, SESSION, Unit
from .unit_folders import Folders, UnitFolders
from .unit_kinds import UnitKinds

# The search paths of systemd.unit(5), tables 1 and 2.
_SYSTEM = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/run/systemd/generator.late",
)
# What is in a home or below /run/user only its owner may read, but root and the agent must see the
# same.
_USER = (
    "/etc/xdg/systemd/user",
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/share/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
)
# The bus that systemd itself needs, started by its socket alone on RHEL, and what graphical.target
# names in its file: systemd.special(7).  Links give these names to dbus-broker, gdm, lightdm, …
_SPECIAL = ("dbus.service", "display-manager.service")
_LINGER = "/var/lib/systemd/linger"
_MOST = 4096


class UnitFiles:
    """The units of a host, by the files below ``root``.  ``version`` changes whenever answers may
    have changed."""

    def __init__(self, root: str = "/") -> None:
        self._root = root.rstrip("/")
        self._host = _Host(self._root)
        self._units: Dict[str, Optional[Unit]] = {}
        self.version = 0

    def refresh(self) -> None:
        """Look whether files have changed.  Once for each look at the host is enough."""
        if self._host.folders.changed():
            self._host = _Host(self._root)
            self._units.clear()
            self.version += 1
        elif len(self._units) > _MOST:
            self._units.clear()

    def unit(self, cgroup: str) -> Optional[Unit]:
        """The unit of a cgroup, ``/system.slice/cron.service``.  None if it is in none, or if the
        host has no units."""
        if cgroup not in self._units:
            place = place_of(cgroup)
            self._units[cgroup] = self._host.unit(place) if place else None
        return self._units[cgroup]


class Place(NamedTuple):
    """Where a unit is: its ``slice``, and the ``uid`` of the user whose manager has it."""

    name: str
    slice: str
    uid: str = ""


class _Host:
    """The units of all service managers, as they are when they are first asked for."""

    def __init__(self, root: str) -> None:
        self.folders = Folders()
        self._root = root
        self._lingers: Dict[str, bool] = {}

    @cached_property
    def _system(self) -> UnitFolders:
        return UnitFolders(self._root, _SYSTEM, self.folders)

    @cached_property
    def _kinds(self) -> UnitKinds:
        return UnitKinds(self._system, _SPECIAL)

    @cached_property
    def _kinds_of_users(self) -> UnitKinds:
        return UnitKinds(UnitFolders(self._root, _USER, self.folders))

    def unit(self, place: Place) -> Optional[Unit]:
        """The unit at a place.  None if the host has no units."""
        return None if self._system.is_empty else Unit(place.name, self._kind(place))

    def _kind(self, place: Place) -> str:
        if place.uid:
            return self._kind_of_user(place)
        return SESSION if _is_login(place) else self._kinds.kind(place.name)

    def _kind_of_user(self, place: Place) -> str:
        if place.uid not in self._lingers:
            self._lingers[place.uid] = self._is_lingering(place.uid)
        manager = place.name in ("init.scope", f"user@{place.uid}.service")
        if not self._lingers[place.uid] or (place.name.endswith(".scope") and not manager):
            return SESSION
        return DAEMON if manager else self._kinds_of_users.kind(place.name)

    def _is_lingering(self, uid: str) -> bool:
        """Whether a user's services run without a login: loginctl(1)."""
        names = {entry.name for entry in self.folders.list(f"{self._root}{_LINGER}")}
        return bool(names) and _user_name(uid) in names


def _user_name(uid: str) -> Optional[str]:
    try:
        return pwd.getpwuid(int(uid)).pw_name
    except (KeyError, ValueError, OverflowError):
        return None


def place_of(cgroup: str) -> Optional[Place]:
    """The unit that a cgroup belongs to, as systemd finds it: below slices, and of a user's
    manager below that.

    ``/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service/sub``
    """
    folders = (_unescaped(folder) for folder in cgroup.split("/") if folder)
    place = _next_place(folders)
    if place is None or place.name == "init.scope":
        return None
    uid = place.name[len("user@") : -len(".service")]
    if place.name != f"user@{uid}.service" or not uid.isdecimal():
        return place
    return (_next_place(folders) or place)._replace(uid=uid)


def _is_login(place: Place) -> bool:
    """``/user.slice/user-1000.slice/session-3.scope``"""
    scope = place.name.startswith("session-") and place.name.endswith(".scope")
    return scope and place.slice.startswith("user-")


def _next_place(folders: Iterator[str]) -> Optional[Place]:
    above = ""
    for folder in folders:
        if not folder.endswith(".slice"):
            return Place(folder, above) if folder.endswith((".service", ".scope")) else None
        above = folder
    return None


def _unescaped(folder: str) -> str:
    """``_cpu.service`` is the unit ``cpu.service``, whose name is also a controller's file."""
    return folder.removeprefix("_")
