"""The texts that permit accepting from the frontend: commands, agent rules, the sudoers line.

In: a user, or a configuration.  Out: texts, or the line that would deny them.  It writes nothing.
The frontend's scripts are the same for all hosts, so they name the program without its folder.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Optional, Tuple

from ...host import interpreter
from ..allow_key import allows, deciding
from ..configuration import (
    AgentError,
    Configuration,
    Setting,
    parse_settings_file,
)

PROGRAM = "psdiff-zbx"
"""The agent's PATH leads to it: in /usr/bin from a package, else in /usr/local/bin."""

SHOW = f"{PROGRAM} remote 'show'"
ACCEPT = f"{PROGRAM} remote 'accept {{USER.USERNAME}}'"

_ACCEPT = ("accept", "--remote")
# Isolated from the environment of who calls it: that could name modules, by PYTHONPATH, that root
# would run, if an administrator lets sudo keep it.
_ISOLATED = ("-I", "-m", "psdiff_zbx")
_PERMITS = re.compile(
    r"Defaults!\S+ env_reset|"
    rf"\S+ ALL=\(root\) NOPASSWD: \S+ (?:{' '.join(_ISOLATED)} )?{' '.join(_ACCEPT)}"
)
_PATH = re.compile(r"[A-Za-z0-9_./+-]+")  # no character that sudoers(5) would read otherwise

AGENT_FILE = "psdiff_zbx_accept.conf"
SUDOERS = "/etc/sudoers.d/psdiff-zbx"
_USER = re.compile(r"[a-z_][A-Za-z0-9_.-]*")  # not ALL, no alias: sudoers(5)

# Two quotes, around the whole argument, make it one word for the shell.  A third quote could end
# that word, so the first rule denies it.  Both rules are on the first lines of their file, because
# agent 2 sorts its rules by line number, across all files.
AGENT_RULES = f"""\
DenyKey=system.run[{PROGRAM} remote '*'*'*]
AllowKey=system.run[{PROGRAM} remote '*']
# Written by 'psdiff-zbx setup --remote-accept', undone by 'psdiff-zbx setup --remove'.
# The Zabbix server may run this one command, with one word in quotes, and no other: a third
# quote is denied before.  Both lines have to stay the first ones of this file.
"""


def as_root() -> Tuple[str, ...]:
    """The only command that the agent's user may run as root, with nothing from the environment.
    A package's program sees to that itself; that of a virtual environment does not."""
    if interpreter.in_virtual_environment():
        return (sys.executable, *_ISOLATED, *_ACCEPT)
    return (os.path.realpath(sys.argv[0]), *_ACCEPT)


def sudoers(user: str) -> str:
    """The lines of sudoers that let the agent's user accept.

    Raises AgentError if the user's name, or the program's path, cannot stand in them.
    """
    program = as_root()[0]
    if not _USER.fullmatch(user):
        raise AgentError(f"{user!r} is no user name for {SUDOERS}: let the agent run as another")
    if not _PATH.fullmatch(program):
        raise AgentError(f"{program!r} is no path for {SUDOERS}: install it elsewhere")
    permits = f"{user} ALL=(root) NOPASSWD: {' '.join(as_root())}"
    return f"Defaults!{program} env_reset\n{permits}\n"


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
