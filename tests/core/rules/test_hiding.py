"""Any user can call his processes what he likes: what that hides from the administrator.

Titles are those that any shipped rule takes that leaves something out.  Places are where a user
can have a process: left behind, below his shell, in a unit of his own, as a job of his.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Set, Tuple

import pytest

from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import DAEMON, Process, Unit
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.facts import RECORDED, Facts
from psdiff_zbx.core.tree import build
from tests.builders import INIT, SHIPPED, bare, process
from tests.core.rules.test_shipped import ROWS, samples
from tests.files import TOP

ALICE: Dict[str, Any] = {"user": "alice", "uid": 1000}
SLICE = "/user.slice/user-1000.slice"
SCOPE, MANAGERS = f"{SLICE}/session-5.scope", f"{SLICE}/user@1000.service"
SERVICE = f"{MANAGERS}/app.slice/run-u5.service"
SYSTEMD = INIT._replace(name="systemd", cgroup="/init.scope")
MANAGER = process(40, "/lib/systemd/systemd --user", cgroup=f"{MANAGERS}/init.scope", **ALICE)
SHELL = process(40, "/bin/bash /home/alice/x", cgroup=SCOPE, **ALICE)
LIVE = RECORDED._replace(is_live=True)


class Place(NamedTuple):
    """What is above a process in it, and its cgroup."""

    above: Tuple[Process, ...]
    cgroup: str

    @property
    def parent(self) -> int:
        return self.above[-1].pid


BELOW_HIS_SHELL = Place((SYSTEMD, SHELL), SCOPE)
PLACES = {
    "left behind by a login": Place((SYSTEMD,), SCOPE),
    "left behind in a unit of his own": Place((SYSTEMD,), SERVICE),
    "left behind in a scope of his own": Place((SYSTEMD,), f"{MANAGERS}/app.slice/run-u5.scope"),
    "beside his manager": Place((MANAGER, SYSTEMD), f"{MANAGERS}/init.scope"),
    "a unit of a user who lingers": Place((SYSTEMD, MANAGER), SERVICE),
    "a child of his shell": BELOW_HIS_SHELL,
    "left behind by a job": Place((SYSTEMD,), "/system.slice/cron.service"),
    "left behind where PAM knows no systemd": Place((SYSTEMD,), "/system.slice/ssh.service"),
    "left behind where there is no systemd": Place((INIT,), "/"),
}
# The reasons of the rules by which a user can hide, for nothing tells his own programs, which do
# stay behind, from what only looks so.  The README of the rules says so.
CAN_HIDE = {
    "one for each container of podman and CRI-O, above its processes": "conmon",
    "an editor's end on this host; it outlives its login for a while": "editor's server",
    "started by a login, which it outlives: few log in without leaving one behind": "ssh-agent",
}
# Only where something is above it that is told.
HIDES_BELOW = {"a short pause of what has started it; that counts": "sleep"}


def titles() -> Iterator[Tuple[str, str, str]]:
    """The reason of each rule that leaves something out, a title that it takes, and a comm."""
    for row in ROWS:
        if "ignore" in row or "optional" in row:
            for title in (*samples(row), *_texts(row, "match"), *_texts(row, "program")):
                for name in _texts(row, "name") or [title.split(" ")[0].rpartition("/")[2][:15]]:
                    yield row["reason"], title.strip(), name


def _texts(row: Dict[str, Any], key: str) -> List[str]:
    found = row.get(key, [])
    return found if isinstance(found, list) else [found]


TITLES = list(titles())


def of_alice(pid: int, title: str, name: str, place: Place, ppid: int) -> Process:
    unit = Unit("run-u5.service", DAEMON) if place.cgroup == SERVICE else None
    found = process(pid, "x", ppid, name=name, cgroup=place.cgroup, unit=unit, **ALICE)
    return found._replace(cmdline=(title,), started=2000.0)


def told(place: Place, *found: Process, facts: Facts = LIVE) -> Set[int]:
    """The pids of those that are extra, if nothing is expected but what is above."""
    expected = bare(apply(build(place.above), SHIPPED, facts))
    extra = compare(expected, apply(build((*place.above, *found)), SHIPPED, facts)).extra
    return {each.pid for line in extra for each in line.processes}


def hides(title: str, name: str, place: Place, facts: Facts) -> bool:
    """Whether what alice runs under this title is not told."""
    return not told(place, of_alice(50, title, name, place, place.parent), facts=facts)


@pytest.mark.parametrize("facts", [LIVE, RECORDED], ids=["live", "recorded"])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_no_title_hides_but_those_of_the_limits(place: Place, facts: Facts) -> None:
    hiding = {(why, title) for why, title, name in TITLES if hides(title, name, place, facts)}
    limits = {**CAN_HIDE, **HIDES_BELOW} if place == BELOW_HIS_SHELL else CAN_HIDE
    assert {why for why, _ in hiding} <= set(limits)


def test_these_are_few_of_many() -> None:
    assert len(TITLES) > 200
    assert len({**CAN_HIDE, **HIDES_BELOW}) <= 5


def test_each_title_that_hides_is_in_the_list_of_limits() -> None:
    place = PLACES["left behind by a login"]
    assert {why for why, title, name in TITLES if hides(title, name, place, LIVE)} == set(CAN_HIDE)
    readme = (TOP / "psdiff_zbx/core/rules/README.md").read_text(encoding="utf-8")
    limits = readme.partition("### What a user can hide")[2].partition("\n## ")[0]
    for word in (*CAN_HIDE.values(), *HIDES_BELOW.values()):
        assert f"| {word} |" in limits.replace("`", "")


def test_a_pause_hides_itself_below_what_is_told_and_nothing_that_it_starts() -> None:
    place = BELOW_HIS_SHELL
    stray = of_alice(50, "sleep 5", "sleep", place, place.parent)
    assert told(place, stray) == set()
    assert told(place, stray, of_alice(51, "/opt/x", "x", place, 50)) == {51}
    assert told(PLACES["left behind by a login"], stray._replace(ppid=1)) == {50}


@pytest.mark.parametrize(
    "title",
    ["SCREENx", "-tmuxx", "CRONy", "(sd-x", "sshd: x", "systemd -user", "sleep 5", "runc x"],
)
def test_not_by_a_name_that_is_nearly_one_or_somebody_elses(title: str) -> None:
    places = [each for each in PLACES.values() if each != BELOW_HIS_SHELL]
    assert not any(hides(title, "x", each, LIVE) for each in places)


# --- What is left out, for something vouches for it ---

LOGIN = process(40, "sshd: alice [priv]", 30, name="sshd", cgroup=SCOPE)
SSHD = process(30, "/usr/sbin/sshd -D", cgroup="/system.slice/ssh.service")


def below(above: Tuple[Process, ...], cmdline: str, ppid: int = 1) -> Set[int]:
    """Those that are told of a process of alice's with this command line, and what it starts."""
    found = process(50, cmdline, ppid, cgroup=SCOPE, **ALICE)
    return told(Place(above, SCOPE), found, process(51, "/opt/x", 50, cgroup=SCOPE, **ALICE))


@pytest.mark.parametrize("cmdline", ["gpg-agent --daemon", "dbus-daemon --session", "Xvnc :1"])
def test_what_a_login_has_started_for_as_long_as_there_is_one(cmdline: str) -> None:
    assert below((SYSTEMD, SSHD, LOGIN), cmdline) == set()
    orphaned = LOGIN._replace(ppid=1, cmdline=("sshd: alice [priv]",))
    assert below((SYSTEMD, orphaned), cmdline) == set(), "sshd was restarted"
    assert below((SYSTEMD, SSHD), cmdline) == {50, 51}
    left = process(40, "sudo -u app x", name="sudo", cgroup=SCOPE)
    assert below((SYSTEMD, left), cmdline) == {50, 51}
    bobs = LOGIN._replace(cgroup="/user.slice/user-1001.slice/session-6.scope")
    assert below((SYSTEMD, SSHD, bobs), cmdline) == {50, 51}


@pytest.mark.parametrize("cmdline", ["SCREEN -S work", "-tmux", "mosh-server new -s"])
def test_what_holds_terminals(cmdline: str) -> None:
    place = Place((SYSTEMD,), SCOPE)
    found = process(50, cmdline, cgroup=SCOPE, **ALICE)
    shell = process(51, "-bash", 50, cgroup=SCOPE, **ALICE)
    assert told(place, found, shell) == {50, 51}
    assert told(place, found, shell._replace(tty=34816)) == set()


@pytest.mark.parametrize("cmdline", ["/usr/bin/pasta --config-net", "catatonit -P"])
def test_what_a_container_needs_where_its_user_runs_one(cmdline: str) -> None:
    conmon = process(40, "/usr/bin/conmon -b /x -p /y", cgroup=SCOPE, **ALICE)
    assert below((SYSTEMD, conmon), cmdline) == set()
    assert below((SYSTEMD, conmon._replace(user="bob")), cmdline) == {50, 51}


def test_what_its_own_program_or_roots_has_started() -> None:
    master = process(40, "nginx: master", name="nginx", cgroup=SCOPE, **ALICE)
    leaving = "nginx: worker process is shutting down"
    assert below((SYSTEMD, master), leaving, 40) == set()
    assert below((SYSTEMD, SHELL), leaving, 40) == {50, 51}
    assert below((SYSTEMD, LOGIN._replace(ppid=1)), "sshd: alice@pts/0", 40) == set()


def test_one_manager_for_each_user_the_one_that_systemd_has_started() -> None:
    place = Place((SYSTEMD,), f"{MANAGERS}/init.scope")
    false = MANAGER._replace(pid=50, started=2000.0)
    assert told(place, MANAGER) == set()
    assert told(place, MANAGER, false) == {50}
    assert told(place, MANAGER._replace(uid=1001)) == {40}
