"""The one table of what Zabbix can ask for: item key, command, and how a state answers."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Tuple

from .. import __version__
from . import item_values
from .model import State


class Metric(NamedTuple):
    """One item key.  ``answer`` gets a state and the key's parameter; it is None for what
    can be told without looking at the host, and then ``constant`` is the value."""

    key: str
    command: str
    title: str
    answer: Optional[Callable[[State, str], str]]
    parameter: Optional[str] = None
    constant: str = ""

    @property
    def full_key(self) -> str:
        """The key as users read it: ``psdiff.count[ID]``."""
        return f"{self.key}[{self.parameter}]" if self.parameter else self.key

    @property
    def description(self) -> str:
        """The title as a sentence: agent 2 panics at a plugin's metric without a capital at
        the beginning or without a full stop at the end."""
        return f"{self.title[0].upper()}{self.title[1:]}."


def _count(state: State, daemon_id: str) -> str:
    return str(item_values.count(state, daemon_id))


def _discovery(state: State, _: str) -> str:
    return item_values.to_json(item_values.discovery(state))


def _document(state: State, _: str) -> str:
    return item_values.document(state)


def _missing(state: State, _: str) -> str:
    return item_values.missing(state)


def _extra(state: State, _: str) -> str:
    return item_values.extra(state)


METRICS: Tuple[Metric, ...] = (
    Metric("psdiff.get", "get", "everything, as one JSON document", _document),
    Metric("psdiff.discovery", "discover", "the expected daemons, as LLD JSON", _discovery),
    Metric("psdiff.count", "count", "how many processes of one daemon run", _count, "ID"),
    Metric("psdiff.missing", "missing", "the missing lines", _missing),
    Metric("psdiff.extra", "extra", "the extra lines", _extra),
    Metric("psdiff.version", "version", "the program's version", None, constant=__version__),
)

PLUGIN = "PsdiffZbx"
"""The plugin's name: its options are ``Plugins.PsdiffZbx.…`` in the agent's configuration."""


class PluginOption(NamedTuple):
    """One option of the plugin; its value is a number of seconds, or else a path."""

    name: str
    default: str
    title: str
    is_seconds: bool

    @property
    def full_name(self) -> str:
        return f"Plugins.{PLUGIN}.{self.name}"


PLUGIN_OPTIONS: Tuple[PluginOption, ...] = (
    PluginOption("Baseline", "/var/lib/psdiff-zbx/baseline", "the baseline", False),
    PluginOption("Config", "/etc/psdiff-zbx/config.toml", "the configuration", False),
    PluginOption("MinAge", "60", "seconds; a younger process is not yet extra", True),
    PluginOption("CacheTime", "1", "seconds for which one look serves all keys", True),
)

_COMMENT = (
    "# psdiff-zbx: the daemons of this host, compared with their baseline.",
    "# Put this file where zabbix_agentd or zabbix_agent2 includes it from; restart the agent.",
    "# 'psdiff-zbx userparameters' prints it with the path at which the program is installed.",
)


def userparameters(program: str) -> str:
    """The UserParameter file, for zabbix_agentd and zabbix_agent2 alike."""
    return "\n".join([*_COMMENT, *(_row(metric, program) for metric in METRICS), ""])


def _row(metric: Metric, program: str) -> str:
    if metric.parameter:
        return f'UserParameter={metric.key}[*],{program} {metric.command} -- "$1"'
    return f"UserParameter={metric.key},{program} {metric.command}"


_PLUGIN_COMMENT = (
    "# psdiff-zbx: the daemons of this host, compared with their baseline, by a plugin that stays",
    "# resident: an answer takes milliseconds.  For zabbix_agent2 only, in place of",
    "# psdiff_zbx.conf: with both the agent does not start.  Put this file where zabbix_agent2",
    "# includes it from, set the path at which the program is installed; restart the agent.",
)


def plugin_configuration(program: str) -> str:
    """The file that makes zabbix_agent2 run the plugin; ``program`` is an absolute path."""
    path = f"Plugins.{PLUGIN}.System.Path={program}"
    rows = [row for option in PLUGIN_OPTIONS for row in _option_rows(option)]
    return "\n".join([*_PLUGIN_COMMENT, path, *rows, ""])


def _option_rows(option: PluginOption) -> Tuple[str, ...]:
    return ("", f"# {option.full_name}: {option.title}.", f"# {option.full_name}={option.default}")
