"""Write the files that people download from what the package says today: `make generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

from psdiff_zbx.metrics import userparameters
from psdiff_zbx.template import VERSIONS, render
from tests.template_readme import readme

TOP = Path(__file__).parents[1]


def generated() -> Dict[Path, str]:
    """Each generated file and what belongs into it."""
    files = {TOP / "userparameters" / "psdiff_zbx.conf": userparameters("psdiff-zbx")}
    for version in VERSIONS:
        for name, active in (("template_psdiff", False), ("template_psdiff_active", True)):
            files[TOP / "templates" / version / f"{name}.xml"] = render(version, active)
    files[TOP / "templates" / "README.md"] = readme()
    return files


if __name__ == "__main__":
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(TOP))
