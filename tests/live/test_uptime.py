"""Since when a host or a container is up."""

from __future__ import annotations

import json
import time

import pytest

from tests.live.program import Program, sh

# pid 1 of a new pid namespace waits, then looks; $1… psdiff-zbx
CONTAINER = 'sleep 1; "$@"; : is pid 1 to the end'


def _age_of_pid_1() -> float:
    """How long pid 1 has been running, by the kernel's own words."""
    with open("/proc/1/stat", "rb") as file:
        started = int(file.read().rpartition(b")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / 100


def test_the_document_tells_it(lonely: Program) -> None:
    lonely.write()
    before = _age_of_pid_1()
    found = lonely.run("get").ok().json()
    assert int(before) <= found["uptime"] <= _age_of_pid_1()
    assert abs(found["boot"] + found["uptime"] - time.time()) < 5
    assert found["paused"] == 0


@pytest.mark.usefixtures("namespaces")
def test_in_a_container_it_is_that_of_the_container(lonely: Program) -> None:
    lonely.write()
    inside = ("unshare", "--pid", "--fork", "--mount-proc", "sh", "-uc", CONTAINER, "sh")
    done = sh('exec "$@"', *inside, *lonely.words("get"), env=lonely.environment({}))
    found = json.loads(done.out)
    assert found["error"] == ""
    assert 1 <= found["uptime"] < 60
