"""`psdiff-zbx fleet` against real frontends: hundreds of hosts in 7.0, twenty in 6.0."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from psdiff_zbx.frontend import fleet
from psdiff_zbx.frontend.push import Extras, push
from psdiff_zbx.frontend.session import Login
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.fleet_hosts import (
    CRON,
    NETCAT,
    NO_BASELINE,
    NO_KEY,
    UNIT,
    WRITTEN,
    Hosts,
    Sent,
    counted,
    document,
    failure,
)
from tests.zabbix.packages import VERSIONS
from tests.zabbix.server import LOGIN, PASSWORD, Server

pytestmark = pytest.mark.zabbix
NUMBER = {"6.0": 20, "7.0": 300}
OTHER_PASSWORD = "Zq9!kkkkkw"
MANY_CALLS = 16  # however many hosts there are
MANY_SECONDS = 20.0  # it is about one
HOUR, DAY = 3600, 86_400
MACRO = "{$PSDIFF.NODATA}"
LATE = ("patient", "theirs")

WITHOUT_CRON = document(missing=f"-     {CRON}")
STATES = {
    "silent": ("silent", Sent(document(), ago=HOUR)),
    "silent-for-days": ("silent", Sent(document(), ago=3 * DAY)),
    "patient": ("ok", Sent(document(), ago=HOUR)),
    "error": ("error", Sent(failure(NO_BASELINE))),
    "no-program": ("error", Sent("sh: 1: psdiff-zbx: not found")),
    "no-key": ("error", Sent(NO_KEY, is_error=True)),
    "long": ("differs", Sent(document(extra=f"+ {NETCAT}\n… and 7 more"))),
    "new": ("new", Sent(None)),
    "disabled": ("disabled", Sent(None)),
}
OWN_TEMPLATE = {"theirs": ("ok", Sent(document(), ago=HOUR))}


class Site(NamedTuple):
    """A server and the state in which each host has to be."""

    server: Server
    states: dict[str, str]


@pytest.fixture(scope="module", params=VERSIONS)
def empty(request: pytest.FixtureRequest, host: None) -> Iterator[Server]:
    """A server which has never heard of us."""
    with Server(request.param) as running:
        yield running


@pytest.fixture(scope="module")
def site(empty: Server) -> Site:
    """The same with all its hosts; every fifth of those that are named by number lacks cron."""
    hosts = Hosts(empty)
    template = hosts.import_template()
    assert "no host with the template, or no permission" in refused(run(empty))
    others = _others(NUMBER[empty.version] - len(STATES) - len(OWN_TEMPLATE))
    hosts.create([*STATES, *others], template)
    patient = [{"macro": MACRO, "value": "2h"}]
    hosts.create([*OWN_TEMPLATE], hosts.including(template, macros=patient))
    hosts.change("patient", macros=patient)
    hosts.change("disabled", status=1)
    wanted = {**STATES, **OWN_TEMPLATE, **others}
    made = Site(empty, {name: state for name, (state, _) in wanted.items()})
    eventually(lambda: _fill(made, hosts, {name: sent for name, (_, sent) in wanted.items()}))
    return made


def _fill(site: Site, hosts: Hosts, values: dict[str, Sent]) -> None:
    """A value that comes while the server is still reading of its item is taken, and may still
    reach none of those that depend on it."""
    hosts.send(values)
    eventually(lambda: _is_filled(site), patience=10)


def _others(number: int) -> dict[str, tuple[str, Sent]]:
    kinds = [("differs", Sent(WITHOUT_CRON)), *[("ok", Sent(document()))] * 4]
    return {f"web{each:03}": kinds[each % len(kinds)] for each in range(number)}


def _is_filled(site: Site) -> None:
    found = fleet.read_fleet(site.server.url, Login(user=LOGIN, password=PASSWORD), time.time())
    assert {host.host: host.state for host in found.hosts} == site.states
    # Discovery makes the items whose tags name the units, and takes its time.
    assert all(host.missing.units for host in found.hosts if host.missing.lines)


def run(
    server: Server, *words: str, user: str = LOGIN, secret: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "psdiff_zbx", "fleet", "--url", server.url, "--user", user)
    return subprocess.run(
        (*command, *words), input=f"{secret}\n", capture_output=True, text=True, check=False
    )


def refused(found: subprocess.CompletedProcess[str]) -> str:
    """The one line of an error."""
    assert (found.returncode, found.stdout) == (3, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("psdiff-zbx: error: ")
    return line


def test_without_a_template_it_says_how_to_import_it(empty: Server) -> None:
    line = refused(run(empty))
    assert line.endswith(
        "no template 'psdiff by Zabbix agent', or no permission to see it; 'push' imports it"
    )


def test_a_wrong_password_is_not_shown(empty: Server) -> None:
    line = refused(run(empty, secret="hunter2"))
    assert "Incorrect user name or password" in line
    assert "hunter2" not in line


def test_every_host_is_in_the_table(site: Site) -> None:
    found = run(site.server)
    assert (found.returncode, found.stderr) == (1, "")
    head, *rows = found.stdout.split("\n\n")[0].splitlines()
    assert head.split() == ["HOST", "STATE", "MISSING", "EXTRA", "BASELINE", "LAST", "ERROR"]
    assert {row.split()[0]: row.split()[1] for row in rows} == site.states
    (no_key,) = (row for row in rows if row.startswith("no-key "))
    assert no_key.endswith(f"  {NO_KEY}")


def test_the_same_line_on_many_hosts_is_said_once(site: Site) -> None:
    _, shared, summary = run(site.server).stdout.split("\n\n")
    same = [name for name, state in site.states.items() if (name[:3], state) == ("web", "differs")]
    lines = shared.splitlines()
    at = lines.index(f"missing on {len(same)} hosts: - {CRON}  ({UNIT})")
    assert lines[at + 1] == f"  {', '.join(same)}"
    assert f"extra on long: + {NETCAT}" in lines
    assert "extra on long: … and 7 more" in lines
    assert f"cannot tell on error: {NO_BASELINE}" in lines
    assert f"{len(same) + 1} differ, 3 cannot tell, 2 silent" in summary


def test_the_document(site: Site) -> None:
    found = run(site.server, "--json")
    assert (found.returncode, found.stderr) == (1, "")
    document = json.loads(found.stdout)
    hosts: dict[str, Any] = {host["host"]: host for host in document["hosts"]}
    without = hosts["web000"]
    assert without["missing"] == {"count": 1, "lines": [CRON], "units": {CRON: UNIT}}
    assert without["extra"] == {"count": 0, "lines": []}
    assert without["baseline"] == {"written": WRITTEN}
    assert abs(without["last"] - document["time"]) < 10 * 60
    assert hosts["long"]["extra"] == {"count": 2, "lines": [NETCAT]}
    assert hosts["new"]["last"] is None
    assert hosts["no-key"]["last"] is None
    for name, ago in (("silent", HOUR), ("silent-for-days", 3 * DAY)):
        assert 0 <= document["time"] - ago - hosts[name]["last"] < 10 * 60
    assert document["extra"] == [{"line": NETCAT, "hosts": ["long"]}]
    assert document["missing"][0]["hosts"][:2] == ["web000", "web005"]


def test_it_is_quick_and_asks_little(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "pyzabbix.api")
    before = time.monotonic()
    _is_filled(site)
    took = time.monotonic() - before
    calls = [record for record in caplog.messages if record.startswith("Sending")]
    assert len(calls) <= MANY_CALLS
    assert took < MANY_SECONDS


def test_the_dashboard_counts_the_same_hosts(site: Site) -> None:
    login = Login(user=LOGIN, password=PASSWORD)
    push(site.server.url, login, active=True, hosts=[], extras=Extras(dashboard=True))
    eventually(lambda: _is_counted(site))


def _is_counted(site: Site) -> None:
    """The dashboard knows five minutes of patience, and no host that sends no document."""
    late = [name for name, state in site.states.items() if state == "ok" and name in LATE]
    states = Counter(site.states.values())
    wanted = {
        "Hosts that are right": states["ok"] - len(late),
        "Hosts that differ": states["differs"],
        "Hosts that cannot tell": states["error"] - 1,
        "Hosts that are silent": states["silent"] + states["new"] + len(late) + 1,
        "Hosts": len(site.states) - states["disabled"],
    }
    found = counted(site.server.api)
    assert {name: found[name] for name in wanted} == {
        name: str(number) for name, number in wanted.items()
    }


def test_who_may_only_read_hosts_sees_them(site: Site) -> None:
    api = site.server.api
    (group,) = api.hostgroup.get(filter={"name": ["Linux servers"]}, output=["groupid"])
    field = {"6.0": "rights", "7.0": "hostgroup_rights"}[site.server.version]
    _add_user(api, "reader", **{field: [{"id": group["groupid"], "permission": 2}]})
    found = run(site.server, "--json", user="reader", secret=OTHER_PASSWORD)
    hosts = {host["host"]: host["state"] for host in json.loads(found.stdout)["hosts"]}
    # The macro of a template is nothing that this user may see.
    assert hosts == {**site.states, "theirs": "silent"}


def test_who_may_see_no_host_is_told_so(site: Site) -> None:
    _add_user(site.server.api, "stranger")
    line = refused(run(site.server, user="stranger", secret=OTHER_PASSWORD))
    assert "no permission to see it" in line


def _add_user(api: Any, name: str, **rights: Any) -> None:
    role = next(each["roleid"] for each in api.role.get() if each["type"] == "1")
    group = api.usergroup.create(name=name, **rights)["usrgrpids"][0]
    api.user.create(
        username=name, passwd=OTHER_PASSWORD, roleid=role, usrgrps=[{"usrgrpid": group}]
    )


def test_nobody_answers() -> None:
    command = (sys.executable, "-m", "psdiff_zbx", "fleet", "--url", "http://127.0.0.1:1")
    found = subprocess.run(
        (*command, "--user", LOGIN), input="\n", capture_output=True, text=True, check=False
    )
    assert "http://127.0.0.1:1: no connection (" in refused(found)
