"""Which item keys an agent answers, by its AllowKey and DenyKey lines.

In: the settings of a configuration, in reading order, and an item key.  Out: whether the key is
allowed, and the line that decides.  It matches patterns as agents 6.0.14 and 7.0.9 do; the
documentation's table of patterns, and what it leaves out, is in tests/agents/test_allow_key.py.
https://www.zabbix.com/documentation/7.0/en/manual/config/items/restrict_checks
"""

from __future__ import annotations

import re
from typing import Iterable, List, NamedTuple, Optional

from .configuration import Setting

_ALLOW, _DENY = "AllowKey", "DenyKey"
_EVERY_RUN = "system.run[*]"
_OLD_RUN = "EnableRemoteCommands"  # zabbix_agentd only: 1 allows every command, 0 none
_PARAMETER = re.compile(r'(?:^|,) *(?:"((?:\\"|[^"])*)" *(?=,|$)|([^,]*))', re.DOTALL)


class _Rule(NamedTuple):
    setting: Setting
    allows: bool
    pattern: str


class _Key(NamedTuple):
    name: str
    parameters: Optional[List[str]]  # None without brackets, [""] for []


def allows(kind: str, settings: Iterable[Setting], key: str) -> bool:
    """Whether the rules of an agent allow ``key``.  ``kind`` is ``agentd`` or ``agent2``.

    If no rule matches, every key except system.run is allowed.

    >>> allows("agentd", [Setting("DenyKey", "psdiff.*", "/etc/a.conf", 3)], "psdiff.get")
    False
    """
    rule = _first(kind, settings, key)
    return rule.allows if rule else not matches(_EVERY_RUN, key)


def deciding(kind: str, settings: Iterable[Setting], key: str) -> Optional[Setting]:
    """The line that allows or denies ``key``; None if no line matches it."""
    rule = _first(kind, settings, key)
    return rule.setting if rule else None


def _first(kind: str, settings: Iterable[Setting], key: str) -> Optional[_Rule]:
    rules = [rule for setting in settings for rule in _rules(setting)]
    if kind == "agent2":
        # Agent 2 sorts the rules by line number alone, across all files.  If two rules have the
        # same line number, it asks AllowKey first.
        rules.sort(key=lambda rule: (rule.setting.number, not rule.allows))
    return next((rule for rule in rules if matches(rule.pattern, key)), None)


def _rules(setting: Setting) -> List[_Rule]:
    if setting.name in (_ALLOW, _DENY):
        return [_Rule(setting, setting.name == _ALLOW, setting.value)]
    if setting.name == _OLD_RUN:
        return [_Rule(setting, setting.value == "1", _EVERY_RUN)]
    return []


def matches(pattern: str, key: str) -> bool:
    """Whether a rule's pattern matches a key.

    >>> matches("vfs.file.*[*]", "vfs.file.size[/etc/hosts]")
    True
    """
    if pattern == "*":
        return True
    wanted, found = _parsed(pattern), _parsed(key)
    if not _fits(wanted.name, found.name):
        return False
    if wanted.parameters is None or found.parameters is None:
        return wanted.parameters is found.parameters
    return _fit(wanted.parameters, found.parameters)


def _fit(wanted: List[str], found: List[str]) -> bool:
    """A ``*`` as the last parameter stands for any number of parameters, even none.  The
    documentation says that ``x[a,*]`` does not match ``x[a]``, but the agents match it."""
    if wanted[-1] == "*" and len(found) >= len(wanted) - 1:
        wanted, found = wanted[:-1], found[: len(wanted) - 1]
    return len(wanted) == len(found) and all(map(_fits, wanted, found))


def _fits(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL))


def _parsed(key: str) -> _Key:
    """Quotes are removed before matching.  ``[[x]]`` has one parameter, ``x``."""
    name, bracket, rest = key.partition("[")
    if not bracket:
        return _Key(name, None)
    inside = rest.rpartition("]")[0]
    return _Key(name, [_parameter(found) for found in _PARAMETER.finditer(inside)])


def _parameter(found: re.Match[str]) -> str:
    quoted, plain = found.groups()
    if quoted is not None:
        return str(quoted).replace('\\"', '"')
    return plain[1:-1] if plain[:1] == "[" and plain[-1:] == "]" else str(plain)
