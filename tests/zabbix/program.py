"""psdiff-zbx as a user installs it: in a virtual environment which user zabbix can reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Optional

WHEELS = Path(__file__).parents[2] / "build" / "wheels"


class ProgramError(Exception):
    """It cannot be installed; one line that says why."""


def install(venv: Path) -> Path:
    """Make `venv` of the wheels that are there, without a network; the program's path."""
    if not list(WHEELS.glob("psdiff_zbx-*.whl")):
        raise ProgramError(f"no psdiff-zbx in {WHEELS}: run `pip wheel -w {WHEELS} .`")
    run(_base_python(), "-m", "venv", "--without-pip", str(venv))
    offline = ("--no-index", "--find-links", str(WHEELS), "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "--python", f"{venv}/bin/python")
    run(*pip, "install", "--quiet", *offline, "psdiff-zbx")
    return venv / "bin" / "psdiff-zbx"


def _base_python() -> str:
    """The running interpreter without its virtual environment if everyone can reach it."""
    name = "python{}.{}".format(*sys.version_info)
    base = Path(sys.base_prefix, "bin", name).resolve()
    if base.exists() and all(parent.stat().st_mode & 0o001 for parent in base.parents):
        return str(base)
    return "/usr/bin/python3"


def run(*command: str, env: Optional[dict[str, str]] = None) -> str:
    """What `command` prints; it has to succeed."""
    quiet = subprocess.DEVNULL
    done = subprocess.run(
        command, env=env, stdin=quiet, capture_output=True, text=True, umask=0o022, check=False
    )
    assert done.returncode == 0, done
    return done.stdout
