"""What an administrator may let the frontend do on a host as root: accept, start.

In: a user.  Out: the texts that permit it, a file for the agent and lines for sudo.  Both rights
are alike in all that keeps them narrow.  The frontend's scripts are the same for all hosts, so
they name the program without its folder.
"""

from __future__ import annotations

import os
import re
import sys
from typing import NamedTuple, Tuple

from ...host import interpreter
from ..configuration import AgentError

PROGRAM = "psdiff-zbx"
"""The agent's PATH leads to it: in /usr/bin from a package, else in /usr/local/bin."""

_ISOLATED = ("-I", "-m", "psdiff_zbx")
# Isolated from the environment of who calls it: that could name modules, by PYTHONPATH, that root
# would run, if an administrator lets sudo keep it.
_PATH = re.compile(r"[A-Za-z0-9_./+-]+")  # no character that sudoers(5) would read otherwise
_USER = re.compile(r"[a-z_][A-Za-z0-9_.-]*")  # not ALL, no alias: sudoers(5)

# Two quotes, around the whole argument, make it one word for the shell.  A third quote could end
# that word, so the first rule denies it.  The rules are on the first lines of their file, because
# agent 2 sorts its rules by line number, across all files.
_RULES = """\
DenyKey=system.run[{program} remote '{words}'*'*{mode}]
AllowKey=system.run[{program} remote '{words}'{mode}]
"""
_WHY = """\
# Written by 'psdiff-zbx setup {option}', undone by 'psdiff-zbx setup --remove'.
# The Zabbix server may run this one command, with one word in quotes, and no other: a third
# quote is denied before.  These lines have to stay the first ones of this file.
"""


class Right(NamedTuple):
    """A right of the agent's user, which ``setup`` gives by an ``option``.  ``words`` are a
    pattern of what may stand in quotes, ``what`` is the right in words, ``risk`` lines about
    it.  ``modes`` are further parameters of system.run."""

    verb: str
    what: str
    words: str
    agent_file: str
    sudoers_file: str
    risk: Tuple[str, ...]
    modes: Tuple[str, ...] = ("",)

    @property
    def option(self) -> str:
        """The option of ``setup``."""
        return f"--remote-{self.verb}"

    @property
    def command(self) -> str:
        """What the frontend's action runs on the host."""
        return f"{PROGRAM} remote '{self.verb} {{USER.USERNAME}}'"

    @property
    def agent_rules(self) -> str:
        """The text of the file for the agent."""
        rules = (
            _RULES.format(program=PROGRAM, words=self.words, mode=mode) for mode in self.modes
        )
        return "".join((*rules, _WHY.format(option=self.option)))

    @property
    def keys(self) -> Tuple[str, ...]:
        """The item keys by which the server has the agent run the command."""
        return tuple(f"system.run[{self.command}{mode}]" for mode in self.modes)

    def as_root(self) -> Tuple[str, ...]:
        """The only command that the agent's user may run as root by this right, with nothing from
        the environment.  A package's program sees to that itself; that of a virtual environment
        does not."""
        if interpreter.in_virtual_environment():
            return (sys.executable, *_ISOLATED, *self._words)
        return (os.path.realpath(sys.argv[0]), *self._words)

    def sudoers(self, user: str) -> str:
        """The lines of sudoers.

        Raises AgentError if the user's name, or the program's path, cannot stand in them.
        """
        place, program = self.sudoers_file, self.as_root()[0]
        if not _USER.fullmatch(user):
            raise AgentError(f"{user!r} is no user name for {place}: let the agent run as another")
        if not _PATH.fullmatch(program):
            raise AgentError(f"{program!r} is no path for {place}: install it elsewhere")
        permits = f"{user} ALL=(root) NOPASSWD: {' '.join(self.as_root())}"
        return f"Defaults!{program} env_reset\n{permits}\n"

    def is_ours(self, text: str) -> bool:
        """Whether a sudoers file has only lines of this right."""
        isolated, words = " ".join(_ISOLATED), " ".join(self._words)
        permits = re.compile(
            rf"Defaults!\S+ env_reset|\S+ ALL=\(root\) NOPASSWD: \S+ (?:{isolated} )?{words}"
        )
        return all(permits.fullmatch(line) for line in text.splitlines())

    @property
    def _words(self) -> Tuple[str, ...]:
        return (self.verb, "--remote")


ACCEPT = Right(
    "accept",
    "accepting from the frontend",
    "*",
    "psdiff_zbx_accept.conf",
    "/etc/sudoers.d/psdiff-zbx",
    (
        "Anyone who may run 'psdiff: accept as expected' on this host, or who controls the Zabbix",
        "server, can now make expected what runs here.  They cannot run anything else.",
    ),
)
"""It permits ``remote 'show'``, too, which needs no root."""

START = Right(
    "start",
    "starting from the frontend",
    "start *",
    "psdiff_zbx_start.conf",
    "/etc/sudoers.d/psdiff-zbx-start",
    (
        "Anyone who may run 'psdiff: start what is missing' on this host, or who controls the",
        "Zabbix server, can now start the units of daemons that are missing, as the baseline",
        "names them.  They cannot start or run anything else.",
    ),
    # The server waits for what somebody clicks, and not for what an action of its own runs.
    ("", ",nowait"),
)

RIGHTS = (ACCEPT, START)
