"""Configuration: found, refused if others could have written it, read once into a record."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from .model import ConfigError, Tree
from .rule import Rule
from .rules import shown
from .ruleset import Rules
from .ruletable import CONTAINERS, parse_rules
from .settings import RULES, Settings, parse_settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path("/etc/psdiff-zbx")
_SHIPPED = Path(__file__).with_name("default_rules.toml")


@dataclass(frozen=True)
class Config:
    """What holds on a host.  ``shown(tree, cgroup_of=…)`` puts a tree of live processes under
    the rules and under psdiff's hooks, siblings in the tree's own order; ``hooks`` names the
    files of these, where there are any; ``digest`` changes when anything does that changes
    lines."""

    settings: Settings
    rules: Rules
    shown: Callable[..., Tree]
    hooks: Tuple[str, ...]
    digest: str


def load(path: Optional[Path] = None) -> Config:
    """The configuration at ``path`` with the ``rules.d`` beside it; by default that of the
    host, or psdiff's own where the host has none of ours.

    Raises ConfigError: file, which rule, what is wrong.
    """
    name, folder = (path or FOLDER / "config.toml"), (path.parent if path else FOLDER)
    table = _toml(name) if path or os.path.lexists(name) else {}
    settings = parse_settings(table, str(name))
    own = [*parse_rules(table.get(RULES, []), str(name)), *_rules_folder(folder)]
    rows = (*_under(settings.containers, own), *shipped_rules(settings.containers))
    rules = Rules(rows, arguments=settings.redact != "arguments")
    ours = path is not None or os.path.lexists(name)
    return _with_hooks(settings, rules, [] if ours else _psdiff_files())


def files(path: Optional[Path] = None) -> List[Path]:
    """All files and folders on which ``load`` depends, whether they are there or not."""
    name, folder = (path or FOLDER / "config.toml"), (path.parent if path else FOLDER)
    own = [name, folder, folder / "rules.d", *_listed(folder / "rules.d", ".toml")]
    return own if path else [*own, *_psdiff_files()]


def _with_hooks(settings: Settings, rules: Rules, files: List[Path]) -> Config:
    sources = {file: read_safely(file) for file in files}
    shown_by = shown
    if sources:
        from .legacy import hooks

        shown_by = hooks(sources).shown
    texts = [settings.redact, *settings.redact_words, rules.digest, *sources.values()]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    hooks_of = tuple(map(str, sources))
    return Config(settings, rules, partial(shown_by, rules=rules), hooks_of, digest)


def shipped_rules(containers: str = CONTAINERS[0]) -> Tuple[Rule, ...]:
    """The rules that come with psdiff-zbx, as they are used under a setting."""
    with open(_SHIPPED, "rb") as file:
        return _under(containers, parse_rules(tomllib.load(file)[RULES], _SHIPPED.name))


def _under(containers: str, rows: Iterable[Rule]) -> Tuple[Rule, ...]:
    return tuple(row for row in rows if row.under(containers))


def _rules_folder(folder: Path) -> List[Rule]:
    rules: List[Rule] = []
    for path in _listed(folder / "rules.d", ".toml"):
        table = _toml(path)
        for name in table:
            if name != RULES:
                raise ConfigError(f"{path}: {name!r} is no rule; only [[rule]] tables belong here")
        rules.extend(parse_rules(table.get(RULES, []), str(path)))
    return rules


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


def _toml(path: Path) -> Dict[str, Any]:
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
