"""The configuration of a host: settings, rules and psdiff's hooks.

In: the path of a file, or none.  Out: one record.  A file that other users could have written is
refused.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ..core.digest import hex_digest
from ..core.model import ConfigError, Filtered
from ..core.rules.apply import filter_tree
from ..core.rules.rule import Rule
from ..core.rules.ruleset import Rules
from ..core.rules.shipped import ROWS
from ..core.settings import (
    CONTAINERS,
    RULE_TABLES,
    Settings,
    parse_settings,
)
from .trusted_files import read_safely

FOLDER = Path("/etc/psdiff-zbx")
RULES_FOLDER = "rules.d"


class Config(NamedTuple):
    """The configuration of a host.  ``filter_tree(tree, facts=…)`` applies the rules, and
    psdiff's hooks, to a tree of live processes; siblings keep their order.  ``hooks`` names the
    files of psdiff's hooks.  ``digest`` changes with everything that changes lines."""

    settings: Settings
    rules: Rules
    filter_tree: Callable[..., Filtered]
    hooks: Tuple[str, ...]
    digest: str


def load_config(path: Optional[Path] = None) -> Config:
    """The configuration at ``path``, with the ``rules.d`` beside it.  By default it is the host's
    own, or psdiff's if the host has none of ours, or that of the package, which is all comments.

    Raises ConfigError with the file, the rule and what is wrong.
    """
    name, folder = (path or FOLDER / "config.toml"), (path.parent if path else FOLDER)
    text = read_safely(name) if path is not None or os.path.lexists(name) else None
    ours = text is not None and (path is not None or not _is_all_comments(text))
    settings, own = _own(text, name) if text and ours else (Settings(), [])
    own += _rules_in(folder / RULES_FOLDER)
    rows = (*_under(settings.containers, own), *shipped_rules(settings.containers))
    rules = Rules(rows, arguments=settings.redact != "arguments")
    return _with_hooks(settings, rules, [] if ours else _psdiff_files())


def _is_all_comments(text: str) -> bool:
    """Whether there are comments and nothing else.  Then no agent waits for the parser."""
    rows = [row for row in map(str.strip, text.splitlines()) if row]
    return bool(rows) and all(row.startswith("#") for row in rows)


def _own(text: str, name: Path) -> Tuple[Settings, List[Rule]]:
    from ..core.rules.parse import parse_rules
    from .toml_files import parse_toml

    table = parse_toml(text, name)
    return parse_settings(table, str(name)), [*parse_rules(table.get(RULE_TABLES, []), str(name))]


def own_rules(path: Optional[Path] = None) -> Path:
    """The folder for the rules that belong to a configuration."""
    return (path.parent if path else FOLDER) / RULES_FOLDER


def _rules_in(folder: Path) -> List[Rule]:
    files = _listed(folder, ".toml")
    if not files:
        return []
    from .toml_files import read_rules

    return [rule for path in files for rule in read_rules(path)]


def watched_files(path: Optional[Path] = None) -> List[Path]:
    """All files and folders on which ``load_config`` depends, whether they exist or not."""
    name, folder = (path or FOLDER / "config.toml"), (path.parent if path else FOLDER)
    rules = folder / RULES_FOLDER
    own = [name, folder, rules, *_listed(rules, ".toml")]
    return own if path else [*own, *_psdiff_files()]


def _with_hooks(settings: Settings, rules: Rules, files: List[Path]) -> Config:
    sources: Dict[Path, str] = {}
    filter_by = filter_tree
    if files:
        from .psdiff_hooks import hooks

        sources = {file: read_safely(file) for file in files}
        filter_by = hooks(sources).filter_tree
    texts = [settings.redact, *settings.redact_words, rules.digest, *sources.values()]
    digest = hex_digest("\0".join(texts).encode("utf-8", "surrogateescape"))[:8]
    hooks_of = tuple(map(str, sources))
    return Config(settings, rules, partial(filter_by, rules=rules), hooks_of, digest)


def shipped_rules(containers: str = CONTAINERS[0]) -> Tuple[Rule, ...]:
    """The rules that come with psdiff-zbx and are used under this value of ``containers``."""
    return _under(containers, map(Rule._make, ROWS))


def _under(containers: str, rows: Iterable[Rule]) -> Tuple[Rule, ...]:
    return tuple(row for row in rows if row.under(containers))


def _listed(folder: Path, suffix: str) -> List[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"cannot read {folder}: {error.strerror}") from error


def _psdiff_files() -> List[Path]:
    """psdiff's own configuration: the first ``psdiff.conf``, else all of ``psdiff.d``."""
    folders = (Path("/usr/local/etc"), Path("/etc"))
    for folder in folders:
        if os.path.lexists(folder / "psdiff.conf"):
            return [folder / "psdiff.conf"]
    return [path for folder in folders for path in _listed(folder / "psdiff.d", ".py")]
