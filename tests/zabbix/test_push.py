"""`psdiff-zbx push` against real frontends of 6.0 and 7.0."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zabbix.packages import VERSIONS
from tests.zabbix.server import LOGIN, PASSWORD, Server

pytestmark = pytest.mark.zabbix
TEMPLATE = "psdiff by Zabbix agent"
OTHER_PASSWORD = "Zq9!kkkkkw"


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest, host: None) -> Iterator[Server]:
    """A server with two hosts that have an agent, and one that has none."""
    with Server(request.param) as running:
        (group,) = running.api.hostgroup.get(filter={"name": ["Linux servers"]})
        agent = {"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "", "port": "10050"}
        for name, interfaces in (("web1", [agent]), ("web2", [agent]), ("bare", [])):
            running.api.host.create(
                host=name, groups=[{"groupid": group["groupid"]}], interfaces=interfaces
            )
        yield running


def push(
    server: Server, *words: str, secret: str = PASSWORD, url: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run it as user Admin, unless the words name somebody else."""
    who = () if "--token-file" in words or "--user" in words else ("--user", LOGIN)
    command = (sys.executable, "-m", "psdiff_zbx", "push", "--url", url or server.url, *who)
    return subprocess.run(
        (*command, *words), input=f"{secret}\n", capture_output=True, text=True, check=False
    )


def done(found: subprocess.CompletedProcess[str]) -> list[str]:
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout.splitlines()


def refused(found: subprocess.CompletedProcess[str]) -> str:
    """The one line of an error."""
    assert (found.returncode, found.stdout) == (3, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("psdiff-zbx: error: ")
    return line


def test_imports_links_and_then_changes_nothing(server: Server) -> None:
    imported = f"Imported {TEMPLATE} for Zabbix {server.version}"
    assert done(push(server)) == [imported]
    assert done(push(server)) == [f"No changes to {TEMPLATE}"]
    linked = done(push(server, "--link", "web1"))
    assert linked == [f"No changes to {TEMPLATE}", "Linked to web1"]
    again = done(push(server, "--link", "web1", "web2"))
    assert again == [f"No changes to {TEMPLATE}", "No changes to web1", "Linked to web2"]
    (template,) = server.api.template.get(filter={"host": TEMPLATE}, selectHosts=["host"])
    assert sorted(host["host"] for host in template["hosts"]) == ["web1", "web2"]


def test_says_what_it_mends(server: Server) -> None:
    done(push(server, "--active"))
    name = f"{TEMPLATE} active"
    (template,) = server.api.template.get(filter={"host": name}, selectMacros="extend")
    macro = next(each for each in template["macros"] if each["macro"] == "{$PSDIFF.INTERVAL}")
    server.api.usermacro.update(hostmacroid=macro["hostmacroid"], value="7m")
    found = done(push(server, "--active"))
    assert found == [f"Updated {name} for Zabbix {server.version}", "~ macro {$PSDIFF.INTERVAL}"]


def test_the_dashboard_is_left_alone_once_somebody_has_edited_it(server: Server) -> None:
    added = done(push(server, "--dashboard"))[1:]
    assert added == [
        "Added host 'psdiff-fleet', which counts all the others",
        "Added dashboard 'psdiff: fleet'",
    ]
    same = ["No changes to host 'psdiff-fleet'", "No changes to dashboard 'psdiff: fleet'"]
    assert done(push(server, "--dashboard"))[1:] == same
    fleet = {"filter": {"name": "psdiff: fleet"}, "selectPages": "extend"}
    (before,) = server.api.dashboard.get(**fleet)
    server.api.dashboard.update(dashboardid=before["dashboardid"], pages=[{"name": "ours"}])
    left = "Dashboard 'psdiff: fleet' was edited: left alone; --overwrite replaces it"
    assert done(push(server, "--dashboard"))[1:] == [same[0], left]
    updated = [same[0], "Updated dashboard 'psdiff: fleet'"]
    assert done(push(server, "--overwrite"))[1:] == updated
    assert done(push(server, "--dashboard"))[1:] == same
    (after,) = server.api.dashboard.get(**fleet)
    assert [len(page["widgets"]) for page in after["pages"]] == [
        len(page["widgets"]) for page in before["pages"]
    ]


def test_a_token_needs_no_password(server: Server, tmp_path: Path) -> None:
    (admin,) = server.api.user.get(filter={"username": LOGIN})
    made = server.api.token.create(name="push", userid=admin["userid"])["tokenids"][0]
    file = tmp_path / "token"
    file.write_text(server.api.token.generate(made)[0]["token"] + "\n")
    assert len(done(push(server, "--token-file", str(file)))) == 1
    file.write_text("0" * 64)
    assert "Not authorized" in refused(push(server, "--token-file", str(file)))
    assert "No such file" in refused(push(server, "--token-file", str(tmp_path / "none")))


def test_a_wrong_password_is_not_shown(server: Server) -> None:
    line = refused(push(server, secret="hunter2"))
    assert "Incorrect user name or password" in line
    assert "hunter2" not in line


def test_without_all_hosts_nothing_is_done(server: Server) -> None:
    server.api.template.delete(*_ids(server, f"{TEMPLATE} active"))
    assert "no host nope" in refused(push(server, "--active", "--link", "web1", "nope"))
    assert _ids(server, f"{TEMPLATE} active") == []
    assert "host bare has no agent interface" in refused(push(server, "--link", "bare"))
    assert done(push(server, "--active", "--link", "bare"))[-1] == "Linked to bare"


def _ids(server: Server, name: str) -> list[str]:
    return [each["templateid"] for each in server.api.template.get(filter={"host": name})]


def test_without_permission_nothing_is_done(server: Server) -> None:
    role = next(each["roleid"] for each in server.api.role.get() if each["type"] == "1")
    server.api.user.create(
        username="bob", passwd=OTHER_PASSWORD, roleid=role, usrgrps=[{"usrgrpid": "8"}]
    )
    line = refused(push(server, "--user", "bob", secret=OTHER_PASSWORD))
    assert "No permissions" in line


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (
            "http://127.0.0.1:1",
            "no connection (",
        ),
        # Which of the two it answers, an error or its own page, is PHP's choice.
        ("{url}/nope", "is no Zabbix frontend: "),
        ("127.0.0.1", "is no Zabbix frontend: Invalid URL"),
        ("https{rest}", "no secure connection ("),
    ],
    ids=["no-route", "no-frontend", "no-scheme", "no-tls"],
)
def test_a_wrong_address_is_named(server: Server, url: str, text: str) -> None:
    address = url.format(url=server.url, rest=server.url[len("http") :])
    line = refused(push(server, url=address))
    assert address in line
    assert text in line
