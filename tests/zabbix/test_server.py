"""The server we test against is a whole one: API, values in, values out, frontend."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.zabbix import packages
from tests.zabbix.browser import DASHBOARD, Browser
from tests.zabbix.server import Server

pytestmark = pytest.mark.zabbix

PATIENCE = 30.0
NAME, KEY, VALUE = "trapped", "some.key", "é😀\nsecond line"
PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module", params=packages.VERSIONS)
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Server]:
    """A server of each version in turn."""
    try:
        with Server(request.param, folder) as running:
            yield running
    except packages.PackagesError as error:
        pytest.fail(str(error), pytrace=False)


def test_the_api_is_the_one_we_mean(server: Server) -> None:
    assert server.api.api_version().startswith(f"{server.version}.")
    assert server.api.user.get(output=["username"], filter={"username": "Admin"})


def test_nobody_is_asked_unless_told(server: Server) -> None:
    assert server.api.host.get(filter={"status": 0}) == []


def test_a_value_goes_round(server: Server) -> None:
    item = _trapper(server.api)
    _until(lambda: "failed: 0" in _send(server))
    _until(lambda: _last(server.api, item) == VALUE)


def test_the_frontend(server: Server, folder: Path) -> None:
    picture = folder / "dashboard.png"
    with Browser(server, folder) as browser:
        browser.picture(DASHBOARD, picture)
        assert browser.run("return document.querySelectorAll('.msg-bad').length") == 0
        assert browser.run("return document.title").endswith("Dashboard")
    assert picture.read_bytes().startswith(PNG)


def test_it_goes_without_a_trace_even_after_a_failure(folder: Path) -> None:
    server = Server(packages.VERSIONS[0], folder)
    with pytest.raises(ZeroDivisionError):
        _fail_within(server)
    assert not server.folder.exists()
    assert not _processes(server)


def _fail_within(server: Server) -> None:
    with server:
        assert _processes(server)
        raise ZeroDivisionError


def _processes(server: Server) -> list[str]:
    """The processes that know the server's folder."""
    done = subprocess.run(
        ["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if str(server.folder) in line]


def _trapper(api: Any) -> str:
    """The id of a new trapper item on a new host."""
    group = api.hostgroup.get(output=["groupid"], limit=1)[0]
    (host,) = api.host.create(host=NAME, groups=[group])["hostids"]
    item = {"name": KEY, "key_": KEY, "hostid": host, "type": 2, "value_type": 4}
    return str(api.item.create(**item)["itemids"][0])


def _send(server: Server) -> str:
    data = [{"host": NAME, "key": KEY, "value": VALUE}]
    return str(server.ask({"request": "sender data", "data": data})["info"])


def _last(api: Any, item: str) -> str:
    return str(api.item.get(itemids=item, output=["lastvalue"])[0]["lastvalue"])


def _until(done: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.2)
