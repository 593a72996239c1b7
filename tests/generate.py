"""Write the files that people download from what the package says today: `make generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import tomli

from psdiff_zbx.metrics import plugin_configuration, userparameters
from psdiff_zbx.ruletable import parse_rules
from psdiff_zbx.settings import RULES
from psdiff_zbx.template import VERSIONS, render
from tests.template_readme import readme

TOP = Path(__file__).parents[1]
# Where pip puts it when root installs.
PLUGIN = "/usr/local/bin/psdiff-zbx-agent2"


DEFAULT_RULES = TOP / "psdiff_zbx" / "default_rules.toml"
_DEFAULT_RULES = '''\
"""The rows of default_rules.toml, as every start of the program needs them."""
# Written by `make generate`.
# fmt: off
# ruff: noqa: E501, S108

from __future__ import annotations

from typing import Any, Tuple

ROWS: Tuple[Tuple[Any, ...], ...] = (
{rows}
)
'''


def default_rules() -> str:
    """The shipped rules as Python: to read TOML takes a hundred times as long."""
    table = tomli.loads(DEFAULT_RULES.read_text(encoding="utf-8"))
    rows = parse_rules(table[RULES], DEFAULT_RULES.name)
    return _DEFAULT_RULES.format(rows="\n".join(f"    {tuple(row)!r}," for row in rows))


def generated() -> Dict[Path, str]:
    """Each generated file and what belongs into it."""
    agents = TOP / "userparameters"
    files = {
        agents / "psdiff_zbx.conf": userparameters("psdiff-zbx"),
        agents / "psdiff_zbx_plugin.conf": plugin_configuration(PLUGIN),
    }
    for version in VERSIONS:
        for name, active in (("template_psdiff", False), ("template_psdiff_active", True)):
            files[TOP / "templates" / version / f"{name}.xml"] = render(version, active)
    files[TOP / "templates" / "README.md"] = readme()
    files[DEFAULT_RULES.with_suffix(".py")] = default_rules()
    return files


if __name__ == "__main__":
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(TOP))
