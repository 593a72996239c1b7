"""The plugin's options, as zabbix_agent2 hands them over.

In: the tree of ``private_options``.  Out: one record, or one line that the agent shows when it
refuses to start.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..core.agent_config import PLUGIN, PLUGIN_OPTIONS, PluginOption
from ..core.duration import DAY
from ..core.model import ConfigError

_REPEATED = "Baseline"
"""May be given several times: the first one is the host's own, the others are those of roles."""

AGENTS_OWN = ("System", "Capacity", "Timeout")
"""Options below ``Plugins.PsdiffZbx`` that the agent itself reads, but hands over with the
rest."""


class PluginOptions(NamedTuple):
    """The options.  None stands for the host's own file, or for the age in the configuration.
    ``min_age`` and ``cache_time`` are in seconds; ``roles`` are further baselines."""

    baseline: Optional[Path] = None
    config: Optional[Path] = None
    min_age: Optional[float] = None
    cache_time: float = 1.0
    roles: Tuple[Path, ...] = ()


def parse_options(tree: object) -> PluginOptions:
    """The options in ``private_options``, which is null if there are none.

    Raises ConfigError if an option is unknown, wrong, or given twice.
    """
    values = _values(tree)
    by_name = {option.name: option for option in PLUGIN_OPTIONS}
    for name, found in values.items():
        if name not in by_name:
            known = ", ".join(by_name)
            raise ConfigError(f"Plugins.{PLUGIN}.{name}: no such option; known are {known}")
        if len(found) != 1 and not (found and name == _REPEATED):
            raise ConfigError(f"{by_name[name].full_name} is given {len(found)} times")
    given = {name: _value(by_name[name], found[0]) for name, found in values.items()}
    roles = (_path(by_name[_REPEATED], found) for found in values.get(_REPEATED, [])[1:])
    default = PluginOptions()
    return PluginOptions(
        baseline=given.get("Baseline"),
        config=given.get("Config"),
        min_age=given.get("MinAge"),
        cache_time=given.get("CacheTime", default.cache_time),
        roles=tuple(roles),
    )


def _values(tree: object) -> Dict[str, List[str]]:
    try:
        return {
            str(node["Name"]): list(_texts(node))
            for node in _nodes(tree)
            if node["Name"] not in AGENTS_OWN
        }
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ConfigError(f"Plugins.{PLUGIN}: options of an unknown form, {error!r}") from error


def _nodes(tree: Any) -> List[Any]:
    return (tree.get("Nodes") or []) if tree else []


def _texts(node: Any) -> Iterator[str]:
    """``{"Name":"MinAge","Nodes":[{"Value":"Mw==","Line":3}],"Line":3}``: a value is a []byte in
    Go, and so base64 in JSON (seen with 6.0.14 and 7.0.9)."""
    for leaf in _nodes(node):
        # An option below an option, "Plugins.PsdiffZbx.MinAge.X=1", has a Name and no Value.
        if "Value" not in leaf:
            raise ConfigError(f"Plugins.{PLUGIN}.{node['Name']}.{leaf['Name']}: no such option")
        yield base64.b64decode(leaf["Value"], validate=True).decode("utf-8", "surrogateescape")


def _value(option: PluginOption, text: str) -> Any:
    return _number(option, text) if option.is_seconds else _path(option, text)


def _path(option: PluginOption, text: str) -> Path:
    if not text.startswith("/") or "\0" in text:
        raise ConfigError(f"{option.full_name}: {text!r} is no absolute path")
    return Path(text)


def _number(option: PluginOption, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= DAY:
        raise ConfigError(f"{option.full_name}: {text!r} is no number of seconds from 0 to {DAY}")
    return number


def seconds_in(fields: object, name: str, default: float) -> float:
    """A number of seconds in a message: ``timeout`` of an export request (7.0), or ``Timeout`` of
    the agent's ``global_options``.  It is the default if that is missing or makes no sense."""
    value = fields.get(name) if isinstance(fields, dict) else None
    if isinstance(value, (int, float)) and 0 < value <= DAY:
        return float(value)
    return default
