"""What runs on one host, or was recorded on it: configuration, processes, rules."""

from __future__ import annotations

import os
from functools import cached_property, partial
from pathlib import Path
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ..core.cache import Recent
from ..core.model import Line, Process, Tree
from ..core.redact import redact
from ..core.rules.cgroup import CgroupOf, recorded
from ..core.tree import arrange, build, family
from . import config
from .processes import (
    cgroup_of,
    read_processes,
    read_recorded,
    redacted,
)


class _Host(NamedTuple):
    config_path: Optional[Path] = None
    snapshot_path: Optional[str] = None
    stays: bool = False


class Host(_Host):
    """``config_path`` and ``snapshot_path`` are None for the host's own files and processes;
    ``stays`` says that it will be looked at again and again."""

    @cached_property
    def config(self) -> config.Config:
        return config.load(self.config_path)

    @property
    def is_live(self) -> bool:
        return self.snapshot_path is None

    @property
    def own(self) -> Optional[int]:
        """Our own pid; None in a recording, which holds no process of ours."""
        return os.getpid() if self.is_live else None

    @property
    def cgroup_of(self) -> CgroupOf:
        return cgroup_of if self.is_live else recorded

    def processes(self) -> List[Process]:
        """What runs, less secrets; from the recorded snapshot if there is one.

        In mode "arguments" the arguments go last of all, for the rules look at them.
        """
        return self._read(self._mode, self._known)

    def snapshot(self) -> List[Process]:
        """What ``snapshot`` records: all processes with their cgroups, but not ourselves."""
        found = self._read(self.config.settings.redact, None)
        ours = self.family(found)
        cgroups = ((process, self.cgroup_of(process)) for process in found)
        return [
            process._replace(cgroup=cgroup)
            for process, cgroup in cgroups
            if cgroup is not None and process.pid not in ours
        ]

    def family(self, processes: Sequence[Process]) -> Iterable[int]:
        """The pids of ourselves and of those that we started."""
        return family(processes, self.own) if self.own is not None else ()

    def tree(self) -> Tree:
        """What runs, under the rules."""
        return self.apply(build(self.processes(), self.own))

    def apply(self, tree: Tree) -> Tree:
        """A tree of live processes under the rules and psdiff's hooks."""
        return arrange(self.shown(tree))

    def shown(self, tree: Tree) -> Tree:
        """The same lines, but siblings in the order of ``tree``."""
        return self.config.shown(tree, cgroup_of=self.cgroup_of)

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

    @cached_property
    def _known(self) -> Optional[Recent]:
        return Recent() if self.stays else None

    def _read(self, mode: str, known: Optional[Recent]) -> List[Process]:
        less_secrets = partial(self._redact, mode=mode)
        if self.snapshot_path is None:
            return read_processes(less_secrets, known)
        found = self._standard_input if self.snapshot_path == "-" else self._recording()
        return redacted(found, less_secrets)

    def _recording(self) -> List[Process]:
        return read_recorded(str(self.snapshot_path))

    @cached_property
    def _standard_input(self) -> List[Process]:
        return self._recording()
