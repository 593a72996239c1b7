"""Whether the agent outlives its plugin: how long it waits for it, and who starts it again.

In: an agent.  Out: findings; none if all is well, or without the plugin.
"""

from __future__ import annotations

from typing import Iterator

from ...core.agent_config import PLUGIN_TIMEOUT
from ..installed import PLUGIN_CHOICE, Installed
from ..remedies import own_file, set_value, setup_command, then_restart, typed
from ..service_manager import restarts_always, unit_property
from .findings import WARNING, Finding

NAME = "plugin"
_TIMEOUT = "PluginTimeout"


def check_plugin(agent: Installed) -> Iterator[Finding]:
    """What ends the agent at a slow boot, and what leaves it ended."""
    if agent.kind != "agent2" or not agent.configuration.plugin_options:
        return
    wait = agent.configuration.value(_TIMEOUT)
    if not (wait.isdecimal() and int(wait) >= PLUGIN_TIMEOUT):
        yield Finding(NAME, WARNING, _short(agent, wait), _longer(agent, wait))
    if not restarts_always(agent):
        text = f"{agent.unit} has Restart={unit_property(agent, 'Restart')}"
        why = "if the plugin ends, so does the agent, and nobody starts it again"
        again = f"{setup_command(agent, PLUGIN_CHOICE)} --yes"
        yield Finding(NAME, WARNING, f"{text}: {why}", typed(again))


def _short(agent: Installed, wait: str) -> str:
    now = f"{_TIMEOUT}={wait}" if wait else f"no {_TIMEOUT} in {agent.configuration.path}"
    return f"{now}: if the plugin starts slowly, as while the host boots, the agent ends"


def _longer(agent: Installed, wait: str) -> str:
    places = {each.path for each in agent.configuration.plugin_options}
    if not wait and places == {own_file(agent)}:  # setup writes it into its file
        return then_restart(agent, setup_command(agent, PLUGIN_CHOICE))
    return then_restart(agent, set_value(agent.configuration, _TIMEOUT, PLUGIN_TIMEOUT))
