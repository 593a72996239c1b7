"""The machine that Zabbix watches: stand-in daemons, and a configuration and baseline for them.

The configuration makes everything but the stand-ins invisible, so that what is missing and what
is extra does not depend on whatever else runs here.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from tests.zabbix.agents import PATH
from tests.zabbix.packages import USER
from tests.zabbix.program import run
from tests.zabbix.standins import LIFETIME, PYTHON, StandIn, sleeper

WORD = f"endtoend{os.getpid()}"
# An agent's look is over at once, also while something is missing.
RULES = f"""\
missing_retry = 0
[[rule]]
regex = '^/opt/{WORD}/'
keep = true

[[rule]]
regex = '.'
ignore = "self"
"""
# The longest name of a daemon.
LONG = "n" * 64
# What Zabbix would put something else in the place of, if it looked for macros there.
MACROS = "{$PSDIFF.NODATA} {HOST.NAME} {ITEM.LASTVALUE1} {#PSDIFF.NAME}"


class Machine:
    """The stand-ins by name, and psdiff-zbx with files of its own."""

    def __init__(self, program: Path, folder: Path) -> None:
        """Files are written, nothing is started."""
        self.folder = folder / "endtoend"
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.baseline = self.folder / "baseline"
        config = self.folder / "config.toml"
        config.write_text(RULES, encoding="utf-8")
        options = ("--config", str(config), "--baseline", str(self.baseline), "--min-age", "0")
        self._command = (str(program), *options)
        self.userparameters = self._userparameters(program)
        self.daemons = _daemons()

    def __enter__(self) -> Machine:
        """Start all stand-ins and make them the baseline; one twin is older than the other."""
        try:
            self.start("twin")
            time.sleep(1.1)  # Zabbix gets whole seconds.
            self.restore()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all stand-ins."""
        for name, daemon in self.daemons.items():
            if daemon.pid:
                self.stop(name)

    def restore(self) -> bool:
        """All stand-ins run, and the baseline says so; whether that was not so before."""
        gone = [name for name, daemon in self.daemons.items() if not daemon.pid]
        for name in gone:
            self.start(name)
        written = self.run("write", "--all")
        return bool(gone) or written.startswith("Wrote")

    def start(self, name: str) -> None:
        """Start one stand-in."""
        self.daemons[name].start()

    def stop(self, name: str) -> None:
        """End one stand-in."""
        self.daemons[name].stop()
        self.daemons[name].pid = 0

    def replace(self, name: str) -> None:
        """Restart one stand-in; there is no moment at which none runs."""
        old, self.daemons[name] = self.daemons[name], _daemons()[name]
        try:
            self.start(name)
        finally:
            old.stop()

    def run(self, *arguments: str, who: str = "root") -> str:
        """What psdiff-zbx prints when root calls it, who became root as `who`."""
        env = {"PATH": PATH, "HOME": "/root", "SUDO_USER": who}
        return run(*self._command, *arguments, env=env)

    def document(self) -> dict[str, Any]:
        """The whole document that the agents answer with, as it is now."""
        found = json.loads(self.run("get"))
        assert isinstance(found, dict)
        return found

    def _userparameters(self, program: Path) -> Path:
        """What the program prints, with our options behind the program's name."""
        printed = self.run("userparameters")
        assert f",{program} get\n" in printed
        path = self.folder / "userparameters.conf"
        path.write_text(printed.replace(str(program), " ".join(self._command)), encoding="utf-8")
        return path


def _daemons() -> dict[str, StandIn]:
    """Stand-ins, by their daemon's name; "twin" has two processes."""
    return {
        "twin": sleeper("twin", "root", WORD),
        "other twin": sleeper("twin", "root", WORD),
        "lonely": sleeper("lonely", "nobody", WORD),
        "measured": sleeper("measured", USER, WORD),
        "hushed": sleeper("hushed", "root", WORD),
        "hidden": sleeper("hidden", "root", WORD),
        "hostile": _hostile(),
        LONG: _long(),
    }


def _long() -> StandIn:
    """A daemon of which Zabbix keeps less than the whole name and the whole command line.

    Its characters of four bytes begin at odd ones: whoever cuts after 500 bytes cuts one in two.
    """
    start = (f"/opt/{WORD}/{LONG}", "-c", f"import time; time.sleep({LIFETIME})")
    words = (*start, "x" * (1 + len(" ".join(start)) % 2), "😀" * 300)
    return StandIn("nobody", tuple(map(str.encode, words)), " ".join(words), program=PYTHON)


def _hostile() -> StandIn:
    """A daemon with Zabbix's macros in its command line."""
    words = (f"/opt/{WORD}/hostile", "-c", f"import time; time.sleep({LIFETIME})", MACROS)
    return StandIn("nobody", tuple(map(str.encode, words)), " ".join(words), program=PYTHON)
