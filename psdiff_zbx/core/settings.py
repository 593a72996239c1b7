"""The settings of a configuration file: what an administrator can choose besides the rules."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Tuple

from .duration import DAY
from .model import ConfigError
from .redact import MODES, check_word

CONTAINERS = ("ignore", "watch")

_LONGEST_RETRY = 60


class Settings(NamedTuple):
    """The settings, with their defaults.  ``redact_words`` name further secrets.
    ``extra_min_age`` is how many seconds old an unexpected process must be to be extra.
    ``missing_retry`` is for how many seconds an agent's command looks again while something is
    missing."""

    redact: str = "secrets"
    redact_words: Tuple[str, ...] = ()
    containers: str = CONTAINERS[0]
    extra_min_age: float = 60
    missing_retry: float = 2


RULE_TABLES = "rule"


def parse_settings(table: Mapping[str, Any], origin: str) -> Settings:
    """The settings of a file's table, without its rules.

    Raises ConfigError with the file, the setting and what is wrong.
    """
    values = {name: value for name, value in table.items() if name != RULE_TABLES}
    try:
        _check(values)
        words = _words(values.pop("redact_words", []))
        return Settings(**values, redact_words=words)
    except ValueError as error:
        raise ConfigError(f"{origin}: {error}") from error


def _check(values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in Settings._fields:
            known = ", ".join((*Settings._fields, RULE_TABLES))
            raise ValueError(f"unknown setting {name!r}; known are {known}")
    for name, choices in (("redact", MODES), ("containers", CONTAINERS)):
        if values.get(name, choices[0]) not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}")
    for name, most in (("extra_min_age", DAY), ("missing_retry", _LONGEST_RETRY)):
        if not _is_number(values.get(name, 0), most):
            raise ValueError(f"{name} must be a number of seconds, 0 to {most}")


def _words(value: Any) -> Tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError("redact_words must be a list of strings")
    try:
        for word in value:
            check_word(word)
    except ValueError as error:
        raise ValueError(f"redact_words: {error}") from error
    return tuple(value)


def _is_number(value: Any, most: int) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= most
