"""A host that is asked again and again: one look serves all who ask at about the same time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Lock
from typing import Counter, Optional, Tuple

from ..core.cache import new_memory
from ..core.check import Check, look_again
from ..core.model import BaselineError, Key, PsdiffError, State
from ..host import baseline_store, config, role_files
from ..host.monitor import Monitor
from .options import PluginOptions

Signature = Tuple[Optional[Tuple[int, ...]], ...]
"""What tells whether files have changed: of each what stat(2) says, or None if it is not there."""


class CachedState:
    """Answers from many threads.  A changed baseline or configuration is noticed by itself."""

    def __init__(self, options: PluginOptions) -> None:
        self._options = options
        self._lock = Lock()
        self._signature: Optional[Signature] = None
        self._taken = float("-inf")
        self._missing: Counter[Key] = Counter()

    def state(self, timeout: float) -> State:
        """The state of the host, no older than the cache time, within ``timeout`` seconds.

        Raises any PsdiffError.
        """
        end = time.monotonic() + timeout
        if not self._lock.acquire(timeout=max(0.0, timeout)):
            raise PsdiffError(f"no answer within {timeout:g} seconds")
        try:
            if time.monotonic() - self._taken > self._options.cache_time:
                self._state = self._look(end)
                self._taken = time.monotonic()
            return self._state
        finally:
            self._lock.release()

    def _look(self, end: float) -> State:
        """One look, and more where something is newly missing: what has been missing for a while
        is not just being restarted."""

        def lacks_more(state: State) -> bool:
            return bool(_missing(state) - self._missing)

        check = self._current()
        limit = max(0.0, min(self._retry, end - time.monotonic()))
        found = look_again(check.look, lacks_more, limit, time.monotonic, time.sleep)
        self._missing = _missing(found)
        return found

    def _current(self) -> Check:
        """How to look, made anew whenever one of the files has changed."""
        signature = self._sign()
        if signature != self._signature:
            self._signature = None
            baseline, config_path, min_age, _, roles = self._options
            monitor = Monitor(config_path, baseline, None, min_age, new_memory(), roles)
            self._check = monitor.check()
            self._retry = monitor.host.config.settings.missing_retry
            self._signature = signature
        return self._check

    def _sign(self) -> Signature:
        try:
            baseline = [baseline_store.to_read(self._options.baseline)]
        except BaselineError:
            baseline = []
        roles = role_files.watched_files(self._options.config, self._options.roles)
        files = [*config.watched_files(self._options.config), *baseline, *roles]
        return tuple(_stat(path) for path in files)


def _missing(state: State) -> Counter[Key]:
    return Counter(line.key for line in state.comparison.missing)


def _stat(path: Path) -> Optional[Tuple[int, ...]]:
    try:
        found = os.stat(path)
    except OSError:
        return None
    changed = (found.st_mtime_ns, found.st_ctime_ns, found.st_size)
    return (found.st_dev, found.st_ino, *changed)
