"""Which unit starts a daemon: by its cgroup, by pid files, by OpenRC's notes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Optional

import pytest

from psdiff_zbx.core.model import DAEMON, SESSION, Process, Unit
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.daemon_units import units_of
from psdiff_zbx.host.script_units import script_units
from psdiff_zbx.host.unit_files import place_of
from tests.builders import INIT, process

USER = "/user.slice/user-1000.slice/user@1000.service"


def unit(cgroup: str, kind: str = DAEMON, init: str = "/init.scope", **fields: Any) -> str:
    """That of one daemon, as a recording tells it."""
    place = place_of(cgroup.removeprefix("/docker/0123"))
    known: Optional[Unit] = Unit(place.name, kind) if place else None
    live = process(9, "/opt/a", cgroup=cgroup, unit=known, **fields)
    found = units_of(build([INIT._replace(cgroup=init), live]), RECORDED)
    assert {key for key, _ in found} <= {(live.user, "/opt/a")}
    return " ".join(name for _, name in found)


@pytest.mark.parametrize(
    ("cgroup", "name"),
    [
        ("/system.slice/cron.service", "cron.service"),
        ("/system.slice/docker.service/sub", "docker.service"),
        ("/system.slice/_cpu.service", "cpu.service"),
        ("/system.slice/docker-0123.scope", ""),
        ("/system.slice/no\nline.service", ""),
        ("/system.slice/{$X}.service", ""),
        ("/", ""),
    ],
)
def test_a_service_of_systemd(cgroup: str, name: str) -> None:
    assert unit(cgroup) == name


def test_what_ends_with_a_login_is_started_by_nothing() -> None:
    assert unit("/user.slice/user-1000.slice/session-3.scope", SESSION) == ""
    assert unit(f"{USER}/app.slice/x.service", SESSION, uid=1000, user="jane") == ""


def test_a_service_of_a_user_who_lingers() -> None:
    assert unit(f"{USER}/app.slice/x.service", uid=1000, user="jane") == "jane/x.service"
    nobody = USER.replace("1000", "4000111")
    assert unit(f"{nobody}/app.slice/x.service") == "4000111/x.service"
    assert unit(f"{USER}/init.scope", uid=1000, user="jane") == "user@1000.service"


def test_in_a_container_without_its_own_cgroups() -> None:
    init = "/docker/0123/init.scope"
    assert unit("/docker/0123/system.slice/cron.service", init=init) == "cron.service"


def test_a_recording_without_units_has_none() -> None:
    live = process(9, "/opt/a", cgroup="/system.slice/cron.service")
    assert units_of(build([INIT, live]), RECORDED) == ()


def test_one_daemon_in_two_units() -> None:
    live = [
        process(pid, "agetty", cgroup=f"/x.slice/{name}", unit=Unit(name, DAEMON))
        for pid, name in ((8, "getty@tty2.service"), (9, "getty@tty1.service"))
    ]
    names = [name for _, name in units_of(build([INIT, *live]), RECORDED)]
    assert names == ["getty@tty1.service", "getty@tty2.service"]


SCRIPTS = {
    "etc/init.d/cron": "PIDFILE=/var/run/crond.pid\n",
    "etc/init.d/mysql": "# nothing that names it\n",
}
WORKER = process(10, "worker", ppid=9)


def by_script(root: Path, files: Dict[str, str], *live: Process, **cgroups: str) -> Dict[int, str]:
    for name, text in {**SCRIPTS, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    seen = {each.pid: cgroups.get(each.name, "/") for each in live}
    return script_units([INIT, *live], seen, str(root))


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"run/crond.pid": "9\n"}, "cron"),
        ({"run/mysqld/mysql.pid": "9"}, "mysql"),
        ({"run/other.pid": "9"}, ""),
        ({"run/mysql.pid": "8"}, ""),
        ({"run/mysql.pid": "nine"}, ""),
        ({"run/mysql.pid": ""}, ""),
        ({"run/mysql.pid": "9" * 5000}, ""),
        ({"run/mysql.pid": "9", "run/systemd/system/x": ""}, ""),
        ({"run/openrc/daemons/sshd/001": "exec=/x\npidfile=PID\n", "srv/p": "9"}, "sshd"),
        ({"run/openrc/options/agent/child_pid": "9\n"}, "agent"),
    ],
)
def test_what_a_script_has_started(tmp_path: Path, files: Dict[str, str], name: str) -> None:
    (tmp_path / "srv").mkdir()
    files = {at: text.replace("PID", "/srv/p") for at, text in files.items()}
    found = by_script(tmp_path, files, process(9, "/opt/a"), WORKER)
    assert found == ({9: name, 10: name} if name else {})


def test_openrc_names_its_cgroups(tmp_path: Path) -> None:
    live = process(9, "sshd")
    assert by_script(tmp_path, {}, live, sshd="/openrc.sshd/x") == {9: "sshd"}


def test_an_old_pid_file_is_of_another_process(tmp_path: Path) -> None:
    files = {"run/mysql.pid": "9"}
    by_script(tmp_path, files)
    os.utime(tmp_path / "run/mysql.pid", (900, 900))
    assert script_units([INIT, process(9, "x")], {}, str(tmp_path)) == {}
    assert script_units([INIT, process(9, "x", started=800.0)], {}, str(tmp_path)) == {9: "mysql"}


def test_a_pid_file_of_another_user_tells_nothing(tmp_path: Path) -> None:
    live = process(9, "x", uid=os.getuid())
    files = {"run/mysql.pid": "9"}
    assert by_script(tmp_path, files, live) == {9: "mysql"}
    if os.getuid() == 0:
        os.chown(tmp_path / "run/mysql.pid", 1, 1)
        assert script_units([INIT, live], {}, str(tmp_path)) == {}
        own = live._replace(uid=1)
        assert script_units([INIT, own], {}, str(tmp_path)) == {9: "mysql"}
