"""The committed templates through the frontend's own import dialog, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zabbix.browser import Browser
from tests.zabbix.packages import VERSIONS
from tests.zabbix.server import Server

pytestmark = pytest.mark.zabbix
TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module", params=VERSIONS)
def browser(request: pytest.FixtureRequest, host: None) -> Iterator[Browser]:
    with Server(request.param) as server, Browser(server) as started:
        yield started


@pytest.mark.parametrize("name", ["template_psdiff", "template_psdiff_active"])
def test_the_import_dialog_takes_the_file_and_then_finds_no_changes(
    browser: Browser, name: str
) -> None:
    path = TEMPLATES / browser.server.version / f"{name}.xml"
    assert browser.import_template(path) == "Imported successfully"
    wanted = "psdiff by Zabbix agent" + (" active" if "active" in name else "")
    (template,) = browser.server.api.template.get(filter={"host": wanted}, selectItems="count")
    assert int(template["items"]) > 10
    assert browser.import_template(path) in ("No changes.", "Imported successfully")
