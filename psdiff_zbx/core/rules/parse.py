"""Rules from the tables of a TOML file, or one clear line about the first thing that is wrong."""

from __future__ import annotations

import re
import warnings
from typing import Any, Dict, Mapping, Tuple

from ..merged_usr import spellings
from ..model import KINDS, ConfigError
from ..settings import CONTAINERS
from .rule import VOUCHERS, Argument, Rule

_CHOICES = ("match", "contains", "program", "name", "user", "cgroup", "unit", "kind")
_FLAG, _VOUCHED = "title", "vouched"
_CONDITIONS = (*_CHOICES, "regex", _FLAG, _VOUCHED)
_DECISIONS = ("ignore", "at_least_one", "optional", "keep")
_ACTIONS = (*_DECISIONS, "cut", "program_only", "replace", "sort_arguments")
_SETTING = "containers"
_NOTES = ("reason", "sample")
_KEYS = (*_CONDITIONS, *_ACTIONS, _SETTING, *_NOTES)
_ANY_PROGRAM = ("root", "service", "starter")
_SCOPES = ("subtree", "self", "children")


def parse_rules(rows: Any, origin: str) -> Tuple[Rule, ...]:
    """The rules of one file's ``[[rule]]`` tables.

    Raises ConfigError with the file, the rule and what is wrong.
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{origin}: rules are written as [[rule]] tables")
    return tuple(_rule(row, origin, number) for number, row in enumerate(rows, 1))


def _rule(row: Mapping[str, Any], origin: str, number: int) -> Rule:
    try:
        _check_keys(row)
        (action,) = [key for key in row if key in _ACTIONS]
        conditions: Dict[str, Any] = {
            key: _choice(key, row[key]) for key in _CHOICES if key in row
        }
        if _FLAG in row:
            conditions[_FLAG] = row[_FLAG]
        if _VOUCHED in row:
            conditions[_VOUCHED] = _vouchers(row[_VOUCHED])
        regex = _pattern(row["regex"]).pattern if "regex" in row else None
        return Rule(
            origin,
            number,
            action,
            _argument(action, row[action]),
            row.get("reason", ""),
            regex=regex,
            **conditions,
            containers=row.get(_SETTING),
        )
    except ValueError as error:
        raise ConfigError(f"{origin}: rule {number}: {error}") from error


def _check_keys(row: Mapping[str, Any]) -> None:
    for key in row:
        if key not in _KEYS:
            raise ValueError(f"unknown key {key!r}; known are {', '.join(_KEYS)}")
    wrong = [key for key in ("regex", "reason") if not isinstance(row.get(key, ""), str)]
    if wrong:
        raise ValueError(f"{wrong[0]} must be a string")
    if row.get(_FLAG, True) is not True:
        raise ValueError(f"{_FLAG} can only be true")
    if row.get(_SETTING, CONTAINERS[0]) not in CONTAINERS:
        raise ValueError(f'{_SETTING} must be "{CONTAINERS[0]}" or "{CONTAINERS[1]}"')
    if not any(row.get(key) for key in _CONDITIONS):
        raise ValueError(f"needs a condition: one or more of {', '.join(_CONDITIONS)}")
    actions = [key for key in row if key in _ACTIONS]
    if len(actions) != 1:
        found = " and ".join(actions) or "none"
        raise ValueError(f"needs one action of {', '.join(_ACTIONS)}; found {found}")


def _choice(key: str, value: Any) -> Tuple[str, ...]:
    """One string, or a list of strings of which one must hold."""
    choice = value if isinstance(value, list) else [value]
    if not choice or not all(isinstance(text, str) and text for text in choice):
        raise ValueError(f"{key} must be a string, or a list of strings of which one must hold")
    if key == "kind" and not KINDS.issuperset(choice):
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    if key == "match":
        return tuple(dict.fromkeys(each for text in choice for each in spellings(text)))
    return tuple(choice)


def _vouchers(value: Any) -> Tuple[str, ...]:
    """Who may vouch; ``true`` for those who can whatever the program is."""
    if value is True:
        return _ANY_PROGRAM
    choice = _choice(_VOUCHED, value)
    if not VOUCHERS.issuperset(choice):
        raise ValueError(f"{_VOUCHED} must be true, or of {', '.join(sorted(VOUCHERS))}")
    return choice


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
            warnings.simplefilter("error")  # "[[:digit:]]" is not a character class in Python
            return re.compile(text)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise ValueError(f"regex {text!r}: {error}") from error


def _replacement(value: Any) -> Tuple[str, str]:
    if not (
        isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
    ):
        raise ValueError('replace must be ["regex", "text"]')
    pattern, text = _pattern(value[0]).pattern, value[1]
    try:
        # An empty alternative always matches, and so shows a wrong \1 in the text.
        re.compile(f"{value[0]}|").sub(text, "")
    except (re.error, IndexError) as error:
        raise ValueError(f"replace {text!r}: {error}") from error
    return pattern, text
