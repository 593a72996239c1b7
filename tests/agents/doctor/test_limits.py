"""What the kernel says of a running agent whose unit has limits."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from psdiff_zbx.agents.configuration import Configuration
from psdiff_zbx.agents.doctor.limits import check_limits
from psdiff_zbx.agents.installed import Installed
from tests.files import write

STATUS = "Name:\tzabbix_agentd\nCapBnd:\t{}\nNoNewPrivs:\t{}\n"
FREE = {
    "status": STATUS.format("000001ffffffffff", 0),
    "mountinfo": "30 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n",
    "limits": "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max file size             unlimited            unlimited            bytes     \n",
}
VAR = "31 30 8:1 /var /var {},relatime - ext4 /dev/sda1 rw\n"
STATE = "32 31 8:1 /x /var/lib/psdiff-zbx {},relatime - ext4 /dev/sda1 rw\n"
CASES: Dict[str, Dict[str, str]] = {
    "NoNewPrivileges=": {"status": STATUS.format("000001ffffffffff", 1)},
    "CapabilityBoundingSet= without CAP_SETGID and CAP_SETUID": {
        "status": STATUS.format("0000000000000000", 0)
    },
    "CapabilityBoundingSet= without CAP_SETUID": {"status": STATUS.format("0000000000000040", 0)},
    "/var/lib/psdiff-zbx mounted read-only": {"mountinfo": FREE["mountinfo"] + VAR.format("ro")},
    "LimitFSIZE=4096": {
        "limits": FREE["limits"].replace(
            "size             unlimited", "size             4096     "
        )
    },
}


def told(proc: Path, **files: str) -> list[str]:
    (proc / "7").mkdir(exist_ok=True)
    for name, text in {**FREE, **files}.items():
        write(proc / "7" / name, text)
    agent = Installed("agentd", "", Configuration("", ()), "zabbix", "zabbix-agent", 7)
    return [found.text for found in check_limits(agent, proc)]


@pytest.mark.parametrize("what", CASES)
def test_a_limit_is_named(tmp_path: Path, what: str) -> None:
    text = f"accepting from the frontend cannot work: zabbix-agent has {what}"
    assert told(tmp_path, **CASES[what]) == [text]


def test_an_agent_without_limits_has_none(tmp_path: Path) -> None:
    assert told(tmp_path) == []
    assert (
        told(tmp_path, mountinfo=FREE["mountinfo"] + VAR.format("ro") + STATE.format("rw")) == []
    )


def test_an_agent_that_has_just_ended_says_nothing(tmp_path: Path) -> None:
    agent = Installed("agentd", "", Configuration("", ()), "zabbix", "zabbix-agent", 7)
    assert not [*check_limits(agent, tmp_path)]
    assert not [*check_limits(agent._replace(pid=None), tmp_path)]
