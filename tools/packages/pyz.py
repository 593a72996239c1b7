"""One file with everything, for hosts where nothing may be installed.

In: the modules, and the Pythons to compile them for.  Out: an executable zip archive.  Python
keeps nothing that it compiles from a zip archive, so that each start would compile all modules;
and it reads the whole directory of the archive, and then opens it for each module anew.  So the
archive has one more file for each Python: all modules, compiled by it.  Any other Python takes the
sources.
"""

from __future__ import annotations

import json
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Dict, Sequence

from .contents import modules

NAME = "psdiff-zbx.pyz"
_FIRST_LINE = b"#!/usr/bin/python3 -I\n"
# Prints the name of a Python's file, and writes the modules that come in as JSON to it.
_COMPILE = """\
import json, marshal, sys, zlib
found = {}
for path, text in json.load(sys.stdin).items():
    name, is_package, _ = path[:-3].replace("/", ".").partition(".__init__")
    code = marshal.dumps(compile(text, path, "exec", dont_inherit=True))
    found[name] = (path, bool(is_package), zlib.compress(code, 9))
with open(sys.argv[1], "wb") as stream:
    marshal.dump(found, stream)
print(sys.implementation.cache_tag)
"""
# Compiled finds and loads the modules that are compiled for this Python.
_MAIN = """\
import sys
from marshal import loads
from zlib import decompress

archive = __loader__


class Compiled:
    def __init__(self, found):
        self.found = found

    def find_spec(self, name, path=None, target=None):
        if name not in self.found:
            return None
        path, is_package, _ = self.found[name]
        place = f"{archive.archive}/{path}"
        spec = type(sys.__spec__)(name, self, origin=place, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations.append(place.rpartition("/")[0])
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(loads(decompress(self.found[module.__name__][2])), module.__dict__)

    def get_data(self, path):
        return archive.get_data(path)


try:
    sys.meta_path.insert(0, Compiled(loads(archive.get_data(sys.implementation.cache_tag))))
except OSError:
    pass
if sys.argv[0].rpartition("/")[2] == "psdiff-zbx-agent2":
    from psdiff_zbx.plugin.main import main

    sys.exit(main())
from psdiff_zbx.cli.main import run

run()
"""


def build(folder: Path, work: Path, at: int, pythons: Sequence[str]) -> Path:
    """Build it in ``folder``; ``work`` is an empty folder, ``at`` the time of its files,
    ``pythons`` the paths of interpreters."""
    sources = {"__main__.py": _MAIN.encode(), **modules()}
    compiled: Dict[str, bytes] = {}
    for number, python in enumerate(pythons):
        compiled.update(_compiled(python, work / str(number)))
    made = folder / NAME
    with made.open("wb") as stream:
        stream.write(_FIRST_LINE)
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in {**sources, **compiled}.items():
                entry = zipfile.ZipInfo(name, time.gmtime(at)[:6])
                kind = zipfile.ZIP_STORED if name in compiled else zipfile.ZIP_DEFLATED
                archive.writestr(entry, data, kind, 9)
    made.chmod(0o755)
    return made


def _compiled(python: str, file: Path) -> Dict[str, bytes]:
    """The file of a Python, by its name."""
    texts = {name: data.decode() for name, data in modules().items() if name.endswith(".py")}
    words = (python, "-c", _COMPILE, str(file))
    made = subprocess.run(
        words, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return {made.stdout.strip(): file.read_bytes()}
