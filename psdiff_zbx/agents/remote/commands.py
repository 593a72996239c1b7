"""The frontend's commands on a host, and what an administrator's own rules make of them.

In: an agent's configuration.  Out: the line that would deny them.
"""

from __future__ import annotations

from typing import Optional, Tuple

from ..allow_key import allows, deciding
from ..configuration import Configuration, Setting, parse_settings_file
from .rights import PROGRAM, Right

SHOW = f"{PROGRAM} remote 'show'"


def denied_by(
    right: Right, kind: str, configuration: Configuration, path: str
) -> Optional[Setting]:
    """The line that would deny the frontend's action if the rules of a right were in the file
    ``path``, or None."""
    settings = _with_ours(right, configuration, path)
    denied = (key for key in right.keys if not allows(kind, settings, key))
    return next((deciding(kind, settings, key) for key in denied), None)


def _with_ours(right: Right, configuration: Configuration, path: str) -> Tuple[Setting, ...]:
    """The settings with ours after all other files of their folder.  That is the worst case:
    zabbix_agentd reads a folder in the order of readdir(3), which is not sorted."""
    others = [setting for setting in configuration.settings if setting.path != path]
    for include in configuration.including(path):
        place = others.index(include.setting) + 1
        while place < len(others) and include.takes_in(others[place].path):
            place += 1
        others[place:place] = parse_settings_file(right.agent_rules, path)
    return tuple(others)
