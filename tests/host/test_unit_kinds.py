"""What its files make of a unit: on files laid out as on hosts, and on this machine's."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Tuple

import pytest

from psdiff_zbx.core.model import DAEMON, JOB, ON_DEMAND, Unit
from psdiff_zbx.host.unit_file import parse
from psdiff_zbx.host.unit_files import UnitFiles
from tests.host.units import (
    BUS,
    ETC,
    INSTALL,
    LIB,
    ONESHOT,
    REMAINS,
    RUN,
    SERVICE_X,
    SIMPLE,
    SOCKET,
    SOCKET_ON,
    TIMER,
    WANTED,
    Files,
    X,
    kind,
    lay,
    unit,
)

KINDS: Dict[str, Tuple[str, Files]] = {
    "simple": (DAEMON, {X: SIMPLE}),
    "no file": (DAEMON, {f"{LIB}/y.service": ONESHOT}),
    "no file, and a timer": (DAEMON, {f"{LIB}/x.timer": TIMER}),
    "transient": (DAEMON, {f"{RUN}/transient/x.service": SIMPLE}),
    "forking": (DAEMON, {X: f"{SIMPLE}Type=forking\n"}),
    "oneshot": (JOB, {X: ONESHOT}),
    "oneshot, enabled": (JOB, {X: ONESHOT, **WANTED}),
    "oneshot that remains": (DAEMON, {X: REMAINS}),
    "oneshot that remains, 1": (DAEMON, {X: f"{ONESHOT}RemainAfterExit= On \n"}),
    "oneshot that does not remain": (JOB, {X: f"{REMAINS}RemainAfterExit=no\n"}),
    "oneshot for want of ExecStart": (JOB, {X: "[Service]\nExecStop=/bin/x\n"}),
    "ExecStart reset": (JOB, {X: f"{SIMPLE}ExecStart=\n"}),
    "Type of another section": (DAEMON, {X: f"{SIMPLE}[Unit]\nType=oneshot\n"}),
    "Type reset": (DAEMON, {X: f"{ONESHOT}Type=\n"}),
    "Type overridden": (DAEMON, {X: f"{ONESHOT}Type=simple\n"}),
    "Type in a comment": (DAEMON, {X: f"{SIMPLE}# \n#Type=oneshot\n ; Type=oneshot\n"}),
    "Type after blanks": (JOB, {X: f"{SIMPLE}\t Type \t= oneshot \r\n"}),
    "Type in a continued line": (DAEMON, {X: f"{SIMPLE}Environment=A \\\nType=oneshot\n"}),
    "a comment within": (DAEMON, {X: f"{SIMPLE}X=A\\\n# c\\\n;d\nType=oneshot\n"}),
    "continued at the end": (JOB, {X: f"{SIMPLE}Type=\\\noneshot\\"}),
    "a backslash that is escaped": (JOB, {X: f"{SIMPLE}X=A\\\\\nType=oneshot\n"}),
    "a comment's backslash": (JOB, {X: f"{SIMPLE}# c\\\nType=oneshot\nX=\\\n\n"}),
    "no section": (JOB, {X: "Type=simple\n[Service]\n"}),
    "odd bytes": (JOB, {X: f"\udcff\n=\n[\n[]\n\x0c\u2028=\udc80\n{ONESHOT}"}),
    "a timer": (JOB, {X: SIMPLE, f"{LIB}/x.timer": TIMER}),
    "a timer, enabled itself": (DAEMON, {X: SIMPLE, f"{LIB}/x.timer": TIMER, **WANTED}),
    "a timer, and remains": (JOB, {X: REMAINS, f"{LIB}/x.timer": TIMER}),
    "a timer of another name": (JOB, {X: SIMPLE, f"{LIB}/y.timer": f"{TIMER}Unit=x.service\n"}),
    "a timer's alias": (
        JOB,
        {X: SIMPLE, f"{ETC}/y.service": f"-> {X}", f"{ETC}/y.timer": TIMER},
    ),
    "a timer for another": (DAEMON, {X: SIMPLE, f"{LIB}/x.timer": f"{TIMER}Unit=y.service\n"}),
    "a timer's drop-in": (
        JOB,
        {
            X: SIMPLE,
            f"{LIB}/y.timer": TIMER,
            f"{ETC}/y.timer.d/a.conf": "[Timer]\nUnit=x.service\n",
        },
    ),
    "a masked timer": (
        DAEMON,
        {X: SIMPLE, f"{LIB}/x.timer": TIMER, f"{ETC}/x.timer": "-> /dev/null"},
    ),
    "systemd-run --on-active": (
        JOB,
        {f"{RUN}/transient/x.service": SIMPLE, f"{RUN}/transient/x.timer": TIMER},
    ),
    "on the bus": (ON_DEMAND, {X: BUS}),
    "on the bus, Type=dbus": (ON_DEMAND, {X: f"{SIMPLE}Type=dbus\n"}),
    "on the bus, Type=notify": (ON_DEMAND, {X: f"{BUS}Type=notify\n"}),
    "on the bus, oneshot": (JOB, {X: f"{BUS}Type=oneshot\n"}),
    "on the bus, no ExecStart": (ON_DEMAND, {X: "[Service]\nBusName=org.example.x\n"}),
    "on the bus, to be enabled": (DAEMON, {X: BUS + INSTALL}),
    "on the bus, enabled": (DAEMON, {X: BUS, **WANTED}),
    "on the bus, required": (
        DAEMON,
        {X: BUS, f"{LIB}/y.service.requires/x.service": "-> ../x.service"},
    ),
    "on the bus, upheld": (
        DAEMON,
        {X: BUS, f"{LIB}/y.service.upholds/x.service": "-> ../x.service"},
    ),
    "on the bus, linked static": (
        DAEMON,
        {X: BUS, f"{LIB}/multi-user.target.wants/x.service": "-> ../x.service"},
    ),
    "on the bus, its alias enabled": (
        DAEMON,
        {
            X: BUS,
            f"{ETC}/y.service": f"-> {X}",
            f"{ETC}/multi-user.target.wants/y.service": f"-> {ETC}/y.service",
        },
    ),
    "on the bus, enabled as what it is": (
        DAEMON,
        {X: BUS, f"{ETC}/multi-user.target.wants/y.service": f"-> {X}"},
    ),
    "on the bus, and its alias there": (
        ON_DEMAND,
        {
            X: f"{BUS}[Install]\nAlias=dbus-org.example.x.service\n",
            f"{ETC}/dbus-org.example.x.service": f"-> {X}",
        },
    ),
    "a display manager": (DAEMON, {X: BUS, f"{ETC}/display-manager.service": f"-> {X}"}),
    "the bus itself": (
        DAEMON,
        {
            X: f"{SIMPLE}[Install]\nAlias=dbus.service\n",
            f"{ETC}/dbus.service": f"-> {X}",
            f"{LIB}/dbus.socket": SOCKET,
            f"{ETC}/sockets.target.wants/dbus.socket": f"-> {LIB}/dbus.socket",
        },
    ),
    "on the bus, and a link of its name to another": (
        DAEMON,
        {X: BUS, f"{ETC}/multi-user.target.wants/x.service": "-> /opt/y.service"},
    ),
    "on the bus, and a file in place of a link": (
        DAEMON,
        {X: BUS, f"{ETC}/multi-user.target.wants/x.service": ""},
    ),
    "on the bus, and an alias that is another unit": (
        ON_DEMAND,
        {
            X: BUS,
            f"{LIB}/y.service": "-> x.service",
            f"{ETC}/y.service": SIMPLE,
            f"{ETC}/multi-user.target.wants/y.service": f"-> {ETC}/y.service",
        },
    ),
    "the link masked": (
        ON_DEMAND,
        {
            X: BUS,
            f"{LIB}/multi-user.target.wants/x.service": "-> ../x.service",
            f"{ETC}/multi-user.target.wants/x.service": "-> /dev/null",
        },
    ),
    "a socket": (ON_DEMAND, {X: SIMPLE + INSTALL, **SOCKET_ON}),
    "a socket, and enabled": (DAEMON, {X: SIMPLE, **SOCKET_ON, **WANTED}),
    "a socket that is not enabled": (DAEMON, {X: SIMPLE, f"{LIB}/x.socket": SOCKET}),
    "a socket required by its service": (
        ON_DEMAND,
        {
            X: SIMPLE,
            f"{LIB}/x.socket": SOCKET,
            f"{ETC}/x.service.requires/x.socket": f"-> {LIB}/x.socket",
        },
    ),
    "a socket of another name": (
        ON_DEMAND,
        {
            X: SIMPLE,
            f"{LIB}/y.socket": f"{SOCKET}Service=x.service\n",
            f"{LIB}/sockets.target.wants/y.socket": "-> ../y.socket",
        },
    ),
    "a socket for another": (
        DAEMON,
        {X: SIMPLE, **SOCKET_ON, f"{ETC}/x.socket.d/a.conf": "[Socket]\nService=y.service\n"},
    ),
    "a socket that accepts, for its instances": (
        DAEMON,
        {X: SIMPLE, f"{LIB}/x.socket": f"{SOCKET}Accept=yes\n"},
    ),
    "a masked socket": (DAEMON, {X: SIMPLE, **SOCKET_ON, f"{ETC}/x.socket": "-> /dev/null"}),
    "a link to a socket that is gone": (
        DAEMON,
        {X: SIMPLE, f"{ETC}/sockets.target.wants/x.socket": f"-> {LIB}/x.socket"},
    ),
    "masked": (DAEMON, {X: ONESHOT, f"{ETC}/x.service": "-> /dev/null"}),
    "masked by an empty file": (DAEMON, {X: ONESHOT, f"{RUN}/system/x.service": ""}),
    "masked, with a drop-in": (
        DAEMON,
        {
            X: SIMPLE,
            f"{ETC}/x.service": "-> /dev/null",
            f"{ETC}/x.service.d/a.conf": "[Service]\nType=oneshot\n",
        },
    ),
    "linked from elsewhere": (
        JOB,
        {"/opt/x/x.service": ONESHOT, f"{ETC}/x.service": "-> /opt/x/x.service"},
    ),
    "a link to nothing, as not there": (
        JOB,
        {X: ONESHOT, f"{ETC}/x.service": "-> /opt/x.service"},
    ),
    "a link to itself": (DAEMON, {f"{ETC}/x.service": "-> x.service"}),
    "links in a circle": (
        DAEMON,
        {f"{ETC}/x.service": "-> y.service", f"{ETC}/y.service": "-> x.service"},
    ),
    "a folder, as not there": (JOB, {X: ONESHOT, f"{ETC}/x.service/file": ""}),
    "a file where a folder should be": (JOB, {X: ONESHOT, ETC: "", "/run": ""}),
    "files where drop-ins and wants should be": (
        DAEMON,
        {X: SIMPLE, f"{ETC}/x.service.d": "", f"{ETC}/a.target.wants": "", f"{X}.d/a.conf/b": ""},
    ),
}


def test_a_file() -> None:
    text = "[A]\nx = 1 \n#y=2\n;[B]\n[C\n y=\\\n #z\n\t3\\\n[A]\nx=4\nnothing"
    assert parse(text) == {"A": {"x": "1"}, "": {"y": "3 [A]", "x": "4"}}
    assert parse("[A]\nx=1\n\n#y=2\n ;z=3") == {"A": {"x": "1"}}


@pytest.mark.parametrize(("expected", "files"), KINDS.values(), ids=KINDS)
def test_kinds(tmp_path: Path, expected: str, files: Files) -> None:
    assert unit(lay(tmp_path, files), SERVICE_X) == Unit("x.service", expected)


SEARCH_PATH = [
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
]


@pytest.mark.parametrize("at", range(len(SEARCH_PATH)))
def test_the_first_folder_wins(tmp_path: Path, at: int) -> None:
    files = {f"{folder}/x.service": SIMPLE for folder in SEARCH_PATH[at:]}
    lay(tmp_path, {**files, f"{SEARCH_PATH[at]}/x.service": ONESHOT})
    assert kind(tmp_path) == JOB


def test_merged_usr(tmp_path: Path) -> None:
    lay(tmp_path, {X: SIMPLE, f"{LIB}/x.timer": TIMER, "/lib": "-> usr/lib"})
    assert kind(tmp_path) == JOB


def dropin(name: str, kind: str) -> Files:
    return {name: f"[Service]\nType={kind}\n"}


@pytest.mark.parametrize(
    "folder",
    [
        *(f"{folder}/foo-bar@y.service.d" for folder in SEARCH_PATH),
        f"{LIB}/foo-bar@.service.d",
        f"{LIB}/foo-@y.service.d",
        f"{LIB}/foo-@.service.d",
        f"{LIB}/service.d",
        f"{ETC}/alias@.service.d",
        f"{ETC}/alias@y.service.d",
    ],
)
def test_dropins(tmp_path: Path, folder: str) -> None:
    template = f"{LIB}/foo-bar@.service"
    lay(tmp_path, {template: SIMPLE, f"{ETC}/alias@.service": f"-> {template}"})
    assert kind(tmp_path, "/system.slice/foo-bar@y.service") == DAEMON
    lay(tmp_path, dropin(f"{folder}/override.conf", "oneshot"))
    assert kind(tmp_path, "/system.slice/foo-bar@y.service") == JOB


@pytest.mark.parametrize(
    "files",
    [
        {
            **dropin(f"{ETC}/y-x.service.d/b.conf", "oneshot"),
            **dropin(f"{LIB}/y-x.service.d/a.conf", "simple"),
        },
        {
            **dropin(f"{ETC}/y-x.service.d/a.conf", "oneshot"),
            **dropin(f"{LIB}/y-x.service.d/a.conf", "simple"),
        },
        {
            **dropin(f"{LIB}/y-x.service.d/a.conf", "oneshot"),
            **dropin(f"{ETC}/y-.service.d/a.conf", "simple"),
        },
        {
            **dropin(f"{LIB}/y-.service.d/a.conf", "oneshot"),
            **dropin(f"{ETC}/service.d/a.conf", "simple"),
        },
        {
            **dropin(f"{LIB}/y-x.service.d/a.conf", "oneshot"),
            **dropin(f"{LIB}/y-x.service.d/b", "simple"),
        },
        {
            **dropin(f"{LIB}/y-x.service.d/a.conf", "oneshot"),
            **dropin(f"{LIB}/y-x.service.d/b.conf", "simple"),
            f"{ETC}/y-x.service.d/b.conf": "-> /dev/null",
        },
    ],
    ids=["by name", "by folder", "the whole name first", "the type last", "no .conf", "masked"],
)
def test_the_order_of_dropins(tmp_path: Path, files: Files) -> None:
    lay(tmp_path, {f"{LIB}/y-x.service": SIMPLE, **files})
    assert kind(tmp_path, "/system.slice/y-x.service") == JOB


def test_a_dropin_for_all_services(tmp_path: Path) -> None:
    lay(tmp_path, {X: SIMPLE, f"{LIB}/y.service": ONESHOT, f"{LIB}/z.service": SIMPLE})
    lay(tmp_path, {f"{LIB}/service.d/a.conf": "[Service]\nRemainAfterExit=yes\n"})
    lay(tmp_path, dropin(f"{LIB}/z.service.d/b.conf", "oneshot"))
    lay(tmp_path, {f"{ETC}/z.service.d/c.conf": "[Service]\nRemainAfterExit=\n"})
    units = UnitFiles(str(tmp_path))
    found = [units.unit(f"/system.slice/{name}.service") for name in "xyz"]
    assert [unit.kind for unit in found if unit] == [DAEMON, DAEMON, JOB]


def test_a_dropin_may_reset(tmp_path: Path) -> None:
    lay(tmp_path, {X: ONESHOT, f"{ETC}/x.service.d/a.conf": "[Service]\nType=\n"})
    assert kind(tmp_path) == DAEMON


TEMPLATES: Dict[str, Tuple[str, Files]] = {
    "its template": (JOB, {f"{LIB}/x@.service": ONESHOT}),
    "its own drop-in first": (
        JOB,
        {
            f"{LIB}/x@.service": SIMPLE,
            **dropin(f"{LIB}/x@a.b.service.d/a.conf", "oneshot"),
            **dropin(f"{ETC}/x@.service.d/a.conf", "simple"),
        },
    ),
    "its own file first": (
        JOB,
        {f"{ETC}/x@.service": SIMPLE, f"{LIB}/x@a.b.service": ONESHOT},
    ),
    "itself masked": (
        DAEMON,
        {f"{LIB}/x@.service": ONESHOT, f"{ETC}/x@a.b.service": "-> /dev/null"},
    ),
    "a timer's template": (JOB, {f"{LIB}/x@.service": SIMPLE, f"{LIB}/x@.timer": TIMER}),
    "a timer's instance": (JOB, {f"{LIB}/x@.service": SIMPLE, f"{ETC}/x@a.b.timer": TIMER}),
    "another timer's instance": (DAEMON, {f"{LIB}/x@.service": SIMPLE, f"{ETC}/x@c.timer": TIMER}),
    "a timer's specifier": (
        JOB,
        {f"{LIB}/x@.service": SIMPLE, f"{LIB}/y@.timer": f"{TIMER}Unit=x@%i.service\n"},
    ),
    "enabled": (
        DAEMON,
        {
            f"{LIB}/x@.service": BUS,
            f"{ETC}/multi-user.target.wants/x@a.b.service": f"-> {LIB}/x@.service",
        },
    ),
    "another enabled": (
        ON_DEMAND,
        {
            f"{LIB}/x@.service": BUS,
            f"{ETC}/multi-user.target.wants/x@c.service": f"-> {LIB}/x@.service",
        },
    ),
    "wanted by a template": (
        DAEMON,
        {f"{LIB}/x@.service": BUS, f"{LIB}/y@.target.wants/x@.service": "-> ../x@.service"},
    ),
    "an alias enabled": (
        DAEMON,
        {
            f"{LIB}/x@.service": BUS,
            f"{LIB}/y@.service": "-> x@.service",
            f"{ETC}/getty.target.wants/y@a.b.service": f"-> {LIB}/y@.service",
        },
    ),
    "a socket's template": (
        ON_DEMAND,
        {
            f"{LIB}/x@.service": SIMPLE,
            f"{LIB}/y@.socket": f"{SOCKET}Service=x@%i.service\n",
            f"{ETC}/sockets.target.wants/y@a.b.socket": f"-> {LIB}/y@.socket",
        },
    ),
    "one for each connection": (
        JOB,
        {f"{LIB}/x@.service": SIMPLE, f"{LIB}/x.socket": f"{SOCKET}Accept=yes\n"},
    ),
    "one for all connections": (
        DAEMON,
        {f"{LIB}/x@.service": SIMPLE, f"{LIB}/x.socket": f"{SOCKET}Accept=no\n"},
    ),
}


@pytest.mark.parametrize(("expected", "files"), TEMPLATES.values(), ids=TEMPLATES)
def test_templates(tmp_path: Path, expected: str, files: Files) -> None:
    lay(tmp_path, files)
    assert kind(tmp_path, "/system.slice/system-x.slice/x@a.b.service") == expected


REAL = {
    "dbus.service": DAEMON,
    "systemd-journald.service": DAEMON,
    "systemd-hostnamed.service": ON_DEMAND,
    "apt-daily.service": JOB,
    "dnf-makecache.service": JOB,
    "systemd-tmpfiles-clean.service": JOB,
}
"""Units that distributions ship, and that nobody has a reason to change."""


def test_this_machine(tmp_path: Path) -> None:
    """If it has no units, files stand in for them."""
    shipped = [name for name in REAL if Path(LIB, name).exists()]
    stand_in = {f"{LIB}/{name}": ONESHOT for name in REAL if REAL[name] == JOB}
    root = Path("/") if shipped else lay(tmp_path, stand_in)
    names = shipped or [Path(path).name for path in stand_in]
    kinds = {name: kind(root, f"/system.slice/{name}") for name in names}
    assert kinds == {name: REAL[name] for name in names}
