"""The unit of a cgroup, those of users too, and what is read when."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Dict, Tuple

import pytest

from psdiff_zbx.core.model import DAEMON, JOB, ON_DEMAND, SESSION, Unit
from psdiff_zbx.host.unit_files import UnitFiles
from tests.host.units import (
    BUS,
    ETC,
    LIB,
    LINGER,
    MANAGER,
    ONESHOT,
    RUN,
    SERVICE_X,
    SIMPLE,
    TIMER,
    WANTED,
    Files,
    X,
    kind,
    lay,
    touch,
    unit,
)


@pytest.mark.parametrize(
    ("cgroup", "name"),
    [
        ("/system.slice/cron.service", "cron.service"),
        ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service"),
        ("/system.slice/docker.service/sub/y.service", "docker.service"),
        ("/azure.slice/walinuxagent.service", "walinuxagent.service"),
        ("/whole.service", "whole.service"),
        ("/system.slice/_cpu.service", "cpu.service"),
        ("/machine.slice/libpod-0123.scope/container", "libpod-0123.scope"),
        ("/system.slice/user@.service/x.service", "user@.service"),
        ("/system.slice/user@me.service/x.service", "user@me.service"),
        ("/system.slice/session-1.scope", "session-1.scope"),
        ("/system.slice/no\nline.service", "no\nline.service"),
        ("/system.slice/\udcff.service", "\udcff.service"),
        ("/system.slice/\0.service", "\0.service"),
        ("/system.slice/a@..\\b@c.service", "a@..\\b@c.service"),
        (f"/system.slice/{'-' * 10**6}.service", f"{'-' * 10**6}.service"),
        (f"{'/x.slice' * 10**5}/x.service{'/x' * 10**5}", "x.service"),
    ],
    ids=lambda text: text[:40],
)
def test_the_unit_of_a_cgroup(tmp_path: Path, cgroup: str, name: str) -> None:
    assert unit(lay(tmp_path, {X: SIMPLE}), cgroup) == Unit(name, DAEMON)


@pytest.mark.parametrize(
    "cgroup",
    [
        "",
        "/",
        "//",
        "/init.scope",
        "/system.slice",
        "/user.slice/user-1000.slice",
        "/system.slice/mnt.mount",
        "/docker/0123/system.slice/x.service",
        "/lxc.payload.web/system.slice/x.service",
        "/../system.slice/x.service",
        "/system.slice/x.service (deleted)",
        "/x" * 10**5,
    ],
    ids=lambda cgroup: cgroup[:40],
)
def test_no_unit(tmp_path: Path, cgroup: str) -> None:
    assert unit(lay(tmp_path, {X: SIMPLE}), cgroup) is None


def test_a_host_without_units(tmp_path: Path) -> None:
    assert unit(tmp_path, SERVICE_X) is None
    assert unit(tmp_path, f"{MANAGER}/app.slice/x.service") is None


def never(*_: object, **__: object) -> None:
    raise AssertionError


@pytest.fixture
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host on which the user 1000 lingers."""
    user = pwd.struct_passwd(("ada", "x", 1000, 1000, "", "/home/ada", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: {1000: user}[uid])
    return lay(tmp_path, {X: SIMPLE, f"{LINGER}/ada": ""})


@pytest.mark.parametrize(
    ("below", "name", "expected"),
    [
        ("", "user@1000.service", DAEMON),
        ("/sub", "user@1000.service", DAEMON),
        ("/init.scope", "init.scope", DAEMON),
        ("/app.slice/x.service", "x.service", DAEMON),
        ("/app.slice/app-x.slice/x@y.service/z", "x@y.service", DAEMON),
        ("/app.slice/once.service", "once.service", JOB),
        ("/app.slice/timed.service", "timed.service", JOB),
        ("/session.slice/dbus.service", "dbus.service", ON_DEMAND),
        ("/app.slice/app-gnome-x-12.scope", "app-gnome-x-12.scope", SESSION),
    ],
)
def test_units_of_a_user(ada: Path, below: str, name: str, expected: str) -> None:
    folder = "/etc/systemd/user"
    lay(ada, {f"{folder}/once.service": ONESHOT, f"{folder}/timed.service": SIMPLE})
    lay(ada, {f"{folder}/timed.timer": TIMER})
    bus = {f"/usr/lib/systemd/user/dbus.{suffix}": SIMPLE for suffix in ("service", "socket")}
    lay(
        ada, {**bus, "/usr/lib/systemd/user/sockets.target.wants/dbus.socket": "-> ../dbus.socket"}
    )
    assert unit(ada, MANAGER + below) == Unit(name, expected)
    (ada / LINGER[1:] / "ada").unlink()
    assert unit(ada, MANAGER + below) == Unit(name, SESSION)


USER_SEARCH_PATH = [
    "/etc/xdg/systemd/user",
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/share/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
]


@pytest.mark.parametrize("at", range(len(USER_SEARCH_PATH)))
def test_the_first_folder_of_a_user_wins(ada: Path, at: int) -> None:
    files = {f"{folder}/x.service": SIMPLE for folder in USER_SEARCH_PATH[at:]}
    lay(ada, {**files, f"{USER_SEARCH_PATH[at]}/x.service": ONESHOT})
    assert kind(ada, f"{MANAGER}/app.slice/x.service") == JOB


@pytest.mark.parametrize("uid", ["1001", "9" * 20, "9" * 5000, "٣"])
def test_a_user_that_nobody_knows(ada: Path, uid: str) -> None:
    cgroup = f"/user.slice/user-{uid}.slice/user@{uid}.service/app.slice/x.service"
    assert unit(ada, cgroup) == Unit("x.service", SESSION)


def test_only_somebody_else_lingers(ada: Path) -> None:
    (ada / LINGER[1:] / "ada").rename(ada / LINGER[1:] / "eve")
    assert unit(ada, MANAGER) == Unit("user@1000.service", SESSION)


def test_names_are_not_looked_up_where_nobody_lingers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", never)
    assert unit(lay(tmp_path, {X: SIMPLE}), MANAGER) == Unit("user@1000.service", SESSION)


def test_what_only_its_owner_may_read_is_not_looked_at(ada: Path) -> None:
    """Else root, who writes the baseline, would see another host than the agent."""
    for folder in ("/home/ada/.config/systemd/user", "/run/user/1000/systemd/transient"):
        lay(ada, {f"{folder}/x.service": ONESHOT})
    assert unit(ada, f"{MANAGER}/app.slice/x.service") == Unit("x.service", DAEMON)


@pytest.mark.parametrize("name", ["session-3.scope", "session-c1.scope"])
def test_logins(ada: Path, name: str) -> None:
    assert unit(ada, f"/user.slice/user-1000.slice/{name}") == Unit(name, SESSION)


@pytest.mark.parametrize("place", ["user-1000.slice/session-x.service", "session-3.scope"])
def test_no_logins(ada: Path, place: str) -> None:
    assert unit(ada, f"/user.slice/{place}") == Unit(place.rpartition("/")[2], DAEMON)


CHANGES: Dict[str, Tuple[str, Files]] = {
    "a new timer": (JOB, {f"{ETC}/x.timer": TIMER}),
    "a new link": (DAEMON, {f"{ETC}/multi-user.target.wants/x.service": f"-> {X}"}),
    "a new folder": (DAEMON, {f"{LIB}/a.target.wants/x.service": "-> ../x.service"}),
    "a new folder of units": (JOB, {f"{RUN}/transient/x.service": ONESHOT}),
    "a new drop-in": (JOB, {f"{ETC}/x.service.d/b.conf": "[Service]\nType=oneshot\n"}),
    "a mask": (DAEMON, {f"{ETC}/x.service": "-> /dev/null"}),
}


@pytest.mark.parametrize(("expected", "files"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(tmp_path: Path, expected: str, files: Files) -> None:
    lay(tmp_path, {X: BUS, f"{ETC}/x.service.d/a.conf": "", f"{LIB}/a.target": ""})
    lay(tmp_path, {f"{ETC}/multi-user.target.wants/y.service": f"-> {LIB}/y.service"})
    units = UnitFiles(str(tmp_path))
    assert units.unit(SERVICE_X) == Unit("x.service", ON_DEMAND)
    lay(tmp_path, files)
    assert units.unit(SERVICE_X) == Unit("x.service", ON_DEMAND)
    units.refresh()
    assert (units.unit(SERVICE_X), units.version) == (Unit("x.service", expected), 1)
    units.refresh()
    assert units.version == 1


def test_a_removed_link_is_noticed(tmp_path: Path) -> None:
    units = UnitFiles(str(lay(tmp_path, {X: BUS, **WANTED})))
    assert units.unit(SERVICE_X) == Unit("x.service", DAEMON)
    link = tmp_path / next(iter(WANTED))[1:]
    link.unlink()
    touch(link.parent)
    units.refresh()
    assert (units.unit(SERVICE_X), units.version) == (Unit("x.service", ON_DEMAND), 1)


@pytest.mark.parametrize("folder", [ETC, f"{RUN}/transient"])
def test_an_edit_by_rename_is_noticed(tmp_path: Path, folder: str) -> None:
    units = UnitFiles(str(lay(tmp_path, {f"{folder}/x.service": SIMPLE})))
    assert units.unit(SERVICE_X) == Unit("x.service", DAEMON)
    lay(tmp_path, {f"{folder}/.#x": ONESHOT})
    (tmp_path / folder[1:] / ".#x").rename(tmp_path / folder[1:] / "x.service")
    touch(tmp_path / folder[1:])
    units.refresh()
    assert (units.unit(SERVICE_X), units.version) == (Unit("x.service", JOB), 1)


def test_lingering_is_noticed(ada: Path) -> None:
    units = UnitFiles(str(ada))
    assert units.unit(MANAGER) == Unit("user@1000.service", DAEMON)
    (ada / LINGER[1:] / "ada").unlink()
    touch(ada / LINGER[1:])
    units.refresh()
    assert (units.unit(MANAGER), units.version) == (Unit("user@1000.service", SESSION), 1)


def test_a_change_between_two_questions_is_noticed(ada: Path) -> None:
    units = UnitFiles(str(ada))
    units.unit(MANAGER)
    lay(ada, {f"{LINGER}/eve": ""})
    units.unit(MANAGER.replace("1000", "1001"))
    units.refresh()
    assert units.version == 1


def test_logins_change_nothing(tmp_path: Path) -> None:
    """Each has a scope, which systemd writes among the services that systemd-run starts."""
    transient = f"{RUN}/transient"
    units = UnitFiles(str(lay(tmp_path, {X: SIMPLE, f"{transient}/session-1.scope": "[Scope]\n"})))
    units.unit(SERVICE_X)
    lay(tmp_path, {f"{transient}/session-2.scope": "[Scope]\n"})
    units.refresh()
    assert units.version == 0
    lay(tmp_path, {f"{transient}/run-u1.service": SIMPLE})
    units.refresh()
    assert units.version == 1


def test_nothing_is_read_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open", "scandir", "stat", "readlink"):
        monkeypatch.setattr(os, name, never)
    units = UnitFiles(str(tmp_path))
    units.refresh()
    assert (units.unit("/"), units.version) == (None, 0)


def test_nothing_is_read_again_while_nothing_changes(
    ada: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cgroups = (SERVICE_X, MANAGER, f"{MANAGER}/app.slice/x.service", "/system.slice/none.service")
    units = UnitFiles(str(ada))
    first = [units.unit(cgroup) for cgroup in cgroups]
    scandir = os.scandir
    monkeypatch.setattr(os, "open", never)
    monkeypatch.setattr(
        os, "scandir", lambda path: scandir(path) if "transient" in path else never()
    )
    units.refresh()
    assert [units.unit(cgroup) for cgroup in cgroups] == first


def test_a_link_that_goes_while_we_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: str) -> str:
        raise FileNotFoundError(path)

    lay(tmp_path, {X: ONESHOT, **WANTED, f"{ETC}/x.service": f"-> {X}"})
    monkeypatch.setattr(os, "readlink", gone)
    assert kind(tmp_path) == JOB


def test_what_is_asked_once_is_not_kept_for_ever(tmp_path: Path) -> None:
    units = UnitFiles(str(lay(tmp_path, {X: SIMPLE})))
    for number in range(5000):
        units.unit(f"/user.slice/user-1000.slice/session-{number}.scope")
    units.refresh()
    assert (len(units._units), units.version) == (0, 0)


def test_many_continued_lines(tmp_path: Path) -> None:
    assert kind(lay(tmp_path, {X: f"{ONESHOT}X=" + "a\\\n" * 300_000})) == JOB


def test_many_aliases(tmp_path: Path) -> None:
    links = {f"{ETC}/y{number}.service": f"-> {X}" for number in range(2000)}
    assert kind(lay(tmp_path, {X: ONESHOT, **links})) == JOB
