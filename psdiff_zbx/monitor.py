"""One host: configuration, baseline and processes, wired to the core for the entry points."""

from __future__ import annotations

import os
import pwd
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Iterable, List, NamedTuple, Optional, Tuple

from . import __version__, baseline, config, store
from .check import Check
from .compare import compare
from .edit import EDITS
from .model import (
    Baseline,
    BaselineError,
    Comparison,
    Header,
    Line,
    Process,
    Source,
    Tree,
)
from .redact import redact
from .rules import apply
from .snapshot import read_processes, read_recorded
from .tree import build, family


class Written(NamedTuple):
    """What ``write`` and ``manual`` did: where, whether anything changed, and what."""

    path: Path
    changed: bool
    comparison: Comparison


@dataclass(frozen=True)
class Monitor:
    """Everything that can be asked of a host.  None stands for the host's own files and
    processes; ``min_age`` is in seconds."""

    config_path: Optional[Path] = None
    baseline_path: Optional[Path] = None
    snapshot_path: Optional[str] = None
    min_age: Optional[float] = None

    @cached_property
    def config(self) -> config.Config:
        return config.load(self.config_path)

    @property
    def _own(self) -> Optional[int]:
        return os.getpid() if self.snapshot_path is None else None

    def processes(self) -> List[Process]:
        """What runs, less secrets; from the recorded snapshot if there is one.

        In mode "arguments" the arguments go last of all, for the rules look at them.
        """
        found = self._read(self.config.rules.needs_cgroups)
        return _redacted(found, "off" if self.config.redact == "off" else "secrets")

    def _read(self, cgroups: bool) -> List[Process]:
        if self.snapshot_path is None:
            return read_processes(cgroups)
        if self.snapshot_path == "-":
            return self._standard_input
        return read_recorded(self.snapshot_path)

    @cached_property
    def _standard_input(self) -> List[Process]:
        return read_recorded("-")

    def snapshot(self) -> List[Process]:
        """What ``snapshot`` records: all processes with their cgroups, but not ourselves."""
        processes = _redacted(self._read(cgroups=True), self.config.redact)
        ours = family(processes, self._own) if self._own else ()
        return [process for process in processes if process.pid not in ours]

    def tree(self) -> Tree:
        """What runs, under the rules."""
        return self.config.apply(build(self.processes(), self._own))

    def check(self, min_age: Optional[float] = None) -> Check:
        """How to look at the host.  ``min_age`` is overruled by the monitor's own.

        Raises BaselineError or ConfigError.
        """
        source, found = self._baseline()
        ages = (self.min_age, min_age, self.config.extra_min_age)
        return Check(
            source=source,
            expected=self._expected(found),
            read=self.processes,
            own=self._own,
            apply=self.config.apply,
            min_age=next(age for age in ages if age is not None),
            now=time.time,
            clock=time.monotonic,
        )

    def _expected(self, found: Baseline) -> Tree:
        """The baseline's tree as today's rules see it.  One that was written under other
        rules is read through today's, so that an update of the rules raises no alarm."""
        rules = self.config.rules
        if found.header is None or found.header.rules != self.config.digest:
            return apply(tuple(_redacted_lines(found.tree, self.config.redact)), rules)
        return rules.mark(found.tree)

    def write(self) -> Written:
        """Make what runs now the baseline.  Raises any PsdiffError."""
        path = store.to_write(self.baseline_path)
        tree, rules = self.tree(), self.config.digest
        with store.locked(path):
            old = self._old()
            comparison = compare(old.tree if old else (), tree)
            changed = not (
                old and old.header and (old.tree, old.header.rules) == (_bare(tree), rules)
            )
            if changed:
                self._store(path, tree, rules)
        return Written(path, changed, comparison)

    def _old(self) -> Optional[Baseline]:
        """The baseline before; None if there is none, or a damaged one that is now replaced."""
        try:
            return self._baseline()[1]
        except BaselineError:
            return None

    def _baseline(self) -> Tuple[Source, Baseline]:
        path = store.to_read(self.baseline_path)
        data, status = store.read(path)
        found = baseline.parse(data, str(path))
        # psdiff's own files do not say when they were written, nor by whom.
        written = found.header.written if found.header else int(status.st_mtime)
        by = found.header.by if found.header else _name(status.st_uid)
        lines, digest = len(found.tree), baseline.digest(found.tree)
        return Source(str(path), written, by, lines, digest), found

    def change(self, user: str, cmdline: str, action: str) -> Written:
        """Add a line to the baseline, or remove one.

        Raises UnknownDaemonError if that would change nothing.
        """
        path = store.to_write(self.baseline_path)
        (shown,) = redact((cmdline,), self.config.redact)
        with store.locked(path):
            found = self._baseline()[1]
            tree, changed = EDITS[action](found.tree, user, shown, self.config.rules)
            self._store(path, tree, found.header.rules if found.header else "")
        return Written(path, True, changed)

    def _store(self, path: Path, tree: Tree, rules: str) -> None:
        host = os.uname().nodename
        header = Header(int(time.time()), host, _whoami(), __version__, rules)
        store.replace(path, baseline.write(Baseline(tree, header)).encode())


def _redacted(processes: Iterable[Process], mode: str) -> List[Process]:
    return [process._replace(cmdline=redact(process.cmdline, mode)) for process in processes]


def _redacted_lines(tree: Tree, mode: str) -> Iterable[Line]:
    for line in tree:
        (cmdline,) = redact((line.cmdline,), mode)
        yield line._replace(cmdline=cmdline)


def _bare(tree: Tree) -> Tree:
    return tuple(Line(*line[:3]) for line in tree)


def _whoami() -> str:
    return os.environ.get("SUDO_USER") or _name(os.geteuid())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
