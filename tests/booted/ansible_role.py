"""The role for Ansible, from this machine to a Debian 12 and a Debian 13: `make suites`.

Ansible is Debian's.  In place of ssh it runs a script that enters the host's namespaces.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.booted import bare, packaged
from tests.files import TOP
from tests.zabbix.agents import free_port
from tests.zoo import root
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

ROLE = TOP / "userparameters" / "ansible"
HOSTS = ("bookworm", "trixie")
# The last two words are the host and the command: ssh -o … bookworm '/bin/sh -c …'.
SSH = """\
#!/bin/sh
while [ $# -gt 2 ]; do shift; done
exec nsenter -t "$(cat "$(dirname "$0")/$1.pid")" -a -r -w -- /bin/sh -c "$2"
"""
RULE = '[[rule]]\nmatch = "/opt/noise "\nignore = "self"\nreason = "comes and goes"\n'


@pytest.fixture(scope="module")
def inventory(namespaces: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Both hosts; they share the machine's network, where python3-apt is."""
    folder = tmp_path_factory.mktemp("ansible")
    (folder / "ssh").write_text(SSH)
    (folder / "ssh").chmod(0o755)
    with ExitStack() as stack:
        for name in HOSTS:
            plan = bare.PLAN._replace(suite=name)
            host = stack.enter_context(Host(root.build(plan), shares_network=True))
            shutil.copy("/etc/resolv.conf", host.files / "etc/resolv.conf")
            own = host.files / "etc/zabbix/zabbix_agent2.d/own.conf"
            own.write_text(f"ListenPort={free_port()}\nTimeout=20\n")
            (folder / f"{name}.pid").write_text(str(host.pid))
        (folder / "hosts").write_text("\n".join((*HOSTS, "")))
        yield folder


def play(inventory: Path, **variables: object) -> dict[str, dict[str, int]]:
    """What it did on each host, as numbers."""
    (package,) = packaged.BUILT.glob("*.deb")
    rule = inventory / "noise.toml"
    rule.write_text(RULE)
    given = {"psdiff_zbx_deb": str(package), "psdiff_zbx_rules": [str(rule)], **variables}
    env = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROLE / "ansible.cfg"),
        "ANSIBLE_SSH_EXECUTABLE": str(inventory / "ssh"),
        "ANSIBLE_SSH_TRANSFER_METHOD": "piped",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_HOME": str(inventory / "home"),
    }
    command = ("ansible-playbook", "-i", str(inventory / "hosts"), str(ROLE / "site.yml"))
    extra = ("-e", json.dumps(given))
    done = subprocess.run((*command, *extra), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    recap = re.findall(r"^(\w+) +: (.*)$", done.stdout.partition("PLAY RECAP")[2], re.MULTILINE)
    return {
        name: {word: int(number) for word, number in re.findall(r"(\w+)=(\d+)", row)}
        for name, row in recap
    }


def test_a_second_run_changes_nothing(inventory: Path) -> None:
    first = play(inventory)
    assert {name: first[name]["failed"] for name in HOSTS} == dict.fromkeys(HOSTS, 0)
    assert min(first[name]["changed"] for name in HOSTS) >= 4
    second = play(inventory)
    assert {name: second[name]["changed"] for name in HOSTS} == dict.fromkeys(HOSTS, 0)
    third = play(inventory, psdiff_zbx_agent="plugin")
    assert {name: third[name]["changed"] for name in HOSTS} == dict.fromkeys(HOSTS, 2)
