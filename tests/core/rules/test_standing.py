"""What a process' place in the tree makes of it."""

from __future__ import annotations

from typing import Any, List, Optional

import pytest

from psdiff_zbx.core.model import SESSION, WORKER, Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.standing import standing
from psdiff_zbx.core.tree import build
from tests.builders import INIT, outline, process, rules

SCOPE = "/user.slice/user-1000.slice/session-2.scope"
SERVICE = "/system.slice/gdm.service"


def child(**fields: Any) -> Process:
    return process(20, "/usr/bin/app", 10, **fields)


def parent(name: str = "app", **fields: Any) -> Process:
    return process(10, "/usr/bin/app", 1, **{"name": name, "cgroup": SERVICE, **fields})


FORKED = {
    "runs-its-parents-program": (child(forked=True), parent(), WORKER),
    "has-called-exec": (child(forked=False), parent(), ""),
    "has-put-itself-into-the-background": (process(20, "/usr/bin/app", 1, forked=True), INIT, ""),
    "below-a-users-manager": (child(forked=True), parent("systemd"), ""),
    "below-a-containers-shim": (child(forked=True), parent("containerd-shim"), ""),
    "below-the-root": (child(forked=True), None, ""),
}


@pytest.mark.parametrize(("one", "above", "expected"), FORKED.values(), ids=FORKED)
def test_who_forked_and_never_called_exec_is_a_worker(
    one: Process, above: Optional[Process], expected: str
) -> None:
    assert standing(one, above, "", has_systemd=True) == expected


SCOPED = {
    "the-topmost": (child(cgroup=SCOPE), parent(), SESSION),
    "the-topmost-that-only-forked": (child(cgroup=SCOPE, forked=True), parent(), SESSION),
    "who-has-lost-its-parent": (process(20, "nohup", 1, cgroup=SCOPE), INIT, ""),
    "below-who-has-lost-it": (child(cgroup=SCOPE), parent(cgroup=SCOPE), ""),
    "su-of-an-init-script": (child(cgroup=SCOPE, name="su"), parent(), ""),
    "a-service": (child(cgroup=SERVICE), parent(), ""),
    "session-in-a-name": (child(cgroup="/system.slice/session-2.service"), parent(), ""),
}


@pytest.mark.parametrize(("one", "above", "expected"), SCOPED.values(), ids=SCOPED)
def test_a_login_is_the_topmost_of_its_scope(
    one: Process, above: Optional[Process], expected: str
) -> None:
    assert standing(one, above, "", has_systemd=True) == expected


CORE = process(5, "Passenger core", cgroup="/system.slice/p.service")
APP = process(9, "Passenger RubyApp: /srv/shop", cgroup="/system.slice/p.service", forked=True)
LED = {
    "its-program-runs-on-in-its-unit": ([CORE, APP], 1),
    "it-is-the-daemon-itself": ([APP], 0),
    "another-program": ([process(5, "x", cgroup=APP.cgroup), APP], 0),
    "another-unit": ([CORE._replace(cgroup="/system.slice/q.service"), APP], 0),
    "both-only-forked": ([CORE._replace(forked=True), APP], 0),
    "no-unit": ([CORE._replace(cgroup="/"), APP._replace(cgroup="/")], 0),
}


@pytest.mark.parametrize(("live", "ignored"), LED.values(), ids=LED)
def test_who_has_lost_its_parent_may_still_be_a_worker(live: List[Process], ignored: int) -> None:
    rows = rules({"kind": "worker", "ignore": "self"})
    assert len(outline(apply(build([INIT, *live]), rows))) == 1 + len(live) - ignored


def test_what_is_below_a_session_belongs_to_it() -> None:
    assert standing(child(cgroup=SERVICE), parent(), SESSION, has_systemd=True) == SESSION
    assert standing(child(cgroup=SERVICE), parent(), WORKER, has_systemd=True) == ""


TERMINALS = {
    "the-topmost-of-a-terminal": (child(tty=34816), parent(), SESSION),
    "within-it": (child(tty=34816), parent(tty=34816), ""),
    "docker-exec": (process(20, "sh", 0, tty=34816), None, SESSION),
    "getty": (process(20, "getty", 1, tty=1025), INIT, ""),
    "init-itself": (process(1, "sh", 0, tty=34816), None, ""),
    "no-terminal": (child(), parent(), ""),
}


@pytest.mark.parametrize(("one", "above", "expected"), TERMINALS.values(), ids=TERMINALS)
def test_without_systemd_a_terminal_tells_a_session(
    one: Process, above: Optional[Process], expected: str
) -> None:
    assert standing(one, above, "", has_systemd=False) == expected
    assert standing(one, above, "", has_systemd=True) == ""
