"""What accepting from the frontend consists of, as text: commands, agent's rules, sudoers' line.

The frontend's scripts are the same for all hosts, so the program has the same path on all.
"""

from __future__ import annotations

import re
from typing import Optional, Tuple

from ..allow_key import allows, deciding
from ..configuration import (
    AgentError,
    Configuration,
    Setting,
    parse_settings_file,
)

PROGRAM = "/usr/local/bin/psdiff-zbx"
SHOW = f"{PROGRAM} remote 'show'"
ACCEPT = f"{PROGRAM} remote 'accept {{USER.USERNAME}}'"

AS_ROOT = ("accept", "--remote")
"""What root does for the agent's user, and nothing else."""

_PERMITS = f"ALL=(root) NOPASSWD: {PROGRAM} {' '.join(AS_ROOT)}"

FILE = "psdiff_zbx_accept.conf"
SUDOERS = "/etc/sudoers.d/psdiff-zbx"
_USER = re.compile(r"[a-z_][A-Za-z0-9_.-]*")  # neither ALL nor an alias, to sudoers

# Of two quotes, the first and the last character, the shell makes one word, whatever it is: a
# third is denied first.  They stand on the first lines because agent 2 asks its rules in the
# order of their lines' numbers, whatever files they are in.
RULES = f"""\
DenyKey=system.run[{PROGRAM} remote '*'*'*]
AllowKey=system.run[{PROGRAM} remote '*']
# Written by 'psdiff-zbx setup --remote-accept', undone by 'psdiff-zbx setup --remove'.
# The Zabbix server may run this one command, with one word in quotes, and no other: a third
# quote is denied before.  Both lines have to stay the first ones of this file.
"""


def sudoers(user: str) -> str:
    """The one line that lets the agent's user accept.  Raises AgentError."""
    if not _USER.fullmatch(user):
        raise AgentError(f"{user!r} is no user name for {SUDOERS}: let the agent run as another")
    return f"{user} {_PERMITS}\n"


def is_ours(text: str) -> bool:
    """Whether a file of sudoers permits nothing else."""
    return all(line.endswith(f" {_PERMITS}") for line in text.splitlines())


def denied_by(kind: str, configuration: Configuration, path: str) -> Optional[Setting]:
    """The line that keeps RULES, as the file ``path``, from working."""
    settings, key = _with_ours(configuration, path), f"system.run[{SHOW}]"
    return None if allows(kind, settings, key) else deciding(kind, settings, key)


def _with_ours(configuration: Configuration, path: str) -> Tuple[Setting, ...]:
    """The settings with ours behind all others of their folder: agentd reads its files in no
    order at all (opendir, readdir)."""
    others = [setting for setting in configuration.settings if setting.path != path]
    for include in configuration.including(path):
        place = others.index(include.setting) + 1
        while place < len(others) and include.takes_in(others[place].path):
            place += 1
        others[place:place] = parse_settings_file(RULES, path)
    return tuple(others)
