"""Our files for the agents, as text: the UserParameters, and the plugin's options."""

from __future__ import annotations

from typing import NamedTuple, Tuple

from .item_keys import METRICS, Metric

PLUGIN = "PsdiffZbx"
"""The plugin's name: its options are ``Plugins.PsdiffZbx.…`` in the agent's configuration."""


class PluginOption(NamedTuple):
    """One option of the plugin.  Its value is a number of seconds, or a path."""

    name: str
    default: str
    title: str
    is_seconds: bool

    @property
    def full_name(self) -> str:
        """Its name in the agent's configuration: ``Plugins.PsdiffZbx.MinAge``."""
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


PLUGIN_TIMEOUT = 30
"""Seconds that agent 2 gives a plugin to start, the most that it accepts.  When they are over, it
ends itself.  By default they are its ``Timeout``, 3 seconds, which is too short for Python while a
host boots: five of six boots of 20 to 39 seconds ended the agent."""

_TIMEOUT_ROWS = (
    "",
    "# How long the agent waits for a plugin to start, before it ends itself: when a host boots,",
    "# that may take longer than the usual 3 seconds.  This holds for all loadable plugins.",
    f"PluginTimeout={PLUGIN_TIMEOUT}",
)


def plugin_configuration(program: str) -> str:
    """The file that makes zabbix_agent2 run the plugin; ``program`` is an absolute path."""
    path = f"Plugins.{PLUGIN}.System.Path={program}"
    rows = [row for option in PLUGIN_OPTIONS for row in _option_rows(option)]
    return "\n".join([*_PLUGIN_COMMENT, path, *_TIMEOUT_ROWS, *rows, ""])


def _option_rows(option: PluginOption) -> Tuple[str, ...]:
    return ("", f"# {option.full_name}: {option.title}.", f"# {option.full_name}={option.default}")
