"""Changes of the baseline, and of rules, each recorded in the history beside the baseline.

A step is recorded, then done, then recorded as done: who is interrupted leaves nothing that cannot
be told from the file itself.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence

from ..core import history
from ..core.history import Step
from ..core.model import BaselineError
from . import atomic_files, baseline_store
from .regular_files import read_regular


class Journal(NamedTuple):
    """The history of the baseline at ``path``, while that is locked.  Its steps change this file,
    one in the folder of the ``rules``, or its pause.  A ``dry_run`` changes none of them."""

    path: Path
    rules: Path
    steps: List[Step]
    by: str
    dry_run: bool = False

    def change(self, target: Path, text: str, action: str, lines: Sequence[str]) -> None:
        """Write a file, and record it as a step.  Raises BaselineError."""
        old = read_text(target)
        hunks = () if old is None else history.hunks(old, text)
        digests = digest(old), digest(text)
        step = Step(_now(), self.by, action, str(target), tuple(lines), *digests, hunks)
        self._carry_out(step, lambda: self._write(target, text))

    def remove(self, target: Path, action: str, lines: Sequence[str]) -> None:
        """Remove a file, and record it as a step.  Raises BaselineError."""
        before = digest(read_text(target))
        step = Step(_now(), self.by, action, str(target), tuple(lines), before, "")
        self._carry_out(step, lambda: _remove(target))

    def note(self, action: str, lines: Sequence[str]) -> None:
        """Record a step that changes no file.  Raises BaselineError."""
        target = baseline_store.target(self.path)
        found = digest(read_text(target))
        step = Step(_now(), self.by, action, str(target), tuple(lines), found, found)
        self._record([*self.steps, step])

    def undo(self) -> Step:
        """Go back by one step, and say which.

        Raises BaselineError if there is none, or its file has been changed since.
        """
        steps = history.standing(self.steps)
        if not steps:
            raise BaselineError(f"no step to undo in {baseline_store.history_path(self.path)}")
        last, target = steps[-1], Path(steps[-1].path)
        if target != baseline_store.target(self.path) and target.parent != self.rules:
            raise BaselineError(f"the last step changed {target}, which is not ours to change")
        text = read_text(target)
        found = digest(text)
        if found not in (last.before, last.after):
            raise BaselineError(
                f"{target} has been changed by other means since its last step; nothing is undone"
            )
        if not last.before and target == baseline_store.target(self.path):
            raise BaselineError(f"{target} has no state before its first one; nothing is undone")
        step = Step(_now(), self.by, history.UNDO, last.path, (), last.after, last.before)
        self._carry_out(step, lambda: self._back(target, text, last))
        return last

    def _carry_out(self, step: Step, work: Callable[[], None]) -> None:
        if self.dry_run:
            return
        self._record([*self.steps, step._replace(done=False)])
        try:
            work()
        finally:  # where this cannot be recorded, the next one does
            with contextlib.suppress(BaselineError):
                self._record(history.settle(self.steps, _digest_of))

    def _back(self, target: Path, text: Optional[str], step: Step) -> None:
        if text is None or digest(text) != step.after:
            return  # it is back already
        if step.before:
            self._write(target, history.reverted(text, step.hunks))
        else:
            _remove(target)

    def _record(self, steps: List[Step]) -> None:
        self._write(baseline_store.history_path(self.path), history.dump_history(steps))
        self.steps[:] = steps

    def _write(self, target: Path, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        if target == baseline_store.target(self.path):
            baseline_store.replace_baseline(target, data)
            return
        try:
            atomic_files.make_folder(target.parent)
            atomic_files.write_file(target, data)
        except OSError as error:
            raise BaselineError(f"cannot write {target}: {error.strerror}") from error


def _remove(target: Path) -> None:
    try:
        atomic_files.remove_file(target)
    except OSError as error:
        raise BaselineError(f"cannot remove {target}: {error.strerror}") from error


def open_journal(path: Path, rules: Path, by: str, dry_run: bool = False) -> Journal:
    """The journal of a baseline.  Raises BaselineError."""
    return Journal(path, rules, read_history(path), by, dry_run)


@contextlib.contextmanager
def locked_journal(path: Path, rules: Path, by: str, dry_run: bool = False) -> Iterator[Journal]:
    """The same while nobody else changes the baseline; a dry run does not even lock it."""
    with contextlib.nullcontext() if dry_run else baseline_store.locked(path):
        yield open_journal(path, rules, by, dry_run)


def read_history(path: Path) -> List[Step]:
    """What was done to a baseline, oldest step first.  Raises BaselineError."""
    place = baseline_store.history_path(path)
    baseline_store.refuse_foreign(place)
    steps = history.parse_history(read_text(place) or "", str(place))
    return history.settle(steps, _digest_of)


def _digest_of(path: str) -> str:
    return digest(read_text(Path(path)))


def digest(text: Optional[str]) -> str:
    """A digest of a file's text; nothing where there is none."""
    return "" if text is None else history.text_digest(text)


def _now() -> int:
    return int(time.time())


def read_text(path: Path) -> Optional[str]:
    """A file's text, whatever its bytes are; None if there is none."""
    try:
        return read_regular(path)[0].decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"cannot read {path}: {error.strerror}") from error
