"""`push` to a stand-in of each release; real frontends of 6.0 and 7.0 are in tests/zabbix."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Iterator, List

import pytest

from psdiff_zbx.frontend.push import Extras, push
from psdiff_zbx.frontend.session import FrontendError, Login
from psdiff_zbx.template import NEWEST_CHECKED, Release, render
from tests.frontend import standin
from tests.frontend.standin import StandIn
from tests.frontend.standin_methods import ADMIN, TOKEN, Host
from tests.sampling import EACH

NAME = "psdiff by Zabbix agent"
RELEASES = [
    (Release(6, 0), "6.0"),
    (Release(6, 2), "6.0"),
    (Release(6, 4), "6.0"),
    (Release(7, 0), "7.0"),
    (Release(7, 2), "7.0"),
    (Release(7, 4), "7.0"),
    (Release(8, 0), "7.0"),
    (Release(8, 2), "7.0"),
    (Release(10, 0), "7.0"),
]


@pytest.fixture(params=RELEASES[::EACH], ids=lambda row: str(row[0]))
def frontend(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """A stand-in of each release, with two hosts."""
    with StandIn(request.param[0], [Host("web1", {}), Host("web2", {})]) as running:
        yield running


def pushed(frontend: StandIn, *hosts: str, active: bool = False, who: Login = ADMIN) -> List[str]:
    """What push says, without the line about a release that is too new."""
    said = push(frontend.url, who, active, hosts)
    return said[1:] if frontend.release > NEWEST_CHECKED else said


@pytest.mark.parametrize("active", [False, True])
def test_each_release_gets_its_file(frontend: StandIn, active: bool) -> None:
    name = f"{NAME} active" if active else NAME
    imported = f"Imported {name} for Zabbix {frontend.release}"
    assert pushed(frontend, active=active) == [imported]
    assert frontend.sources == [render(dict(RELEASES)[frontend.release], active)]


def test_a_second_time_nothing_changes(frontend: StandIn) -> None:
    pushed(frontend, "web1")
    again = pushed(frontend, "web1", "web2")
    assert again == [f"No changes to {NAME}", "No changes to web1", "Linked to web2"]
    assert len(frontend.sources) == 1


def test_what_somebody_changed_is_set_back(frontend: StandIn) -> None:
    pushed(frontend)
    (template,) = frontend.templates[NAME]["templates"]
    macro = template["macros"][0]
    macro["value"] = "7m"
    item = template["items"].pop()
    said = pushed(frontend)
    updated = f"Updated {NAME} for Zabbix {frontend.release}"
    assert sorted(said) == sorted([updated, f"~ macro {macro['macro']}", f"+ item {item['name']}"])
    assert pushed(frontend) == [f"No changes to {NAME}"]


@pytest.mark.parametrize("who", [ADMIN, TOKEN], ids=["password", "token"])
def test_the_secret_is_in_the_header_from_6_4_on(frontend: StandIn, who: Login) -> None:
    pushed(frontend, "web1", who=who)
    used = {each.secret for each in frontend.asked if each.method != "apiinfo.version"}
    assert used - {""} == {"Bearer" if frontend.release >= (6, 4) else "auth"}
    assert ("user.logout" in frontend.methods()) == (who is ADMIN)


def test_the_actions_are_added_once(frontend: StandIn) -> None:
    first = push(frontend.url, ADMIN, active=False, hosts=[], extras=Extras(actions=True))
    again = push(frontend.url, ADMIN, active=False, hosts=[], extras=Extras(actions=True))
    assert [line.split(" '")[0] for line in first[-2:]] == ["Added action"] * 2
    assert [line.split(" '")[0] for line in again[-2:]] == ["No changes to action"] * 2


@pytest.mark.parametrize("again", [False, True])
def test_a_dry_run_says_the_same_and_changes_nothing(frontend: StandIn, again: bool) -> None:
    if again:
        pushed(frontend, "web1")
    extras = Extras(actions=True)
    before = len(frontend.asked)
    dry = push(frontend.url, ADMIN, False, ["web1"], extras._replace(dry_run=True))
    asked = {each.method for each in frontend.asked[before:]}
    assert {method.rpartition(".")[2] for method in asked} == {
        *({"export"} if again else ()),
        *("get", "login", "logout", "version"),
    }
    assert push(frontend.url, ADMIN, False, ["web1"], extras) == dry


@pytest.mark.parametrize("release", [Release(8, 2), Release(10, 0)], ids=str)
def test_a_release_that_nobody_has_checked_is_named(release: Release) -> None:
    with StandIn(release) as frontend:
        said = push(frontend.url, ADMIN, active=False, hosts=[])
    newest = "8.0, the newest that the template was checked with"
    assert said == [
        f"Zabbix {release} is newer than {newest}; it gets the newest template",
        f"Imported {NAME} for Zabbix {release}",
    ]


@pytest.mark.parametrize("release", [Release(5, 0), Release(5, 4), Release(4, 4)], ids=str)
@pytest.mark.parametrize("who", [ADMIN, TOKEN], ids=["password", "token"])
def test_a_release_that_is_too_old_is_refused(release: Release, who: Login) -> None:
    with StandIn(release) as frontend:
        with pytest.raises(
            FrontendError, match=rf"^Zabbix {release} is too old: psdiff-zbx needs 6\.0 or later$"
        ):
            push(frontend.url, who, active=False, hosts=[])
        assert frontend.sources == []


@pytest.mark.parametrize("said", ["rolling", "", "{}"])
def test_what_tells_no_version_is_no_frontend(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(StandIn, "apiinfo_version", lambda *_: said)
    with StandIn(NEWEST_CHECKED) as frontend:
        with pytest.raises(FrontendError, match="is no Zabbix frontend: Invalid version"):
            push(frontend.url, ADMIN, active=False, hosts=[])
        assert frontend.methods() == ["apiinfo.version"]


def test_a_page_is_no_frontend(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a web server answers that knows nothing of the address, and does not say so."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"<!DOCTYPE html>\n<title>Welcome</title>")

    monkeypatch.setattr(standin._Handler, "do_POST", answer)
    with StandIn(NEWEST_CHECKED) as frontend:
        with pytest.raises(FrontendError) as raised:
            push(frontend.url, ADMIN, active=False, hosts=[])
        assert str(raised.value) == f"{frontend.url} is no Zabbix frontend: no JSON, but a page"
