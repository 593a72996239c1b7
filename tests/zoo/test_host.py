"""A host of the zoo leaves nothing behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.zoo import root
from tests.zoo.conftest import LONG
from tests.zoo.host import Host

pytestmark = [pytest.mark.zabbix, pytest.mark.zoo]
FIND = "mount -t cgroup2 cgroup2 /sys/fs/cgroup && ls -d /sys/fs/cgroup/$0"


def test_nothing_is_left_of_an_interrupted_host(namespaces: None) -> None:
    host = Host(root.build(root.zoo(root.SUITES[0], LONG)))
    with pytest.raises(KeyboardInterrupt):
        _interrupt(host)
    assert not Path(f"/proc/{host.pid}").exists()
    find = ["unshare", "--mount", "sh", "-c", FIND, host.group]
    assert b"No such file" in subprocess.run(find, capture_output=True, check=False).stderr


def _interrupt(host: Host) -> None:
    with host:
        host.visitor("sleep", "1000")
        raise KeyboardInterrupt
