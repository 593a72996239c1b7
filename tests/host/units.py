"""Files of systemd laid out as on hosts, for tests."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Dict, Optional

from psdiff_zbx.core.model import Unit
from psdiff_zbx.host.unit_files import UnitFiles

Files = Dict[str, str]

ETC, LIB, RUN = "/etc/systemd/system", "/usr/lib/systemd/system", "/run/systemd"
SIMPLE = "[Service]\nExecStart=/usr/sbin/x\n"
ONESHOT = f"{SIMPLE}Type=oneshot\n"
REMAINS = f"{ONESHOT}RemainAfterExit=yes\n"
BUS = f"{SIMPLE}BusName=org.example.x\n"
INSTALL = "[Install]\nWantedBy=multi-user.target\n"
TIMER = "[Timer]\nOnCalendar=daily\n"
SOCKET = "[Socket]\nListenStream=22\n"
X = f"{LIB}/x.service"
WANTED = {f"{ETC}/multi-user.target.wants/x.service": f"-> {X}"}
SOCKET_ON = {
    f"{LIB}/x.socket": SOCKET,
    f"{ETC}/sockets.target.wants/x.socket": f"-> {LIB}/x.socket",
}
SERVICE_X = "/system.slice/x.service"
MANAGER = "/user.slice/user-1000.slice/user@1000.service"
LINGER = "/var/lib/systemd/linger"

ticks = itertools.count(10**18, 10**6)


def lay(root: Path, files: Files) -> Path:
    """Make files, and links for ``-> TARGET``.  Each time a folder changes its time differs."""
    for name, text in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            path.symlink_to(text[len("-> ") :])
        else:
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
        touch(path.parent)
    return root


def touch(folder: Path) -> None:
    now = next(ticks)
    os.utime(folder, ns=(now, now))


def unit(root: Path, cgroup: str) -> Optional[Unit]:
    return UnitFiles(str(root)).unit(cgroup)


def kind(root: Path, cgroup: str = SERVICE_X) -> str:
    found = unit(root, cgroup)
    assert found
    return found.kind
