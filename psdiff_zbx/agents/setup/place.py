"""Where our file goes, and what belongs in it.

In: the agents that were found, and the options of setup.  Out: one record, or an AgentError if an
agent would not start with that file.  It changes nothing.
"""

from __future__ import annotations

import os
import posixpath
import shlex
from pathlib import Path
from typing import NamedTuple, Optional, Sequence

from ...core.item_keys import METRICS
from ...core.line import escape
from ...core.shell_words import shell_word
from ...plugin.main import PLUGIN_PROGRAM
from ..configuration import OURS, AgentError, Setting
from ..installed import PLUGIN_CHOICE, Installed, choose_agent
from ..remedies import comment_keys, comment_out, comment_plugin, typed
from . import files
from .files import Option


class Place(NamedTuple):
    """The ``file`` of an agent.  ``before`` is its text now: None if it does not exist, or if not
    every user may read it.  ``text`` is the text that belongs there."""

    installed: Installed
    file: Path
    before: Optional[str]
    text: str

    @property
    def is_done(self) -> bool:
        """Whether the file already has that text."""
        return self.before == self.text


def place(
    agent: Optional[str], program: str, options: Sequence[Option], found: Sequence[Installed]
) -> Place:
    """The place in the agent that is asked for.

    Raises AgentError if this agent, or another one, would not start, or would not find the
    program.
    """
    installed = choose_agent(agent, found)
    file = installed.file
    refuse_folder(file.parent)
    _refuse_twice(installed)
    before = own_text(file)
    stays = agent is None and before is not None and files.is_plugin(before)
    plugin = _plugin(program) if agent == PLUGIN_CHOICE or stays else None
    if plugin:
        _refuse_agentd(installed, found)
    text = files.file_text(program, plugin, options)
    _refuse_strange(shlex.split(program), options)
    return Place(installed, file, before, text)


def _refuse_strange(command: Sequence[str], options: Sequence[Option]) -> None:
    """An agent's configuration is UTF-8, and ``$1`` in it is a parameter of the key."""
    for word in (*command, *files.option_words(options)):
        if escape(word) != word or "$" in word:
            raise AgentError(
                f"{word!r} cannot stand in an agent's configuration; use another path"
            )


def own_text(file: Path) -> Optional[str]:
    """The text of our file; None if it does not exist, or if not every user may read it.

    Raises AgentError if the file cannot be read or is not ours.
    """
    try:
        found = file.read_text("utf-8", "surrogateescape")
        is_readable = bool(file.stat().st_mode & 0o004)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AgentError(f"cannot read {file}: {error.strerror}") from error
    if not files.is_our_file(found):
        aside = f"mv {shell_word(str(file))} {shell_word(str(file))}.other"
        raise AgentError(f"{file} was not written by psdiff-zbx; look at it, then '{aside}'")
    return found if is_readable else None


def refuse_others(dry_run: bool) -> None:
    """Raise AgentError unless we are root, or only look (``dry_run``)."""
    if os.geteuid() and not dry_run:
        raise AgentError("only root can set up an agent; --dry-run says what would be done")


def refuse_folder(folder: Path) -> None:
    """Raise AgentError if no file can be written in this folder, or removed from it."""
    if not folder.is_dir():
        make = f"mkdir {shell_word(str(folder))}"
        raise AgentError(f"no folder {folder}, which the agent includes; run '{make}'")
    if os.geteuid() == 0 and not os.access(folder, os.W_OK):
        raise AgentError(f"cannot write to {folder}: the file system is read-only")


def _refuse_twice(installed: Installed) -> None:
    """An agent does not start if one item key has two lines, or if one file is included twice."""
    configuration = installed.configuration
    path = posixpath.join(configuration.folder or "", OURS)
    includes = configuration.including(path)
    if len(includes) > 1:
        places = " and ".join(include.setting.place for include in includes)
        once = typed(comment_out(includes[-1].setting))
        raise AgentError(f"{path} would be included twice, by {places}; {once} mends that")
    keys = [found for metric in METRICS for found in configuration.key_origins(metric.key)]
    for found in (*keys, *configuration.plugin_options):
        if found.path != path:
            raise AgentError(
                f"{found.place} already has {_what(found)}, and the agent does not start with it "
                f"twice; {_without(found)} takes it out, then try again"
            )


def _without(found: Setting) -> str:
    comment = comment_keys if found.name == "UserParameter" else comment_plugin
    return typed(comment(found.path))


def _what(found: Setting) -> str:
    return f"the key {found.key}" if found.name == "UserParameter" else found.name


def _refuse_agentd(chosen: Installed, found: Sequence[Installed]) -> None:
    """Only agent 2 knows plugins: zabbix_agentd does not start with their options."""
    path = posixpath.join(chosen.configuration.folder or "", OURS)
    for other in found:
        if other.kind != chosen.kind and other.configuration.including(path):
            raise AgentError(
                f"{path} is also included by {other.name}, which knows no plugins; "
                "give each agent a folder of its own, or say --agent agent2"
            )


def _plugin(program: str) -> str:
    """The path of the plugin's program, which is beside this program."""
    words = shlex.split(program)
    for path in (words[0], os.path.realpath(words[0])):
        found = os.path.join(os.path.dirname(path), PLUGIN_PROGRAM)
        if os.access(found, os.X_OK):
            return found
    raise AgentError(f"no {PLUGIN_PROGRAM} beside {words[0]}; install both, as the README says")
