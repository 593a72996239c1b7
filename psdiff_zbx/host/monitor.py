"""One host: configuration, baseline and processes, wired to the core for the entry points."""

from __future__ import annotations

import os
import time
from functools import cached_property, partial
from pathlib import Path
from typing import (
    Callable,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
)

from ..core import baseline
from ..core.cache import Cache, Memory
from ..core.check import Check, look_again
from ..core.compare import expect
from ..core.model import (
    DAEMON,
    Baseline,
    Key,
    Line,
    Process,
    SnapshotError,
    Source,
    State,
    Tree,
    Unit,
)
from ..core.redact import redact
from ..core.rules.apply import ignored, normalised
from ..core.rules.cgroup import relative
from ..core.rules.facts import RECORDED, Facts
from ..core.tree import arrange, build, family
from . import baseline_store, boot_clock, config
from .processes import (
    cgroup_of,
    read_processes,
    read_recorded,
    redacted,
)
from .unit_files import UnitFiles
from .user_names import user_name


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

    @cached_property
    def _units(self) -> UnitFiles:
        return UnitFiles()

    def facts(self) -> Facts:
        """How rules learn more about a process, as of now."""
        if not self.is_live:
            return RECORDED
        self._units.refresh()
        return Facts(cgroup_of, lambda _, cgroup: self._units.unit(cgroup), self._units.version)

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
        ours, unit_of = self.family(found), _unit_of(facts, found)
        cgroups = ((process, facts.cgroup_of(process)) for process in found)
        return [
            process._replace(cgroup=cgroup, unit=unit_of(process))
            for process, cgroup in cgroups
            if cgroup is not None and process.pid not in ours
        ]

    def is_main(self, tree: Tree) -> Callable[[Process], bool]:
        """Whether a process of the tree is the main process of a unit that is a daemon."""
        unit_of = _unit_of(self.facts(), [each for line in tree for each in line.processes])

        def is_main(process: Process) -> bool:
            unit = unit_of(process) if process.ppid == 1 else None
            return unit is not None and unit.kind == DAEMON

        return is_main

    def family(self, processes: Sequence[Process]) -> Iterable[int]:
        """The pids of ourselves and of those that we started."""
        return family(processes, self.own) if self.own is not None else ()

    def tree(self) -> Tree:
        """What runs, under the rules."""
        return self.apply(build(self.processes(), self.own))

    def apply(self, tree: Tree) -> Tree:
        """A tree of live processes under the rules and psdiff's hooks."""
        return arrange(self.filter_tree(tree))

    def filter_tree(self, tree: Tree) -> Tree:
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


T = TypeVar("T")
_NO_NAMES = (
    "let the agent see /etc/passwd, or write the baseline anew where users have names: it "
    "then knows them by their uids"
)


class _Monitor(NamedTuple):
    config_path: Optional[Path] = None
    baseline_path: Optional[Path] = None
    snapshot_path: Optional[str] = None
    min_age: Optional[float] = None
    memory: Optional[Memory] = None


class Monitor(_Monitor):
    """Everything that can be asked of a host.  None stands for the host's own files and
    processes; ``min_age`` is in seconds; ``memory`` is what is known of the last look."""

    @cached_property
    def host(self) -> Host:
        """What runs on the host."""
        return Host(self.config_path, self.snapshot_path, self.memory)

    def check(self, min_age: Optional[float] = None) -> Check:
        """How to look at the host.  ``min_age`` is overruled by the monitor's own.

        Raises BaselineError, ConfigError or SnapshotError.
        """
        source, found = self.baseline()
        if self.host.is_live and not found.users and user_name(0) == "0":
            raise SnapshotError(f"no user has a name here: {_NO_NAMES}")
        expected = expect(self.expected(found), found.users)
        return Check(
            source=source,
            expected=expected,
            read=partial(self.host.processes, expected.users),
            own=self.host.own,
            apply=self.host.filter_tree,
            ignored=self.host.ignored,
            min_age=self.age(min_age),
            now=self.host.now,
            clock=time.monotonic,
        )

    def age(self, min_age: Optional[float] = None) -> float:
        """From which age on (seconds) a process counts: as the monitor has it, as asked for, as
        it is set."""
        ages = (self.min_age, min_age, self.host.config.settings.extra_min_age)
        return next(age for age in ages if age is not None)

    def state(self) -> State:
        """What the agents are told: where something is missing, after looking again for as
        long as is set, so that a daemon that is just being restarted raises no alarm.

        Raises any PsdiffError.
        """
        limit = self.host.config.settings.missing_retry
        return self.patiently(self.check().look, lacks, limit)

    def patiently(self, look: Callable[[], T], differs: Callable[[T], bool], limit: float) -> T:
        """A look, again for up to ``limit`` seconds while it ``differs``; a recording stays as
        it is."""
        allowed = limit if self.host.is_live else 0
        return look_again(look, differs, allowed, time.monotonic, time.sleep)

    def expected(self, found: Baseline) -> Tree:
        """The baseline's tree as today's rules see it.  The lines of one that was written under
        other rules are rewritten by today's, so that an update of the rules raises no alarm; none
        is ignored."""
        rules = self.host.config.rules
        if found.header is None or found.header.rules != self.host.config.digest:
            return normalised(self.host.redacted(found.tree), rules)
        return rules.mark(found.tree)

    def baseline(self) -> Tuple[Source, Baseline]:
        """The baseline as it is stored, and where.  Raises BaselineError."""
        path = baseline_store.to_read(self.baseline_path)
        data, status = baseline_store.read_baseline(path)
        found = baseline.parse_baseline(data, str(path))
        # psdiff's own files do not say when they were written, nor by whom; a header that
        # somebody has edited may not say when.
        written = found.header.written if found.header else 0
        by = found.header.by if found.header else user_name(status.st_uid)
        lines, digest = len(found.tree), baseline.tree_digest(found.tree)
        return Source(str(path), written or int(status.st_mtime), by, lines, digest), found


def _unit_of(facts: Facts, processes: Iterable[Process]) -> Callable[[Process], Optional[Unit]]:
    below = relative(facts.cgroup_of, next((each for each in processes if each.pid == 1), None))
    return lambda process: facts.unit_of(process, below(process) or "")


def lacks(state: State) -> bool:
    """Whether anything is missing."""
    return bool(state.comparison.missing)
