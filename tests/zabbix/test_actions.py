"""`psdiff-zbx push --with-actions` against real frontends of 6.0 and 7.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from psdiff_zbx.agents.remote.commands import SHOW
from psdiff_zbx.agents.remote.rights import ACCEPT, START
from tests.zabbix import people
from tests.zabbix.packages import VERSIONS
from tests.zabbix.server import Server
from tests.zabbix.stack import create_host
from tests.zabbix.test_push import done, push, refused

pytestmark = pytest.mark.zabbix

NAMES = (
    "psdiff: accept as expected",
    "psdiff: show differences",
    "psdiff: start what is missing",
)
HOST_ACTION, ON_AGENT, SCRIPT = "2", "0", "0"
READ, WRITE = "2", "3"


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest, host: None) -> Iterator[Server]:
    """A server with one host, and users who may read or write it, `reader` and `writer`."""
    with Server(request.param) as running:
        create_host(running, "web1", 10050, "1m")
        groups = running.api.hostgroup.get(filter={"name": ["Linux servers"]})
        field = {"6.0": "rights", "7.0": "hostgroup_rights"}[running.version]
        for name, permission in (("reader", READ), ("writer", WRITE)):
            rights = {field: [{"id": groups[0]["groupid"], "permission": int(permission)}]}
            made = running.api.usergroup.create(name=name, **rights)
            people.create(running, name, people.USER, made["usrgrpids"][0])
        yield running


def actions(server: Server) -> list[dict[str, Any]]:
    """All of them, in the order of NAMES."""
    found = server.api.script.get(filter={"name": list(NAMES)}, sortfield="name")
    assert tuple(each["name"] for each in found) == NAMES
    return list(found)


def menu(server: Server, user: str) -> list[str]:
    """The names of our actions that a user finds in the host's menu."""
    with people.api_of(server, user) as api:
        (host,) = api.host.get(output=["hostid"], filter={"host": ["web1"]})
        ask, number = api.script.getscriptsbyhosts, host["hostid"]
        found = ask(number) if server.version == "6.0" else ask(hostid=number)
    return [each["name"] for each in found[number] if each["name"] in NAMES]


def test_adds_them_and_then_changes_nothing(server: Server) -> None:
    accept, show, start = NAMES
    assert done(push(server, "--with-actions"))[1:] == [
        f"Added action '{show}' for all who may read the host",
        f"Added action '{accept}' for all who may write the host",
        f"Added action '{start}' for all who may write the host",
    ]
    before = actions(server)
    assert done(push(server, "--with-actions"))[1:] == [
        f"No changes to action '{show}'",
        f"No changes to action '{accept}'",
        f"No changes to action '{start}'",
    ]
    assert actions(server) == before
    assert [each["command"] for each in before] == [ACCEPT.command, SHOW, START.command]
    fields = ("type", "scope", "execute_on", "menu_path")
    kinds = [tuple(each[field] for field in fields) for each in before]
    assert kinds == [(SCRIPT, HOST_ACTION, ON_AGENT, "psdiff")] * 3
    assert [bool(each["confirmation"]) for each in before] == [True, False, True]


def test_who_may_write_a_host_may_accept(server: Server) -> None:
    done(push(server, "--with-actions"))
    assert menu(server, "reader") == [NAMES[1]]
    assert menu(server, "writer") == list(NAMES)


def test_who_may_click_is_the_administrators_choice(server: Server) -> None:
    done(push(server, "--with-actions"))
    accept = actions(server)[0]
    chosen = {"usrgrpid": people.ADMINISTRATORS, "host_access": READ, "menu_path": "ours"}
    server.api.script.update(scriptid=accept["scriptid"], command="id", **chosen)
    found = done(push(server, "--with-actions"))
    assert found[1:] == [
        f"No changes to action '{NAMES[1]}'",
        f"Updated action '{NAMES[0]}'",
        f"No changes to action '{NAMES[2]}'",
    ]
    assert actions(server)[0] == {**accept, **chosen}


def test_without_actions_there_are_none(server: Server) -> None:
    ids = [each["scriptid"] for each in server.api.script.get(search={"name": "psdiff: "})]
    if ids:
        server.api.script.delete(*ids)
    done(push(server))
    assert server.api.script.get(search={"name": "psdiff: "}) == []


def test_without_permission_nothing_is_done(server: Server) -> None:
    """A user of type Admin may import templates, and may not add scripts."""
    people.create(server, "bob", people.ADMIN, people.GUESTS)
    words = ("--with-actions", "--active", "--user", "bob")
    assert "No permissions" in refused(push(server, *words, secret=people.PASSWORD))
    assert server.api.template.get(filter={"host": "psdiff by Zabbix agent active"}) == []
