"""The texts that permit accepting from the frontend: commands, agent rules, the sudoers line.

In: a user, or a configuration.  Out: texts, or the line that would deny them.  It writes nothing.
The frontend's scripts are the same for all hosts, so the program has the same path on all of them.
"""

from __future__ import annotations

import re
import sys
from typing import Optional, Tuple

from ..allow_key import allows, deciding
from ..configuration import (
    AgentError,
    Configuration,
    Setting,
    parse_settings_file,
)

LINKED_PROGRAM = "/usr/local/bin/psdiff-zbx"
SHOW = f"{LINKED_PROGRAM} remote 'show'"
ACCEPT = f"{LINKED_PROGRAM} remote 'accept {{USER.USERNAME}}'"

_AS_ROOT = ("-I", "-m", "psdiff_zbx", "accept", "--remote")
# Isolated from the environment of who calls it: that could name modules, by PYTHONPATH, that root
# would run, if an administrator lets sudo keep it.
_PERMITS = re.compile(
    rf"Defaults!\S+ env_reset|\S+ ALL=\(root\) NOPASSWD: \S+ {' '.join(_AS_ROOT)}"
)
_PATH = re.compile(r"[A-Za-z0-9_./+-]+")  # no character that sudoers(5) would read otherwise

AGENT_FILE = "psdiff_zbx_accept.conf"
SUDOERS = "/etc/sudoers.d/psdiff-zbx"
_USER = re.compile(r"[a-z_][A-Za-z0-9_.-]*")  # not ALL, no alias: sudoers(5)

# Two quotes, around the whole argument, make it one word for the shell.  A third quote could end
# that word, so the first rule denies it.  Both rules are on the first lines of their file, because
# agent 2 sorts its rules by line number, across all files.
AGENT_RULES = f"""\
DenyKey=system.run[{LINKED_PROGRAM} remote '*'*'*]
AllowKey=system.run[{LINKED_PROGRAM} remote '*']
# Written by 'psdiff-zbx setup --remote-accept', undone by 'psdiff-zbx setup --remove'.
# The Zabbix server may run this one command, with one word in quotes, and no other: a third
# quote is denied before.  Both lines have to stay the first ones of this file.
"""


def as_root() -> Tuple[str, ...]:
    """The only command that the agent's user may run as root: this Python, and nothing from the
    environment."""
    return (sys.executable, *_AS_ROOT)


def sudoers(user: str) -> str:
    """The lines of sudoers that let the agent's user accept.

    Raises AgentError if the user's name, or the path of this Python, cannot stand in them.
    """
    if not _USER.fullmatch(user):
        raise AgentError(f"{user!r} is no user name for {SUDOERS}: let the agent run as another")
    if not _PATH.fullmatch(sys.executable):
        raise AgentError(f"{sys.executable!r} is no path for {SUDOERS}: install it elsewhere")
    permits = f"{user} ALL=(root) NOPASSWD: {' '.join(as_root())}"
    return f"Defaults!{sys.executable} env_reset\n{permits}\n"


def is_our_line(text: str) -> bool:
    """Whether a sudoers file has only lines of ours."""
    return all(_PERMITS.fullmatch(line) for line in text.splitlines())


def denied_by(kind: str, configuration: Configuration, path: str) -> Optional[Setting]:
    """The line that would deny the frontend's actions if RULES were in the file ``path``, or
    None."""
    settings, key = _with_ours(configuration, path), f"system.run[{SHOW}]"
    return None if allows(kind, settings, key) else deciding(kind, settings, key)


def _with_ours(configuration: Configuration, path: str) -> Tuple[Setting, ...]:
    """The settings with RULES after all other files of their folder.  That is the worst case:
    zabbix_agentd reads a folder in the order of readdir(3), which is not sorted."""
    others = [setting for setting in configuration.settings if setting.path != path]
    for include in configuration.including(path):
        place = others.index(include.setting) + 1
        while place < len(others) and include.takes_in(others[place].path):
            place += 1
        others[place:place] = parse_settings_file(AGENT_RULES, path)
    return tuple(others)
