"""One file with everything, for hosts where nothing may be installed.

In: the modules, and the Pythons to compile them for.  Out: an executable zip archive.  Python
keeps nothing that it compiles from a zip archive, so that each start would compile all modules.
The archive has them compiled, in a folder for each version; any other Python takes the sources.
"""

from __future__ import annotations

import subprocess
import time
import zipfile
from pathlib import Path
from typing import Dict, Sequence

from .contents import modules

NAME = "psdiff-zbx.pyz"
_FIRST_LINE = b"#!/usr/bin/python3 -I\n"
_TAG = "import sys; print(sys.implementation.cache_tag)"
_MAIN = """\
import os
import sys

archive = __loader__.archive
sys.path[:0] = [os.path.join(archive, sys.implementation.cache_tag)]
if os.path.basename(sys.argv[0]) == "psdiff-zbx-agent2":
    from psdiff_zbx.plugin.main import main

    sys.exit(main())
from psdiff_zbx.cli.main import run

run()
"""


def build(folder: Path, work: Path, at: int, pythons: Sequence[str]) -> Path:
    """Build it in ``folder``; ``work`` is an empty folder, ``at`` the time of its files,
    ``pythons`` the paths of interpreters."""
    found = {"__main__.py": _MAIN.encode(), **modules()}
    for number, python in enumerate(pythons):
        found.update(_compiled(python, work / str(number)))
    made = folder / NAME
    with made.open("wb") as stream:
        stream.write(_FIRST_LINE)
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in found.items():
                entry = zipfile.ZipInfo(name, time.gmtime(at)[:6])
                archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    made.chmod(0o755)
    return made


def _compiled(python: str, work: Path) -> Dict[str, bytes]:
    """The modules as this Python compiles them, in the folder of its version."""
    tag = subprocess.run((python, "-c", _TAG), capture_output=True, text=True, check=True).stdout
    for name, data in modules().items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    options = ("-q", "-b", "-s", str(work), "--invalidation-mode", "unchecked-hash")
    subprocess.run((python, "-m", "compileall", *options, str(work)), check=True)
    kept = [path for path in sorted(work.rglob("*")) if path.is_file() and path.suffix != ".py"]
    return {f"{tag.strip()}/{path.relative_to(work)}": path.read_bytes() for path in kept}
