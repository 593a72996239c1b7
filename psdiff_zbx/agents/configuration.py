"""A Zabbix agent's configuration, read as the agent reads it.

In: the path of the main file, and functions that read a file and list a folder.  Out: the settings
in reading order, and the Include lines.  This module opens no file itself.
"""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

from ..core.agent_config import PLUGIN
from ..core.model import PsdiffError

OURS = "psdiff_zbx.conf"
"""The name of our file in the agent's include folder: UserParameters or the plugin's options."""

INCLUDE = "Include"
_DEEPEST = 10  # levels of Include, in both agents
_PLUGINS = "plugins.d"  # the options of agent 2's own plugins


class AgentError(PsdiffError):
    """No agent, a wrong configuration, or an agent that cannot be set up."""


class Setting(NamedTuple):
    """One ``name=value`` line of the file ``path``, at line ``number`` (from 1)."""

    name: str
    value: str
    path: str
    number: int

    @property
    def place(self) -> str:
        """The file and line: ``/etc/zabbix/zabbix_agentd.conf line 12``."""
        return f"{self.path} line {self.number}"

    @property
    def key(self) -> str:
        """The item key of a UserParameter, without parameters: ``psdiff.count`` for
        ``UserParameter=psdiff.count[*],COMMAND``."""
        return self.value.partition(",")[0].partition("[")[0].strip()


class Include(NamedTuple):
    """An Include line (``setting``).  It takes in the files of ``folder`` whose names match
    ``pattern``."""

    folder: str
    pattern: str
    setting: Setting

    def takes_in(self, path: str) -> bool:
        """Whether the line includes the file ``path``."""
        folder, name = posixpath.split(path)
        return folder == self.folder and fnmatchcase(name, self.pattern)


class Files(NamedTuple):
    """How to read files.  ``text(path)`` is the text of a file, ``names(folder)`` the names of the
    files in a folder, or None if there is no such folder."""

    text: Callable[[str], str]
    names: Callable[[str], Optional[Sequence[str]]]


class Configuration(NamedTuple):
    """The settings of the main file at ``path`` and of all included files, in reading order."""

    path: str
    settings: Tuple[Setting, ...]
    includes: Tuple[Include, ...] = ()

    def all(self, name: str) -> Tuple[Setting, ...]:
        """All settings with this name, in reading order."""
        return tuple(setting for setting in self.settings if setting.name == name)

    def value(self, name: str, default: str = "") -> str:
        """The value of a setting, or ``default`` if it is not set.  The last line wins, as in the
        agents."""
        found = self.all(name)
        return found[-1].value if found else default

    def key_origins(self, key: str) -> Tuple[Setting, ...]:
        """The UserParameter lines that define an item key."""
        return tuple(found for found in self.all("UserParameter") if found.key == key)

    @property
    def plugin_options(self) -> Tuple[Setting, ...]:
        """The options of our agent 2 plugin, ``Plugins.PsdiffZbx.…``."""
        start = f"Plugins.{PLUGIN}."
        return tuple(setting for setting in self.settings if setting.name.startswith(start))

    def including(self, path: str) -> Tuple[Include, ...]:
        """The Include lines that take in ``path``, even if that file does not exist."""
        return tuple(include for include in self.includes if include.takes_in(path))

    @property
    def folder(self) -> Optional[str]:
        """The folder from which the agent includes our file; None if there is none."""
        for include in self.includes:
            folder = include.folder
            if posixpath.basename(folder) != _PLUGINS and fnmatchcase(OURS, include.pattern):
                return folder
        return None


def read_configuration(path: str, files: Files) -> Configuration:
    """The configuration whose main file is ``path``.

    Raises AgentError if a file cannot be read, or if Include lines are nested too deeply.
    """
    found = list(_read(path, posixpath.dirname(path), files, 0))
    settings = tuple(each.setting if isinstance(each, Include) else each for each in found)
    return Configuration(path, settings, tuple(i for i in found if isinstance(i, Include)))


def _read(path: str, base: str, files: Files, depth: int) -> Iterator[Union[Setting, Include]]:
    if depth > _DEEPEST:
        raise AgentError(f"{path}: more than {_DEEPEST} levels of Include; it may include itself")
    for setting in parse_settings_file(files.text(path), path):
        if setting.name == INCLUDE:
            include, paths = _include(setting, base, files)
            yield include
            for each in paths:
                yield from _read(each, base, files, depth + 1)
        else:
            yield setting


def parse_settings_file(text: str, path: str) -> List[Setting]:
    """The ``name=value`` lines of one file."""
    rows = enumerate((line.strip() for line in text.split("\n")), 1)
    pairs = [(number, row.partition("=")) for number, row in rows if row and row[0] != "#"]
    return [Setting(name.strip(), value.strip(), path, n) for n, (name, _, value) in pairs]


def _include(setting: Setting, base: str, files: Files) -> Tuple[Include, List[str]]:
    """The value is a file, a folder, or a path with a pattern in its last part.  Agent 2 takes it
    relative to the main file's folder: ``Include=./zabbix_agent2.d/plugins.d/*.conf``.  Our own
    file may not be there yet."""
    where = posixpath.normpath(posixpath.join(base, setting.value))
    folder, pattern = posixpath.split(where)
    if "*" not in pattern:
        if files.names(where) is not None:
            folder, pattern = where, "*"
        elif pattern != OURS:
            return Include(folder, pattern, setting), [where]
    found = sorted(name for name in files.names(folder) or () if fnmatchcase(name, pattern))
    return Include(folder, pattern, setting), [posixpath.join(folder, name) for name in found]
