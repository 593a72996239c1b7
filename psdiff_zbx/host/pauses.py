"""Pauses begun and ended, under the lock of their baseline; each step is recorded."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

from ..core.history import END_PAUSE, PAUSE
from ..core.model import BaselineError
from ..core.pause import Pause, dump_pause, pause_text
from . import config, journal, role_files
from .pause_file import pause_path, read_pause
from .user_names import who_asks


class Pauses(NamedTuple):
    """The pauses of a baseline, changed by the current user, or not at all in a ``dry_run``.  Each
    method returns what is now, or would be, as one line, and raises BaselineError."""

    baseline: Path
    config_path: Optional[Path] = None
    dry_run: bool = False

    def show(self) -> str:
        """What holds now."""
        found = read_pause(self.baseline)
        return pause_text(found) if found else "not paused"

    def begin(self, seconds: int, why: str) -> str:
        """Pause for some time, unless it is paused for longer already."""
        with self._journal() as book:
            now = int(time.time())
            asked = Pause(now, now + seconds, book.by, why)
            before = self._before()
            if before and before.until > asked.until:
                return f"{pause_text(before)} already, which is longer; --end ends it"
            text = pause_text(asked)
            book.change(pause_path(self.baseline), dump_pause(asked), PAUSE, [text])
        return f"would be {text}" if self.dry_run else text

    def end(self, why: str) -> str:
        """End what holds, or, with a reason, only a pause for that reason."""
        path = pause_path(self.baseline)
        with self._journal() as book:
            found = self._before()
            if found and why and found.why != why:
                return f"{pause_text(found)}, for another reason, so it does not end"
            if journal.read_text(path) is None:
                return "not paused"
            book.remove(path, END_PAUSE, [f"was {pause_text(found)}"] if found else [])
        if not found:
            return "not paused"
        return "would no longer be paused" if self.dry_run else "no longer paused"

    def _before(self) -> Optional[Pause]:
        """What holds, if anybody can tell."""
        with contextlib.suppress(BaselineError):
            return read_pause(self.baseline)
        return None

    @contextlib.contextmanager
    def _journal(self) -> Iterator[journal.Journal]:
        role_files.refuse_role(self.baseline, self.config_path)
        rules = config.own_rules(self.config_path)
        with journal.locked_journal(self.baseline, rules, who_asks(), self.dry_run) as book:
            yield book
