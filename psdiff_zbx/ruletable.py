"""A TOML table to rules, with one clear line about the first thing that is wrong."""

from __future__ import annotations

import re
import warnings
from typing import Any, Mapping, Tuple

from .model import ConfigError
from .rule import Argument, Rule

_CONDITIONS = ("match", "regex", "name", "user", "cgroup")
_ACTIONS = ("ignore", "at_least_one", "keep", "cut", "program_only", "replace", "sort_arguments")
_NOTES = ("reason", "sample")
_SCOPES = ("subtree", "self", "children")


def parse_rules(rows: Any, origin: str) -> Tuple[Rule, ...]:
    """The rules of one file's ``[[rule]]`` tables.

    Raises ConfigError: file, which rule, what is wrong.
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{origin}: rules are written as [[rule]] tables")
    return tuple(_rule(row, origin, number) for number, row in enumerate(rows, 1))


def _rule(row: Mapping[str, Any], origin: str, number: int) -> Rule:
    try:
        _check_keys(row)
        (action,) = [key for key in row if key in _ACTIONS]
        conditions = {key: row[key] for key in _CONDITIONS if key in row}
        if "regex" in conditions:
            conditions["regex"] = _pattern(row["regex"])
        argument = _argument(action, row[action])
        return Rule(origin, number, action, argument, row.get("reason", ""), **conditions)
    except ValueError as error:
        raise ConfigError(f"{origin}: rule {number}: {error}") from error


def _check_keys(row: Mapping[str, Any]) -> None:
    for key in row:
        if key not in (*_CONDITIONS, *_ACTIONS, *_NOTES):
            raise ValueError(f"unknown key {key!r}")
        if key in (*_CONDITIONS, *_NOTES) and not isinstance(row[key], str):
            raise ValueError(f"{key} must be a string")
    if not any(row.get(key) for key in _CONDITIONS):
        raise ValueError(f"needs a condition: one or more of {', '.join(_CONDITIONS)}")
    actions = [key for key in row if key in _ACTIONS]
    if len(actions) != 1:
        found = " and ".join(actions) or "none"
        raise ValueError(f"needs one action of {', '.join(_ACTIONS)}; found {found}")


def _argument(action: str, value: Any) -> Argument:
    if action == "ignore":
        if value not in _SCOPES:
            raise ValueError(f'ignore must be "{_SCOPES[0]}", "{_SCOPES[1]}" or "{_SCOPES[2]}"')
        return str(value)
    if action == "cut":
        if not isinstance(value, str) or not value:
            raise ValueError("cut must be the text from which the command line is cut off")
        return value
    if action == "replace":
        return _replacement(value)
    if value is not True:
        raise ValueError(f"{action} can only be true")
    return True


def _pattern(text: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "[[:digit:]]" is not what its author thinks
            return re.compile(text)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise ValueError(f"regex {text!r}: {error}") from error


def _replacement(value: Any) -> Tuple[re.Pattern[str], str]:
    if not (
        isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
    ):
        raise ValueError('replace must be ["regex", "text"]')
    pattern, text = _pattern(value[0]), value[1]
    try:
        # An empty alternative always matches, and so shows a wrong \1 in the text.
        re.compile(f"{value[0]}|").sub(text, "")
    except (re.error, IndexError) as error:
        raise ValueError(f"replace {text!r}: {error}") from error
    return pattern, text
