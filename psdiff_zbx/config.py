"""Configuration: found, refused if others could have written it, read once into a record."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from .model import ConfigError, Tree
from .redact import MODES
from .rule import Rule
from .rules import Rules, apply
from .ruletable import parse_rules

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path("/etc/psdiff-zbx")
_SHIPPED = Path(__file__).with_name("default_rules.toml")
_SETTINGS = ("redact", "extra_min_age", "rule")


@dataclass(frozen=True)
class Config:
    """What an administrator can choose.  ``extra_min_age`` is in seconds; ``apply`` puts a
    tree of live processes under the rules and under psdiff's hooks, where there are any;
    ``digest`` changes when any of these does."""

    redact: str
    extra_min_age: float
    rules: Rules
    apply: Callable[[Tree], Tree]
    digest: str


def load(path: Optional[Path] = None) -> Config:
    """The configuration at ``path`` with the ``rules.d`` beside it; by default that of the
    host, or psdiff's own where the host has none of ours.

    Raises ConfigError: file, which rule, what is wrong.
    """
    settings = _settings(path or FOLDER / "config.toml", required=path is not None)
    folder = path.parent if path else FOLDER
    own = [*parse_rules(settings.get("rule", []), settings["path"]), *_rules_folder(folder)]
    rows = (*own, *shipped_rules())
    rules = Rules(rows, arguments=settings["redact"] != "arguments")
    ours = path is not None or os.path.lexists(folder / "config.toml")
    return _with_hooks(settings, rules, [] if ours else _psdiff_files())


def _with_hooks(settings: Dict[str, Any], rules: Rules, files: List[Path]) -> Config:
    apply_rules: Callable[[Tree], Tree] = partial(apply, rules=rules)
    sources = {file: read_safely(file) for file in files}
    if sources:
        from .legacy import hooks

        apply_rules = partial(hooks(sources).apply, rules=rules)
    texts = [settings["redact"], rules.digest, *sources.values()]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return Config(settings["redact"], settings["extra_min_age"], rules, apply_rules, digest)


def shipped_rules() -> Tuple[Rule, ...]:
    """The rules that come with psdiff-zbx."""
    with open(_SHIPPED, "rb") as file:
        return parse_rules(tomllib.load(file)["rule"], _SHIPPED.name)


def _settings(path: Path, required: bool) -> Dict[str, Any]:
    table = _toml(path) if required or os.path.lexists(path) else {}
    settings = {"redact": "secrets", "extra_min_age": 60, **table, "path": str(path)}
    for name in table:
        if name not in _SETTINGS:
            raise ConfigError(
                f"{path}: unknown setting {name!r}; known are {', '.join(_SETTINGS)}"
            )
    if settings["redact"] not in MODES:
        raise ConfigError(f"{path}: redact must be one of {', '.join(MODES)}")
    age = settings["extra_min_age"]
    if isinstance(age, bool) or not isinstance(age, (int, float)) or not 0 <= age <= 86400:
        raise ConfigError(f"{path}: extra_min_age must be a number of seconds, 0 to 86400")
    return settings


def _rules_folder(folder: Path) -> List[Rule]:
    rules: List[Rule] = []
    for path in _listed(folder / "rules.d", ".toml"):
        table = _toml(path)
        for name in table:
            if name != "rule":
                raise ConfigError(f"{path}: {name!r} is no rule; only [[rule]] tables belong here")
        rules.extend(parse_rules(table.get("rule", []), str(path)))
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
