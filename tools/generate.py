"""Write the generated files from the package's tables: ``make generate``."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import tomli

from psdiff_zbx.cli.options import SHELLS
from psdiff_zbx.cli.share import completion, manual_page
from psdiff_zbx.core.agent_config import plugin_configuration, userparameters
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.settings import RULE_TABLES
from psdiff_zbx.template import VERSIONS, render
from tools.completion import script
from tools.description import program
from tools.manual_page import page
from tools.template_readme import readme

TOP = Path(__file__).parents[1]
# Where pip puts it when root installs.
PLUGIN = "/usr/local/bin/psdiff-zbx-agent2"


SHIPPED_RULES = TOP / "psdiff_zbx" / "core" / "rules" / "shipped.toml"
_SHIPPED_RULES = '''\
"""The rows of shipped.toml, as every start of the program needs them."""
# Written by `make generate`.
# fmt: off
# ruff: noqa: E501, S108

from __future__ import annotations

from typing import Any, Tuple

ROWS: Tuple[Tuple[Any, ...], ...] = (
{rows}
)
'''


def shipped_rules() -> str:
    """The shipped rules as Python, because reading TOML takes a hundred times as long."""
    table = tomli.loads(SHIPPED_RULES.read_text(encoding="utf-8"))
    rows = parse_rules(table[RULE_TABLES], SHIPPED_RULES.name)
    return _SHIPPED_RULES.format(rows="\n".join(f"    {tuple(row)!r}," for row in rows))


def generated() -> Dict[Path, str]:
    """The text of each generated file."""
    agents = TOP / "userparameters"
    files = {
        agents / "psdiff_zbx.conf": userparameters("psdiff-zbx"),
        agents / "psdiff_zbx_plugin.conf": plugin_configuration(PLUGIN),
    }
    for version in VERSIONS:
        for name, active in (("template_psdiff", False), ("template_psdiff_active", True)):
            files[TOP / "templates" / version / f"{name}.xml"] = render(version, active)
    files[TOP / "templates" / "README.md"] = readme()
    files[SHIPPED_RULES.with_suffix(".py")] = shipped_rules()
    files[manual_page()] = page(program())
    files.update({completion(shell): script(program(), shell) for shell in SHELLS})
    return files


if __name__ == "__main__":
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(TOP))
