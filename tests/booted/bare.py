"""A bare host: Debian as it is installed, with both agents of its own packages, not running.

In: the wheels of psdiff-zbx.  Out: a booted host on which it is installed as README says, and
nothing is set up.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

from tests.zabbix import packages
from tests.zabbix.program import WHEELS
from tests.zoo import root
from tests.zoo.host import Host

PLAN = root.Plan(
    "bare",
    "bookworm",
    (
        *("systemd", "systemd-sysv", "libpam-systemd", "dbus", "procps", "iproute2"),
        *("python3-venv", "cron", "sudo", "zabbix-agent", "zabbix-agent2", "ansible-core"),
    ),
    ("--customize-hook=chroot $1 systemctl --quiet disable zabbix-agent zabbix-agent2",),
)
GET = "usr/bin/zabbix_get"
INSTALL = """
set -e
umask 022
python3 -m venv /opt/psdiff-zbx
/opt/psdiff-zbx/bin/pip install --quiet --no-index --find-links /root/wheels psdiff-zbx
ln -s /opt/psdiff-zbx/bin/psdiff-zbx* /usr/local/bin/
"""


@contextmanager
def bare(shares_network: bool = False, disk: Optional[Path] = None) -> Iterator[Host]:
    """From boot to the end of the block; `shares_network`: it has no network but the machine's,
    so that a server there can ask its agent, and its agent has to listen on a free port.  With a
    `disk` it can be rebooted."""
    with Host(root.build(PLAN), shares_network, disk) as host:
        shutil.copytree(WHEELS, host.files / "root/wheels")
        # Debian has it in the packages of the server.
        shutil.copy(packages.fetch(packages.PROGRAMS["6.0"]) / GET, host.files / GET)
        host.run("sh", "-c", INSTALL)
        yield host
