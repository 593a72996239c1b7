"""One host: configuration, baseline and processes, wired to the core for the entry points."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Callable, NamedTuple, Optional, Tuple, TypeVar

from ..core import baseline
from ..core.cache import Recent
from ..core.check import Check, look_again
from ..core.compare import expect
from ..core.model import (
    Baseline,
    Source,
    State,
    Tree,
)
from ..core.rules.apply import apply
from . import baseline_store
from .host import Host
from .users import user_name

T = TypeVar("T")


class _Monitor(NamedTuple):
    config_path: Optional[Path] = None
    baseline_path: Optional[Path] = None
    snapshot_path: Optional[str] = None
    min_age: Optional[float] = None
    stays: bool = False


class Monitor(_Monitor):
    """Everything that can be asked of a host.  None stands for the host's own files and
    processes; ``min_age`` is in seconds; ``stays`` says that it will be asked again and again."""

    @cached_property
    def host(self) -> Host:
        return Host(self.config_path, self.snapshot_path, self.stays)

    def check(self, min_age: Optional[float] = None) -> Check:
        """How to look at the host.  ``min_age`` is overruled by the monitor's own.

        Raises BaselineError or ConfigError.
        """
        source, found = self.baseline()
        ages = (self.min_age, min_age, self.host.config.settings.extra_min_age)
        return Check(
            source=source,
            expected=expect(self._expected(found)),
            read=self.host.processes,
            own=self.host.own,
            apply=self.host.shown,
            min_age=next(age for age in ages if age is not None),
            now=time.time,
            clock=time.monotonic,
            known=Recent() if self.stays else None,
        )

    def state(self) -> State:
        """What the agents are told: where something is missing, after looking again for as
        long as is set, so that a daemon that is just being restarted raises no alarm.

        Raises any PsdiffError.
        """
        return self.patiently(self.check().look, lacks)

    def patiently(self, look: Callable[[], T], differs: Callable[[T], bool]) -> T:
        """A look, again for as long as is set while it ``differs``; a recording stays as it is."""
        limit = self.host.config.settings.missing_retry if self.host.is_live else 0
        return look_again(look, differs, limit, time.monotonic, time.sleep)

    def _expected(self, found: Baseline) -> Tree:
        """The baseline's tree as today's rules see it.  One that was written under other
        rules is read through today's, so that an update of the rules raises no alarm."""
        rules = self.host.config.rules
        if found.header is None or found.header.rules != self.host.config.digest:
            return apply(self.host.redacted(found.tree), rules)
        return rules.mark(found.tree)

    def baseline(self) -> Tuple[Source, Baseline]:
        """The baseline as it is stored, and where.  Raises BaselineError."""
        path = baseline_store.to_read(self.baseline_path)
        data, status = baseline_store.read(path)
        found = baseline.parse(data, str(path))
        # psdiff's own files do not say when they were written, nor by whom.
        written = found.header.written if found.header else int(status.st_mtime)
        by = found.header.by if found.header else user_name(status.st_uid)
        lines, digest = len(found.tree), baseline.digest(found.tree)
        return Source(str(path), written, by, lines, digest), found


def lacks(state: State) -> bool:
    """Whether anything is missing."""
    return bool(state.comparison.missing)
