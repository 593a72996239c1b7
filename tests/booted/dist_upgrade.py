"""A Debian 12 with the package and the plugin becomes a Debian 13: `make suites`.

Its python3 is another minor version then, and its agent 2 another major one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.booted import bare, packaged
from tests.booted.test_doctor import doctor
from tests.booted.test_setup import setup
from tests.zabbix import packages
from tests.zabbix.agents import free_port
from tests.zoo import root
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

UPGRADE = """
sed -i s/bookworm/trixie/ /etc/apt/sources.list
apt-get update --quiet=2
apt-get dist-upgrade --yes --quiet=2 --no-install-recommends -o Dpkg::Options::=--force-confold
"""
# The units of Debian do not start an agent again that lost its own race with a plugin.
RESTART = "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=1\n"


@pytest.fixture(scope="module")
def host(namespaces: None) -> Iterator[Host]:
    """With the machine's network, where the packages are; its agent listens at a free port."""
    with Host(root.build(bare.PLAN), shares_network=True) as booted:
        packaged.put(booted)
        shutil.copy(packages.fetch(packages.PROGRAMS["6.0"]) / bare.GET, booted.files / bare.GET)
        shutil.copy("/etc/resolv.conf", booted.files / "etc/resolv.conf")
        own = booted.files / "etc/zabbix/zabbix_agent2.d/own.conf"
        own.write_text(f"ListenPort={free_port()}\nTimeout=20\n")
        restart = booted.files / "etc/systemd/system/zabbix-agent2.service.d/restart.conf"
        restart.parent.mkdir()
        restart.write_text(RESTART)
        booted.run("systemctl", "daemon-reload")
        yield booted


def python(host: Host) -> str:
    return host.run("python3", "--version").split()[1].rpartition(".")[0]


def test_another_python_and_another_agent(host: Host) -> None:
    packaged.install(host)
    host.run("systemctl", "start", "zabbix-agent2")
    setup(host, "--agent", "plugin")
    host.run("systemctl", "restart", "zabbix-agent2")
    assert doctor(host).not_ok == {}
    before = python(host)

    host.run("env", "DEBIAN_FRONTEND=noninteractive", "sh", "-ec", UPGRADE)
    assert (before, python(host)) == ("3.11", "3.13")
    assert "7.0." in host.run("zabbix_agent2", "-V")
    assert host.run("systemctl", "is-active", "zabbix-agent2") == "active\n"
    found = doctor(host)
    assert set(found.not_ok) <= {"answer"}, found  # nothing but what the upgrade brought
    compiled = host.run("sh", "-c", "ls /usr/share/psdiff-zbx/psdiff_zbx/__pycache__")
    assert {name.split(".")[1] for name in compiled.split()} == {"cpython-313"}
