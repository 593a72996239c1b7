"""The manual host actions of a frontend: show what differs, accept it as expected, start what is
missing.

In: a logged-in API.  Out: the scripts in Zabbix, and lines that say what changed.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

from ..agents.remote.commands import SHOW
from ..agents.remote.rights import ACCEPT, START

_SCRIPT, _ON_AGENT, _HOST_ACTION = "0", "0", "2"
_MAY_READ, _MAY_WRITE = "2", "3"


class _Action(NamedTuple):
    name: str
    command: str
    host_access: str
    description: str
    confirmation: str = ""


_ACTIONS = (
    _Action(
        "psdiff: show differences",
        SHOW,
        _MAY_READ,
        "What is missing and what is extra on the host, as psdiff-zbx sees it now.",
    ),
    _Action(
        "psdiff: accept as expected",
        ACCEPT.command,
        _MAY_WRITE,
        "Changes the host's baseline: what is missing now is no longer expected, and what is "
        "extra is.  Works where 'psdiff-zbx setup --remote-accept' was run.",
        "Accept all that psdiff reports on {HOST.NAME} now? What is missing will not be expected "
        "any more, and what is extra will be. On the host, 'psdiff-zbx undo' takes it back.",
    ),
    _Action(
        "psdiff: start what is missing",
        START.command,
        _MAY_WRITE,
        "Starts the units of the daemons that are missing on the host, as its baseline names "
        "them.  Works where 'psdiff-zbx setup --remote-start' was run.",
        "Start all that is missing on {HOST.NAME} now? A unit that claims to be active is "
        "restarted.",
    ),
)


def add_actions(api: Any) -> List[str]:
    """Create the actions, or update them.  Returns lines that say what changed.

    The required permission and the menu path are set only once: the administrator may change them.
    """
    return [_add(api, action) for action in _ACTIONS]


def _add(api: Any, action: _Action) -> str:
    found = api.script.get(output="extend", filter={"name": [action.name]})
    wanted = _fields(action)
    if not found:
        api.script.create(**wanted, host_access=action.host_access, menu_path="psdiff")
        return f"Added action '{action.name}' for all who may {_right(action)} the host"
    if wanted.items() <= found[0].items():
        return f"No changes to action '{action.name}'"
    api.script.update(**wanted, scriptid=found[0]["scriptid"])
    return f"Updated action '{action.name}'"


def _fields(action: _Action) -> Dict[str, str]:
    return {
        "name": action.name,
        "type": _SCRIPT,
        "scope": _HOST_ACTION,
        "execute_on": _ON_AGENT,
        "command": action.command,
        "description": action.description,
        "confirmation": action.confirmation,
    }


def _right(action: _Action) -> str:
    return "write" if action.host_access == _MAY_WRITE else "read"
