"""Configuration and rules in TOML, if they can be trusted.

In: a path, or a text.  Out: rules, or a table.  Who has none of these files does without the
parser, which takes some milliseconds to import.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List

from ..core.model import ConfigError
from ..core.rules.parse import parse_rules
from ..core.rules.rule import Rule
from ..core.settings import RULE_TABLES
from .trusted_files import read_safely

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_rules(path: Path) -> List[Rule]:
    """The rules of a file that holds nothing else.  Raises ConfigError if it is unsafe or
    wrong."""
    table = parse_toml(read_safely(path), path)
    for name in table:
        if name != RULE_TABLES:
            raise ConfigError(f"{path}: {name!r} is no rule; only [[rule]] tables belong here")
    return [*parse_rules(table.get(RULE_TABLES, []), str(path))]


def parse_toml(text: str, path: Path) -> Dict[str, Any]:
    """The table in a file with this text.  Raises ConfigError if it is not TOML."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of a number of 5,000 digits
        raise ConfigError(f"{path}: no TOML: {error}") from error
