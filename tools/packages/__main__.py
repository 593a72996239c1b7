"""python -m tools.packages deb|rpm|pyz … : builds them in build/packages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import List, Sequence

from . import about, deb, pyz, rpm
from .contents import TOP

FOLDER = TOP / "build" / "packages"
_BUILDERS = {"deb": deb.build, "rpm": rpm.build}


def build(kind: str, folder: Path) -> Path:
    """Build a package of a kind in ``folder``, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    at = about.when()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        if kind == "pyz":
            return pyz.build(folder, work, at, _pythons())
        return _BUILDERS[kind](folder, work, at)


def _pythons() -> List[str]:
    """The interpreters of the virtual environments that `make pythons` has made, and our own."""
    return [sys.executable, *map(str, sorted((TOP / "build").glob("python3.*/bin/python")))]


def main(kinds: Sequence[str]) -> int:
    """Build what is asked for and say where it is.  Returns the exit code."""
    for kind in kinds:
        print(build(kind, FOLDER).relative_to(TOP))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
