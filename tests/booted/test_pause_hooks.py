"""Planned work: around apt, in an Ansible play and by a timer, word for word as README says it;
and across a reboot."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from tests.booted.bare import bare as boot
from tests.files import TOP
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

README = (TOP / "userparameters/README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Planned work\n")[2].partition("\n## ")[0]
NOT = "not paused"
PAUSED = "/usr/local/bin/psdiff-zbx pause > /root/meanwhile"  # apt has a PATH of its own
UNITS = "/etc/systemd/system/psdiff-zbx-pause"
# A package that asks, while it is installed, and may then refuse to be.
PACKAGE = """
mkdir -p /root/package/DEBIAN
printf '%s\\n' 'Package: {name}' 'Version: 1' 'Architecture: all' 'Maintainer: root' \\
    'Description: nothing' > /root/package/DEBIAN/control
printf '%s\\n' '#!/bin/sh' '{asks}' 'exit {code}' > /root/package/DEBIAN/postinst
chmod 755 /root/package/DEBIAN/postinst
dpkg-deb --build /root/package /root/{name}.deb
apt-get install --yes /root/{name}.deb
"""
ROLE = "- ansible.builtin.shell: {asks} && exit {code}\n"
INVENTORY = "[web]\nlocalhost ansible_connection=local\n"
# Not on Sunday, but now.
NOW = "[Timer]\nOnActiveSec=1\nAccuracySec=10ms\n"


def block(kind: str, word: str) -> str:
    """The block of code of a kind that holds a word."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    (one,) = [text for each, text in found if each == kind and word in text]
    return str(one)


def write(host: Host, path: str, text: str) -> None:
    place = host.files / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def pause(host: Host) -> str:
    """What holds now; whatever holds is ended."""
    found = host.run("psdiff-zbx", "pause").strip()
    host.run("psdiff-zbx", "pause", "--end")
    return found


def meanwhile(host: Host) -> str:
    """What held while the work was done."""
    return (host.files / "root/meanwhile").read_text().strip()


@pytest.fixture(scope="module")
def host(bare: Host) -> Host:
    """With a baseline, and the program also where a package puts it."""
    bare.run("ln", "-s", "/usr/local/bin/psdiff-zbx", "/usr/bin/psdiff-zbx")
    bare.run("psdiff-zbx", "write", "--all")
    return bare


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("bad", 1)])
def test_around_apt(host: Host, name: str, code: int) -> None:
    path = re.search(r"Around apt, in `(\S+)`", SECTION)
    assert path
    write(host, path[1], block("", "DPkg::Pre-Invoke"))
    script = PACKAGE.format(name=name, asks=PAUSED, code=code)
    told = host.run("sh", "-ec", script, check=not code)
    assert ("returned an error code (1)" in told) == bool(code)
    assert re.match(r"paused until .* by root \(apt\)$", meanwhile(host))
    assert pause(host) == NOT
    host.run("dpkg", "--purge", name)


@pytest.mark.parametrize("code", [0, 1])
def test_in_an_ansible_play(host: Host, code: int) -> None:
    write(host, "/root/play.yml", block("yaml", "pre_tasks"))
    write(host, "/root/hosts", INVENTORY)
    write(host, "/root/roles/web/tasks/main.yml", ROLE.format(asks=PAUSED, code=code))
    told = host.run("ansible-playbook", "-i", "/root/hosts", "/root/play.yml", check=not code)
    assert f"failed={code}" in told
    assert re.match(r"paused until .* by root \(release\)$", meanwhile(host))
    left = pause(host)
    assert left == (meanwhile(host) if code else NOT)


def test_by_a_timer(host: Host) -> None:
    write(host, f"{UNITS}.service", block("ini", "ExecStart"))
    write(host, f"{UNITS}.timer", block("ini", "OnCalendar"))
    command = re.search(r"`(systemctl enable --now \S+)`", SECTION)
    assert command
    host.run(*command[1].split())
    timers = host.run("systemctl", "list-timers", "psdiff-zbx-pause.timer")
    assert re.search(r"^Sun \S+ 02:00:00 ", timers, re.MULTILINE)
    assert pause(host) == NOT
    write(host, f"{UNITS}.timer.d/now.conf", NOW)
    host.run("systemctl", "daemon-reload")
    host.run("systemctl", "restart", "psdiff-zbx-pause.timer")
    wait = "until psdiff-zbx pause | grep -q until; do sleep 0.1; done"
    host.run("timeout", "30", "sh", "-c", wait)
    assert re.match(r"paused until .* by root \(weekly backup\)$", pause(host))
    host.run("systemctl", "disable", "--now", "psdiff-zbx-pause.timer")


def test_a_pause_outlives_a_reboot(namespaces: None) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as disk, boot(disk=Path(disk)) as host:
        told = host.run("psdiff-zbx", "pause", "1h", "--why", "new kernel")
        host.reboot()
        assert host.run("psdiff-zbx", "pause") == told
