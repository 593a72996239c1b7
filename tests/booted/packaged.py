"""A host on which nothing of psdiff-zbx is installed, and its package beside it.

In: a suite of Debian.  Out: a booted host with both agents of its own packages, not running, and
what is on its disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.booted import bare
from tests.zabbix import packages
from tests.zoo import root
from tests.zoo.host import Host

BUILT = Path(__file__).parents[2] / "build" / "packages"
SUITES = ("bookworm", "trixie") if os.environ.get("EVERY_SUITE") else ("bookworm",)
DEB = "/root/psdiff-zbx.deb"
# What package managers and a running host write of themselves.
PASSING = (
    *("/dev", "/proc", "/root", "/run", "/sys", "/tmp", "/var/cache", "/var/log"),
    *("/var/lib/apt", "/var/lib/dpkg", "/var/lib/systemd", "/var/tmp"),
)
SKIP = " -o ".join(f"-path {path}" for path in PASSING)
# A folder's size and the times tell nothing of what is in it.
DISK = rf"""
find / \( {SKIP} \) -prune -o -type d -printf '%p %m %U %G\n' \
    -o -type l -printf '%p %l\n' -o -type f -printf '%p %m %U %G %s\n'
find /etc -type f -exec md5sum {{}} +
"""


@contextmanager
def boot(suite: str) -> Iterator[Host]:
    """From boot to the end of the block, with the package as DEB."""
    with Host(root.build(bare.PLAN._replace(suite=suite))) as host:
        put(host)
        shutil.copy(packages.fetch(packages.PROGRAMS["6.0"]) / bare.GET, host.files / bare.GET)
        yield host


def put(host: Host) -> None:
    """The package as DEB."""
    found = [*BUILT.glob("*.deb")]
    assert len(found) == 1, f"{BUILT}: run `make packages`"
    shutil.copy(found[0], host.files / DEB[1:])


def install(host: Host, package: str = DEB) -> list[str]:
    """As an administrator does, without a network; the lines of our own."""
    options = ("--yes", "--no-install-recommends", "--allow-downgrades")
    said = host.run("apt-get", "install", "--quiet=2", *options, package)
    return [line for line in said.splitlines() if line.startswith("psdiff-zbx: ")]


def disk(host: Host) -> set[str]:
    """A line for each file and folder on its disk."""
    return set(host.visit("sh", "-ec", DISK).splitlines())
