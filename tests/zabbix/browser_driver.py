"""A headless Chromium, driven over the W3C WebDriver protocol.

In: addresses, CSS selectors, scripts.  Out: what scripts return, and pictures.
Chromium comes from `python -m tests.zabbix.packages`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError

from tests.zabbix.agents import free_port
from tests.zabbix.packages import BROWSER, USER, library_path, prefix
from tests.zabbix.server_daemon import PATIENCE, Daemon

WINDOW = (1920, 1080)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--disable-breakpad", "--no-proxy-server", "--hide-scrollbars"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # W3C's name for a reference to one
PAGE = "return document.title + ': ' + document.body.innerText.slice(0, 500);"
LAST = "return [...document.querySelectorAll(arguments[0])].pop();"
VISIBLE = (
    "return [...document.querySelectorAll(arguments[0])]"
    ".filter(one => one.checkVisibility() && !one.disabled).pop();"
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/fonts</cachedir>
<alias binding="same"><family>Arial</family>
<prefer><family>Liberation Sans</family></prefer></alias>
<alias binding="same"><family>Courier New</family>
<prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
"""


class BrowserError(Exception):
    """The browser refuses, or a page never comes to what was waited for."""


class Driver:
    """One browser window, from `with` to the end of the block; its profile is new and empty."""

    def __init__(self, folder: Path = Path("/var/tmp")) -> None:
        """Work in a new folder under `folder`, which user zabbix has to reach."""
        self._parent = folder
        self._root = prefix(BROWSER)
        # Not through a proxy, whatever the environment says.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> Driver:
        """Start, and wait for an empty window."""
        with ExitStack() as undo:
            self.folder = Path(tempfile.mkdtemp(prefix="psdiff-zbx-browser-", dir=self._parent))
            undo.callback(shutil.rmtree, self.folder)
            shutil.chown(self.folder, USER, USER)
            self._url = f"http://127.0.0.1:{free_port()}"
            running = undo.enter_context(self._daemon())
            running.wait_until(lambda: bool(self._ask("GET", "/status")["ready"]))
            session = self._ask("POST", "/session", capabilities=self._capabilities())
            self._url += f"/session/{session['sessionId']}"
            undo.callback(self._ask, "DELETE", "")
            self.resize(*WINDOW)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Close the window, stop the browser, and remove its folder."""
        self._undo.close()

    def open(self, url: str) -> None:
        """Go to `url`, and wait until it is loaded."""
        self._ask("POST", "/url", url=url)

    def run(self, script: str, *arguments: object) -> Any:
        """What the body of a JavaScript function returns."""
        return self._ask("POST", "/execute/sync", script=script, args=list(arguments))

    def wait_for(self, script: str, *arguments: object) -> Any:
        """What `script` returns, as soon as that is true; BrowserError if it never is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(BrowserError):  # Between two pages.
                found = self.run(script, *arguments)
                if found:
                    return found
            time.sleep(0.1)
        raise BrowserError(f"never true: {script} {arguments}; {self.run(PAGE)}")

    def click(self, selector: str) -> None:
        """Click the last visible element of `selector`, as soon as there is one."""
        self._ask("POST", f"/element/{self._visible(selector)}/click")

    def type(self, selector: str, text: str) -> None:
        """Type `text` into the last element of `selector`; a file input takes a path."""
        element = self.wait_for(LAST, selector)[ELEMENT]
        self._ask("POST", f"/element/{element}/value", text=text)

    def upload(self, selector: str, path: Path) -> None:
        """Put the file `path` into the file input `selector`."""
        copy = self.folder / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        self.type(selector, str(copy))

    def resize(self, width: int, height: int) -> None:
        """Make the page itself that big, without the frame of a window."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        command = "Emulation.setDeviceMetricsOverride"
        self._ask("POST", "/goog/cdp/execute", cmd=command, params=size)

    def screenshot(self, path: Path) -> None:
        """Write the page, as big as it is now, as PNG into `path`."""
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def _visible(self, selector: str) -> str:
        return str(self.wait_for(VISIBLE, selector)[ELEMENT])

    def _daemon(self) -> Daemon:
        fonts = self.folder / "fonts.conf"
        fonts.write_text(FONTS.format(root=self._root, folder=self.folder))
        pulse = next(self._root.glob("usr/lib/*/pulseaudio"), "")  # Found through RUNPATH else.
        env = {
            "LD_LIBRARY_PATH": f"{library_path(self._root)}:{pulse}",
            "FONTCONFIG_FILE": str(fonts),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
        }
        command = (f"{self._root}/usr/bin/chromedriver", f"--port={self._url.rpartition(':')[2]}")
        return Daemon(command, self.folder / "chromedriver.log", env)

    def _capabilities(self) -> dict[str, object]:
        options = {
            "binary": f"{self._root}/usr/lib/chromium/chromium",
            "args": [*FLAGS, f"--user-data-dir={self.folder}/profile"],
        }
        return {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}

    def _ask(self, method: str, path: str, **body: object) -> Any:
        """The value of the driver's answer; BrowserError with its message."""
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self._url + path, data, method=method)
        try:
            with self._opener.open(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            with error:
                message = json.load(error)["value"]["message"].splitlines()[0]
            raise BrowserError(f"{method} {path}: {message}") from error
