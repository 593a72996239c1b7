"""The administrator's files: read only if nobody else can have written them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any, Dict, List

from ..core.model import ConfigError
from ..core.rules.parse import parse_rules
from ..core.rules.rule import Rule
from ..core.settings import RULES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_rules(path: Path) -> List[Rule]:
    """The rules of a file that holds nothing else.  Raises ConfigError."""
    table = read_toml(path)
    for name in table:
        if name != RULES:
            raise ConfigError(f"{path}: {name!r} is no rule; only [[rule]] tables belong here")
    return [*parse_rules(table.get(RULES, []), str(path))]


def read_toml(path: Path) -> Dict[str, Any]:
    """A file's table.  Raises ConfigError."""
    try:
        return tomllib.loads(read_safely(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: no TOML: {error}") from error


def read_safely(path: Path) -> str:
    """A file's text, if only root and the current user can write it and its folder.

    Raises ConfigError otherwise.
    """
    real = Path(os.path.realpath(path))
    try:
        with open(real, "rb") as file:
            _refuse_foreign(path, os.fstat(file.fileno()))
            for folder in {path.parent, real.parent}:  # of a link, and of what it points to
                _refuse_foreign(folder, os.stat(folder))
            return file.read().decode()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _refuse_foreign(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in (0, os.geteuid()):
        raise ConfigError(
            f"{path} belongs to uid {found.st_uid}; it must belong to root: chown it"
        )
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise ConfigError(f"{path} can be written by others; run: chmod go-w {path}")
