"""A Zabbix agent's configuration, read as the agent reads it.

In: the main file's path, and how to get a file's text and a folder's names.  Out: the settings in
their order, and what is included from where.  It opens nothing itself.
"""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

from ..core.agent_config import PLUGIN
from ..core.model import PsdiffError

OURS = "psdiff_zbx.conf"
"""The one file of ours among those that an agent includes: for UserParameters or the plugin."""

INCLUDE = "Include"
_DEEPEST = 10  # levels of Include, in both agents
_PLUGINS = "plugins.d"  # agent 2's, for the plugins of its own package


class AgentError(PsdiffError):
    """No agent, one that is not as it should be, or one that cannot be set up."""


class Setting(NamedTuple):
    """One ``name=value`` line of the file ``path``."""

    name: str
    value: str
    path: str
    number: int

    @property
    def place(self) -> str:
        return f"{self.path} line {self.number}"

    @property
    def key(self) -> str:
        """The item key of a ``UserParameter=psdiff.count[*],COMMAND``, less its parameters."""
        return self.value.partition(",")[0].partition("[")[0].strip()


class Include(NamedTuple):
    """The files of ``folder`` whose names match ``pattern``, as line ``setting`` includes them."""

    folder: str
    pattern: str
    setting: Setting

    def takes_in(self, path: str) -> bool:
        folder, name = posixpath.split(path)
        return folder == self.folder and fnmatchcase(name, self.pattern)


class Files(NamedTuple):
    """``text`` of a file; ``names`` of the files in a folder, None where there is no folder."""

    text: Callable[[str], str]
    names: Callable[[str], Optional[Sequence[str]]]


class Configuration(NamedTuple):
    """The main file's settings with those of all included files, in the order of reading."""

    path: str
    settings: Tuple[Setting, ...]
    includes: Tuple[Include, ...] = ()

    def all(self, name: str) -> Tuple[Setting, ...]:
        return tuple(setting for setting in self.settings if setting.name == name)

    def value(self, name: str, default: str = "") -> str:
        """The last one wins, as in the agents."""
        found = self.all(name)
        return found[-1].value if found else default

    def key_origins(self, key: str) -> Tuple[Setting, ...]:
        """The UserParameters that define an item key."""
        return tuple(found for found in self.all("UserParameter") if found.key == key)

    @property
    def plugin_options(self) -> Tuple[Setting, ...]:
        """What the file says of our plugin of agent 2."""
        start = f"Plugins.{PLUGIN}."
        return tuple(setting for setting in self.settings if setting.name.startswith(start))

    def including(self, path: str) -> Tuple[Include, ...]:
        """The Includes that take in ``path``, whether it is there or not."""
        return tuple(include for include in self.includes if include.takes_in(path))

    @property
    def folder(self) -> Optional[str]:
        """Where a file of ours is included from."""
        for include in self.includes:
            folder = include.folder
            if posixpath.basename(folder) != _PLUGINS and fnmatchcase(OURS, include.pattern):
                return folder
        return None


def read_configuration(path: str, files: Files) -> Configuration:
    """The configuration whose main file is ``path``.

    Raises AgentError for a file that cannot be read.
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
    """A file, a folder, or a pattern in the last part; agent 2 has it relative to the main
    file's folder: ``Include=./zabbix_agent2.d/plugins.d/*.conf``."""
    where = posixpath.normpath(posixpath.join(base, setting.value))
    folder, pattern = posixpath.split(where)
    if "*" not in pattern:
        names = files.names(where)
        if names is None:
            return Include(folder, pattern, setting), [where]
        folder, pattern = where, "*"
    found = sorted(name for name in files.names(folder) or () if fnmatchcase(name, pattern))
    return Include(folder, pattern, setting), [posixpath.join(folder, name) for name in found]
