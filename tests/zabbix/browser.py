"""Zabbix's frontend as a person uses it: its pages, the dialog to import templates, hosts' menus.

In: a running `Server`.  Out: PNG files, and what the frontend says.

    with Browser(server) as browser:
        browser.picture(PROBLEMS, Path("problems.png"))
        print(browser.import_template(Path("template.xml")))
"""

from __future__ import annotations

import time
from pathlib import Path

from tests.zabbix.browser_driver import BrowserError, Driver
from tests.zabbix.server import LOGIN, PASSWORD, Server
from tests.zabbix.server_daemon import PATIENCE

DASHBOARD = "zabbix.php?action=dashboard.view"
PROBLEMS = "zabbix.php?action=problem.view"
LATEST_DATA = "zabbix.php?action=latest.view"
TEMPLATES = {"6.0": "templates.php", "7.0": "zabbix.php?action=template.list"}
IMPORT = "#js-import, button[onclick*='popup.import']"
# The menu of a host, and in it that of our actions.
MENU = ("a[data-menu-popup*='\"host\"']", "a[aria-label='Scripts, psdiff']")
PROCEED = ".overlay-dialogue-footer button:not(.btn-alt)"
OUTPUT = "return document.querySelector('.overlay-dialogue textarea')?.value;"
QUIET_FOR = 1.0
QUIET = """
return document.readyState === 'complete' && !document.querySelector('.is-loading')
    && !window.jQuery?.active && [...document.images].every(image => image.complete);
"""
# The frontend's message, or the uppermost dialog that was not there before.
NEXT = """
const message = document.querySelector('.msg-good, .msg-bad');
const lines = [...message?.querySelectorAll(':scope > span, li') ?? []];
if (message) return {message: lines.map(line => line.textContent.trim()).join('\\n')};
const dialog = [...document.querySelectorAll('[data-dialogueid].overlay-dialogue')].pop();
if (!dialog || arguments[0].includes(dialog.dataset.dialogueid)) return null;
if (dialog.innerText.includes('No changes.')) return {message: 'No changes.'};
return {dialog: dialog.dataset.dialogueid};
"""


class Browser(Driver):
    """A browser that is logged in at the frontend of `server`.

    Addresses are those after the frontend's own, such as DASHBOARD.
    """

    def __init__(self, server: Server, folder: Path = Path("/var/tmp")) -> None:
        """Work in a new folder under `folder`, which user zabbix has to reach."""
        super().__init__(folder)
        self.server = server

    def __enter__(self) -> Browser:
        """Start, and log in."""
        super().__enter__()
        try:
            self._log_in()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def go(self, address: str) -> None:
        """Open a page, and wait until all of its parts are there."""
        self.open(f"{self.server.url}/{address}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing on the page has been loading for a moment."""
        deadline = time.monotonic() + PATIENCE
        since = time.monotonic()
        while time.monotonic() - since < QUIET_FOR:
            if not self.run(QUIET):
                since = time.monotonic()
            if since > deadline:
                raise BrowserError(f"{self.run('return location.href')} never stops loading")
            time.sleep(0.1)

    def picture(self, address: str, path: Path) -> None:
        """Open a page, and write it as PNG into `path`; see also `resize`."""
        self.go(address)
        self.screenshot(path)

    def import_template(self, file: Path) -> str:
        """Import `file` through the frontend's dialog, confirming all; what the frontend says.

        "Imported successfully", "No changes.", or its errors, one a line.
        """
        self.go(TEMPLATES[self.server.version])
        self.click(IMPORT)
        self.upload("#import_file", file)
        done: list[str] = []
        while True:
            step = self.wait_for(NEXT, done)
            if "message" in step:
                return str(step["message"])
            done.append(step["dialog"])
            self.click(f"[data-dialogueid='{done[-1]}'] {PROCEED}")

    def show_actions(self) -> None:
        """Open the menu of the one host that has a problem, and in it that of our actions."""
        self.go(PROBLEMS)
        for selector in MENU:
            self.click(selector)

    def run_action(self, name: str, asks: bool) -> str:
        """Choose an action there, and proceed if it `asks`; its output."""
        self.show_actions()
        self.click(f"a[aria-label='{name}']")
        if asks:
            self.click(PROCEED)
        return str(self.wait_for(OUTPUT))

    def _log_in(self) -> None:
        self.open(f"{self.server.url}/index.php")
        self.type("#name", LOGIN)
        self.type("#password", PASSWORD)
        self.click("#enter")
        self.wait_for("return document.querySelector('#sidebar-button-toggle')")
