"""What runs on this host, or ran when it was recorded, under its configuration.

In: paths of a configuration and of a recording.  Out: processes, their tree under the rules.
"""

from __future__ import annotations

import os
import time
from functools import cached_property, partial
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Callable,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from ..core.cache import Cache, Memory
from ..core.merged_usr import Apart, never_apart
from ..core.model import DAEMON, Filtered, Key, Line, Process, Tree, Unit, Units
from ..core.redact import redact
from ..core.rules.apply import ignored
from ..core.rules.cgroup import relative
from ..core.rules.facts import RECORDED, Facts
from ..core.tree import arrange, build, family
from . import boot_clock, config
from .processes import (
    cgroup_of,
    read_processes,
    read_recorded,
    redacted,
)
from .same_files import are_two_files

if TYPE_CHECKING:
    from .unit_files import UnitFiles


class _Host(NamedTuple):
    config_path: Optional[Path] = None
    snapshot_path: Optional[str] = None
    memory: Optional[Memory] = None


class Host(_Host):
    """``config_path`` and ``snapshot_path`` are None for the host's own files and processes;
    ``memory`` is what is known of the last look."""

    @cached_property
    def config(self) -> config.Config:
        """The configuration, read once.  Raises ConfigError."""
        return config.load_config(self.config_path)

    @property
    def is_live(self) -> bool:
        """Whether it is this host, not a recording."""
        return self.snapshot_path is None

    @property
    def own(self) -> Optional[int]:
        """Our own pid; None in a recording, which holds no process of ours."""
        return os.getpid() if self.is_live else None

    @property
    def now(self) -> Callable[[], float]:
        """The time, by the clock that tells when the processes started."""
        return boot_clock.now if self.is_live else time.time

    @property
    def apart(self) -> Apart:
        """What tells files apart."""
        return are_two_files if self.is_live else never_apart

    @cached_property
    def _units(self) -> UnitFiles:
        from .unit_files import UnitFiles

        return UnitFiles()

    def facts(self) -> Facts:
        """How rules learn more about a process, as of now."""
        if not self.is_live:
            return RECORDED
        self._units.refresh()
        units = self._units
        return Facts(
            cgroup_of, lambda _, cgroup: units.unit(cgroup), units.version, True, self.apart
        )

    def processes(self, users: Optional[Mapping[str, str]] = None) -> List[Process]:
        """What runs, less secrets; from the recorded snapshot if there is one.  ``users`` are
        names by uid, for where the user directory does not answer in time.

        In mode "arguments" the arguments go last of all, for the rules look at them.
        """
        return self._read(self._mode, self.memory and self.memory.processes, users)

    def snapshot(self) -> List[Process]:
        """What ``snapshot`` records: all processes with their cgroups and units, but not
        ourselves."""
        found, facts = self._read(self.config.settings.redact, None), self.facts()
        ours, unit_of = self.family(found), unit_finder(facts, found)
        cgroups = ((process, facts.cgroup_of(process)) for process in found)
        return [
            process._replace(cgroup=cgroup, unit=unit_of(process))
            for process, cgroup in cgroups
            if cgroup is not None and process.pid not in ours
        ]

    def is_main(self, tree: Tree) -> Callable[[Process], bool]:
        """Whether a process of the tree is the main process of a unit that is a daemon."""
        unit_of = unit_finder(self.facts(), [each for line in tree for each in line.processes])

        def is_main(process: Process) -> bool:
            unit = unit_of(process) if process.ppid == 1 else None
            return unit is not None and unit.kind == DAEMON

        return is_main

    def units(self, tree: Tree) -> Units:
        """The units that start the daemons of a tree of what runs."""
        from .daemon_units import units_of

        return units_of(tree, self.facts())

    def family(self, processes: Sequence[Process]) -> Iterable[int]:
        """The pids of ourselves and of those that we started."""
        return family(processes, self.own) if self.own is not None else ()

    def tree(self) -> Tree:
        """What runs, under the rules."""
        return self.apply(build(self.processes(), self.own))

    def apply(self, tree: Tree) -> Tree:
        """A tree of live processes under the rules and psdiff's hooks."""
        return arrange(self.filter_tree(tree).tree)

    def filter_tree(self, tree: Tree) -> Filtered:
        """The same lines, but siblings in the order of ``tree``."""
        known = self.memory and self.memory.verdicts
        return self.config.filter_tree(tree, facts=self.facts(), known=known)

    def ignored(self, tree: Tree, wanted: Mapping[Key, int]) -> Tree:
        """So many lines of each key among those that the rules leave out of a tree."""
        known = self.memory and self.memory.verdicts
        return ignored(tree, self.config.rules, self.facts(), wanted, known)

    def redacted(self, lines: Iterable[Line]) -> Tree:
        """Lines of a baseline less secrets, for the rules."""
        return tuple(line._replace(cmdline=self.without_secrets(line.cmdline)) for line in lines)

    def without_secrets(self, cmdline: str) -> str:
        """A command line that was asked about, as it would have been read."""
        return self._redact((cmdline,), self._mode)[0]

    @property
    def _mode(self) -> str:
        return "off" if self.config.settings.redact == "off" else "secrets"

    def _redact(self, cmdline: Sequence[str], mode: str) -> Tuple[str, ...]:
        return redact(cmdline, mode, self.config.settings.redact_words)

    def _read(
        self, mode: str, known: Optional[Cache], users: Optional[Mapping[str, str]] = None
    ) -> List[Process]:
        less_secrets = partial(self._redact, mode=mode)
        if self.snapshot_path is None:
            return read_processes(less_secrets, known, users)
        found = self._standard_input if self.snapshot_path == "-" else self._recording()
        return redacted(found, less_secrets)

    def _recording(self) -> List[Process]:
        return read_recorded(str(self.snapshot_path))

    @cached_property
    def _standard_input(self) -> List[Process]:
        return self._recording()


def unit_finder(facts: Facts, processes: Iterable[Process]) -> Callable[[Process], Optional[Unit]]:
    """How to find the units of some processes."""
    below = relative(facts.cgroup_of, next((each for each in processes if each.pid == 1), None))
    return lambda process: facts.unit_of(process, below(process) or "")
