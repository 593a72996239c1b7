"""systemd, and the managers of lingering users, by systemctl(1) and journalctl(1)."""

from __future__ import annotations

import contextlib
import os
import pwd
from typing import Any, Dict, List, Mapping, NamedTuple

from ...core.start import StartError
from ...core.units import UnitName, parse_unit
from .manager import (
    ACTIVE,
    FAILED,
    REFUSED,
    STARTING,
    STOPPED,
    WORDS,
    Status,
    asked,
    program,
)

_PROPERTIES = "LoadState,ActiveState,SubState,Result,Job"
_RUNS = ("active", "reloading", "refreshing")
_QUIETLY = ("--no-pager", "--quiet", "--output=cat", f"--lines={WORDS}")


# By LoadState.
_REFUSALS = {
    "masked": "is masked: systemctl unmask {}",
    "not-found": (
        "is no unit of this host: once the daemon runs, 'psdiff-zbx accept --units' notes its unit"
    ),
    "bad-setting": "has a wrong file: systemctl status {}",
    "error": "cannot be loaded: systemctl status {}",
}


class Systemd(NamedTuple):
    """The manager of the host, and those of its users."""

    def status(self, unit: str) -> Status:
        """In which state a unit is."""
        name = parse_unit(unit)
        if not name.is_systemd:
            return Status(REFUSED, "is no service of systemd")
        done = _systemctl(name, "show", f"--property={_PROPERTIES}")
        shown = dict(row.split("=", 1) for row in done.stdout.splitlines() if "=" in row)
        if done.returncode or "ActiveState" not in shown:
            return Status(REFUSED, f"is not known: {_last(done.stderr)}")
        return _status(shown, unit)

    def start(self, unit: str, before: Status) -> str:
        """Ask for a start.  A unit that has failed too often is started all the same."""
        name = parse_unit(unit)
        if before.state == FAILED:
            _systemctl(name, "reset-failed")
        verb = "restart" if before.state == ACTIVE else "start"
        done = _systemctl(name, verb, "--no-block", "--no-ask-password")
        return _last(done.stderr) or "systemctl refuses it" if done.returncode else ""

    def last_words(self, unit: str, since: float) -> List[str]:
        """Of the unit's own processes; if they have said nothing, of systemd about them."""
        name = parse_unit(unit)
        own, about = (
            ("_SYSTEMD_USER_UNIT", "USER_UNIT") if name.user else ("_SYSTEMD_UNIT", "UNIT")
        )
        found: List[str] = []
        with contextlib.suppress(StartError):  # no journal
            journalctl = program("journalctl")
            asked((journalctl, "--sync"))
            for field in (own, about):
                match = f"{field}={name.name}"
                line = (journalctl, *_QUIETLY, f"--since=@{int(since)}", match)
                found = found or asked(line).stdout.splitlines()
        return found


def _status(shown: Mapping[str, str], unit: str) -> Status:
    """``ActiveState=failed``, ``Result=exit-code``, …: org.freedesktop.systemd1(5)."""
    loaded, state = shown.get("LoadState", ""), shown["ActiveState"]
    is_queued = shown.get("Job", "0") not in ("", "0")
    refusal = _REFUSALS.get(loaded)
    if refusal:
        return Status(REFUSED, refusal.format(unit))
    if not is_queued and shown.get("SubState", "").startswith("auto-restart"):
        return Status(FAILED, f"{shown.get('Result', '')}, and systemd will try again")
    if is_queued or state == "activating":
        return Status(STARTING)
    if state == "failed":
        return Status(FAILED, shown.get("Result", ""))
    return Status(ACTIVE if state in _RUNS else STOPPED)


def _systemctl(unit: UnitName, *words: str) -> Any:
    user = ("--user",) if unit.user else ()
    return asked((program("systemctl"), *user, *words, "--", unit.name), **_identity(unit.user))


def _identity(user: str) -> Dict[str, Any]:
    """To be a user is to be let in by his manager.  ``--machine=jane@`` needs systemd 248."""
    if not user:
        return {}
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        raise StartError(f"no user {user} here") from None
    env = {"XDG_RUNTIME_DIR": f"/run/user/{found.pw_uid}"}
    if os.geteuid() == found.pw_uid:
        return {"env": env}
    return {
        "env": env,
        "user": found.pw_uid,
        "group": found.pw_gid,
        "extra_groups": os.getgrouplist(user, found.pw_gid),
    }


def _last(text: str) -> str:
    return text.strip().rpartition("\n")[2]
