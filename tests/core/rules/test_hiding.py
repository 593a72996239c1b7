"""Any user can call his processes what he likes: what that hides from the administrator."""

from __future__ import annotations

from typing import Set

import pytest

from psdiff_zbx.core.model import Process, Tree
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.tree import build
from tests.builders import INIT, SHIPPED, process
from tests.core.rules.test_shipped import ROWS, samples

SYSTEMD = INIT._replace(name="systemd", cgroup="/init.scope")
SLICE = "/user.slice/user-1000.slice"
PLACES = [
    (SYSTEMD, f"{SLICE}/session-5.scope"),
    (SYSTEMD, f"{SLICE}/user@1000.service/app.slice/run-u5.service"),
    (INIT, "/"),
]
LIVE = RECORDED._replace(is_live=True)
# The reasons of the rules by which a user can hide, for his own programs do leave such processes
# behind: his containers, his terminals, his keys.  The README says so.
CAN_HIDE = {
    "somebody's command in a container, or a check of its health",
    "one for each container (or pod) of docker, containerd and Kubernetes, above its processes",
    "one for each container of podman and CRI-O, above its processes",
    "a network's end of a container",
    "the file system of a rootless container",
    "holds the namespaces of a user's containers, or of a pod",
    "somebody's terminal sessions; in a unit of its own it is a daemon",
    "a login without sshd",
    "an editor's end on this host; it outlives its login for a while",
    "started by a login for what runs there",
    "the screen of a login; it outlives that for a while",
    "started by gpg on demand, for any user",
}

# A recording without control groups looks like a host without systemd, and may have managers.
WITHOUT_SYSTEMD = CAN_HIDE | {"a user's manager comes and goes with the user's logins"}


def shown(*found: Process) -> Tree:
    return apply(build(found), SHIPPED, LIVE)


def of_alice(pid: int, title: str, name: str, cgroup: str, ppid: int = 1) -> Process:
    found = process(pid, "x", ppid, user="alice", uid=1000, name=name, cgroup=cgroup)
    return found._replace(cmdline=(title,))


def hides(title: str, name: str, init: Process, cgroup: str) -> bool:
    """Whether what alice has left behind under this title, and what it starts, is not told."""
    stray = of_alice(50, title, name, cgroup)
    return not shown(init, stray, of_alice(51, "/opt/stray", "stray", cgroup, 50))[2:]


@pytest.mark.parametrize(("init", "cgroup"), PLACES)
def test_only_by_what_users_do_leave_behind(init: Process, cgroup: str) -> None:
    found: Set[str] = set()
    for row in ROWS:
        if "ignore" in row:
            name = row.get("name", "x")
            found |= {row["reason"] for title in samples(row) if hides(title, name, init, cgroup)}
    assert found - (CAN_HIDE if init is SYSTEMD else WITHOUT_SYSTEMD) == set()


@pytest.mark.parametrize(
    "title",
    ["SCREENx", "-tmuxx", "CRONy", "(sd-x", "sshd: x", "systemd -user", "sleep 5", "runc x"],
)
def test_not_by_a_name_that_is_nearly_one_or_somebody_elses(title: str) -> None:
    assert not any(hides(title, "x", *place) for place in PLACES)
