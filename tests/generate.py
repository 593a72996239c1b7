"""Write the files that people download from what the package says today: `make generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

from psdiff_zbx.metrics import userparameters

TOP = Path(__file__).parents[1]


def generated() -> Dict[Path, str]:
    """Each generated file and what belongs into it."""
    return {TOP / "userparameters" / "psdiff_zbx.conf": userparameters("psdiff-zbx")}


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(TOP))
