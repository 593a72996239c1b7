"""One host and its baseline, wired to the core for the entry points."""

from __future__ import annotations

import time
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, NamedTuple, Optional, Sequence, Tuple, TypeVar

from ..core.baseline import REMEDY
from ..core.cache import Memory
from ..core.check import Check, look_again
from ..core.compare import Expected, expect
from ..core.model import (
    Baseline,
    BaselineError,
    SnapshotError,
    Source,
    State,
    Tree,
    Units,
)
from ..core.roles import Part, added_up, holders, source_of
from ..core.rules.apply import normal_keys, normalised
from . import baseline_store, pause_file, role_files
from .this_host import Host
from .user_names import user_name

if TYPE_CHECKING:
    from ..core.pause import Pause

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
    role_paths: Tuple[Path, ...] = ()


class Monitor(_Monitor):
    """Everything that can be asked of a host.  None stands for the host's own files and
    processes; ``min_age`` is in seconds; ``memory`` is what is known of the last look.
    ``role_paths`` are baselines of roles, besides those in the configuration's folder."""

    @cached_property
    def host(self) -> Host:
        """What runs on the host."""
        return Host(self.config_path, self.snapshot_path, self.memory)

    def check(self, min_age: Optional[float] = None) -> Check:
        """How to look at the host.  ``min_age`` is overruled by the monitor's own.

        Raises BaselineError, ConfigError or SnapshotError.
        """
        own, roles = self.own(), self.roles()
        expected = self.expectation(own, roles)
        if self.host.is_live and not expected.users and user_name(0) == "0":
            raise SnapshotError(f"no user has a name here: {_NO_NAMES}")
        return Check(
            source=source_of([own, *roles]),
            expected=expected,
            read=partial(self.host.processes, expected.users),
            own=self.host.own,
            apply=self.host.filter_tree,
            ignored=self.host.ignored,
            min_age=self.age(min_age),
            now=self.host.now,
            clock=time.monotonic,
            paused=partial(pause_file.paused_until, Path(own.path)) if self.host.is_live else int,
            seen=self.memory and self.memory.extra,
        )

    def pause(self) -> Optional[Pause]:
        """The pause that holds now.  Raises BaselineError if nobody can tell: then none does."""
        path = baseline_store.to_read(self.baseline_path)
        return pause_file.read_pause(path) if self.host.is_live else None

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
        if self._is_older(found):
            return normalised(self.host.redacted(found.tree), rules)
        return rules.mark(found.tree)

    def _is_older(self, found: Baseline) -> bool:
        """Whether a baseline was written under other rules."""
        return found.header is None or found.header.rules != self.host.config.digest

    def expectation(self, own: Optional[Part], roles: Sequence[Part]) -> Expected:
        """What the host's own baseline, if there is one, and its roles expect together."""
        parts = [*roles, *([own] if own else [])]
        trees = [self.expected(part.baseline) for part in parts]
        users = (user for part in parts for user in part.baseline.users)
        units = tuple(row for part in parts for row in self._units(part.baseline))
        named = holders({part.path: tree for part, tree in zip(roles, trees)})
        return expect(added_up(trees), users, named, units, self.host.apart)

    def _units(self, found: Baseline) -> Units:
        """The units of a baseline's daemons, as today's rules write these."""
        if not found.units or not self._is_older(found):
            return found.units
        new = normal_keys(self.host.redacted(found.tree), self.host.config.rules)
        keys = dict(zip((line.key for line in found.tree), new))
        return tuple((keys[key], unit) for key, unit in found.units)

    def own(self) -> Part:
        """The host's own baseline as it is stored.  Raises BaselineError."""
        path = baseline_store.to_read(self.baseline_path)
        data, status = baseline_store.read_baseline(path)
        try:
            return role_files.part_of(path, data, status, REMEDY)
        except BaselineError:
            remedy = baseline_store.restored(path) or REMEDY
            return role_files.part_of(path, data, status, remedy)

    def own_now(self) -> Baseline:
        """The host's own baseline as today's rules write its daemons, but for its tree."""
        found = self.own().baseline
        return found._replace(units=self._units(found))

    def roles(self) -> List[Part]:
        """The baselines of the host's roles as they are stored.  Raises BaselineError."""
        own = baseline_store.to_write(self.baseline_path)
        files = role_files.role_files(self.config_path, self.role_paths, own)
        return [role_files.read_role(path) for path in files]

    @property
    def files(self) -> List[Tuple[str, Path]]:
        """The options that mean its files, as the command line has them."""
        files = [("--config", self.config_path), ("--baseline", self.baseline_path)]
        files += [("--baseline", path) for path in self.role_paths]
        return [(option, path) for option, path in files if path]

    def baseline(self) -> Tuple[Source, Baseline]:
        """The host's own baseline, and where it is.  Raises BaselineError."""
        found = self.own()
        return source_of([found]), found.baseline


def lacks(state: State) -> bool:
    """Whether anything is missing."""
    return bool(state.comparison.missing)
