"""The Zabbix agents of this host: their configurations, their users, and which of them run.

In: the root folder, and the processes.  Out: one record per agent.  It changes nothing and starts
nothing.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Sequence

from ..core.model import Process
from ..core.shell_words import shell_word
from . import configuration, running
from .configuration import OURS, AgentError, Configuration, Files

__all__ = ["AgentError", "Installed", "choose_agent", "find_agents", "further_agents"]

PLUGIN_CHOICE = "plugin"  # agent 2, with our plugin in place of the UserParameters
UNITS = {"agentd": "zabbix-agent", "agent2": "zabbix-agent2"}
KINDS = tuple(UNITS)
NAMES = tuple(f"zabbix_{kind}" for kind in KINDS)
_USER = "zabbix"
_BINARIES = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")
# Packages of Debian, Ubuntu and zabbix.com; EPEL; built from Zabbix's sources.
_CONFIGURATIONS = ("/etc/zabbix", "/etc", "/usr/local/etc")


class Installed(NamedTuple):
    """One agent.  ``program`` is the path of its binary, ``unit`` its systemd unit without
    ``.service``.  ``pid`` is its main process, which ``started`` at that Unix time; None and 0 if
    it does not run.  ``is_further``: it runs beside the usual one of its kind, with another
    configuration."""

    kind: str
    program: str
    configuration: Configuration
    user: str
    unit: str
    pid: Optional[int]
    started: float = 0.0
    root: Path = Path("/")
    is_further: bool = False

    @property
    def name(self) -> str:
        """The name of its program: ``zabbix_agent2``."""
        return f"zabbix_{self.kind}"

    @property
    def title(self) -> str:
        """Its name; of a further one also the path of its configuration."""
        return f"{self.name} by {self.configuration.path}" if self.is_further else self.name

    @property
    def folder(self) -> Path:
        """The folder for our file.  Raises AgentError if the configuration includes no folder."""
        found = self.configuration.folder
        if found is None:
            main = self.configuration.path
            raise AgentError(f"{main} includes no folder; '{new_folder(main)}' makes one")
        return _below(self.root, found)

    @property
    def file(self) -> Path:
        """The path of our file.  Raises AgentError if the configuration includes no folder."""
        return self.folder / OURS


def new_folder(main: str) -> str:
    """The command that makes a folder for our file, which the main file then includes."""
    folder = f"{posixpath.splitext(main)[0]}.d"
    line = shell_word(f"Include={folder}/*.conf")
    return f"mkdir -p {shell_word(folder)} && echo {line} >> {shell_word(main)}"


def find_agents(
    root: Path = Path("/"), processes: Optional[Sequence[Process]] = None
) -> List[Installed]:
    """The agents of this host: two, one or none; further ones of the same kind are not among them.
    ``processes`` are those of this host by default.

    Raises AgentError if a configuration cannot be read, and SnapshotError if other users'
    processes cannot be seen.
    """
    here = running.here(NAMES) if processes is None else processes
    return [found for kind in KINDS for found in _find(kind, root, here)]


def further_agents(
    root: Path = Path("/"), processes: Optional[Sequence[Process]] = None
) -> List[Installed]:
    """The agents that run beside those that ``find_agents`` finds, with configurations of their
    own.  Raises what that raises."""
    here = running.here(NAMES) if processes is None else processes
    return [found for kind in KINDS for found in _further(kind, root, here)]


def choose_agent(agent: Optional[str], found: Sequence[Installed]) -> Installed:
    """The agent asked for, or the only one, or the only one that runs.

    Raises AgentError if it is not installed, or if there are two and none is asked for.
    """
    if not found:
        raise AgentError(
            "no Zabbix agent here: no zabbix_agentd or zabbix_agent2 with its configuration in "
            "/etc/zabbix; install one first"
        )
    kind = "agent2" if agent == PLUGIN_CHOICE else agent
    chosen = [each for each in found if kind in (None, each.kind)]
    if not chosen:
        other = found[0]
        raise AgentError(f"zabbix_{kind} is not here, {other.name} is: say --agent {other.kind}")
    if len(chosen) > 1:
        chosen = [each for each in chosen if each.pid is not None]
    if len(chosen) != 1:
        raise AgentError(
            "zabbix_agentd and zabbix_agent2 are both here; say which: "
            "--agent agentd, agent2 or plugin"
        )
    return chosen[0]


def _find(kind: str, root: Path, processes: Sequence[Process]) -> List[Installed]:
    name, usual = f"zabbix_{kind}", _usual(kind, root)
    main = next(iter(running.main_processes(name, usual, processes)), None)
    path = (running.configured(main.cmdline) if main else "") or usual
    program = _program(name, root, main)
    if not (path and program):  # a removed package leaves its configuration behind
        return []
    found = configuration.read_configuration(path, _files(root))
    if main:
        return [_that_runs(kind, program, found, main, root)]
    user = found.value("User", _USER) if kind == "agentd" else _USER
    return [Installed(kind, program, found, user, UNITS[kind], None, root=root)]


def _further(kind: str, root: Path, processes: Sequence[Process]) -> Iterator[Installed]:
    name = f"zabbix_{kind}"
    for main in running.main_processes(name, _usual(kind, root), processes)[1:]:
        path = running.configured(main.cmdline)
        found = configuration.read_configuration(path, _files(root))
        agent = _that_runs(kind, _program(name, root, main), found, main, root)
        yield agent._replace(is_further=True)


def _that_runs(
    kind: str, program: str, found: Configuration, main: Process, root: Path
) -> Installed:
    unit = running.unit(main) or UNITS[kind]
    return Installed(kind, program, found, main.user, unit, main.pid, main.started, root)


def _usual(kind: str, root: Path) -> str:
    return _first(root, [f"{folder}/zabbix_{kind}.conf" for folder in _CONFIGURATIONS])


def _first(root: Path, paths: Sequence[str]) -> str:
    return next((path for path in paths if _below(root, path).exists()), "")


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _program(name: str, root: Path, main: Optional[Process]) -> str:
    usual = _first(root, [f"{folder}/{name}" for folder in _BINARIES])
    return main.cmdline[0] if main and main.cmdline else usual


def _files(root: Path) -> Files:
    def text(path: str) -> str:
        try:
            return _below(root, path).read_text("utf-8", "surrogateescape")
        except OSError as error:
            raise AgentError(f"cannot read {path}: {error.strerror}") from error

    def names(folder: str) -> Optional[List[str]]:
        place = _below(root, folder)
        try:
            return [path.name for path in place.iterdir() if path.is_file()]
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise AgentError(f"cannot read {folder}: {error.strerror}") from error

    return Files(text, names)
