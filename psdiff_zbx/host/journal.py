"""Changes of the baseline, and of rules, each recorded in the history beside the baseline.

The history is written first: whatever has been changed is in it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence

from ..core import history
from ..core.history import Step
from ..core.model import BaselineError
from . import atomic_files, baseline_store


class Journal(NamedTuple):
    """The history of the baseline at ``path``, while that is locked."""

    path: Path
    steps: List[Step]
    by: str

    def change(self, target: Path, text: str, action: str, lines: Sequence[str]) -> None:
        """Write a file, and record it as a step.  Raises BaselineError."""
        old = read_text(target)
        hunks = () if old is None else history.hunks(old, text)
        digests = digest(old), digest(text)
        self._record(Step(_now(), self.by, action, str(target), tuple(lines), *digests, hunks))
        self._write(target, text)

    def undo(self) -> Step:
        """Go back by one step, and say which.

        Raises BaselineError if there is none, or its file has been changed since.
        """
        steps = history.standing(self.steps)
        if not steps:
            raise BaselineError(f"no step to undo in {baseline_store.history_path(self.path)}")
        last, target = steps[-1], Path(steps[-1].path)
        text = read_text(target)
        found = digest(text)
        if found not in (last.before, last.after):
            raise BaselineError(
                f"{target} has been changed by other means since its last step; nothing is undone"
            )
        if not last.before and target == baseline_store.target(self.path):
            raise BaselineError(f"{target} has no state before its first one; nothing is undone")
        self._record(Step(_now(), self.by, history.UNDO, last.path, (), last.after, last.before))
        if text is not None and found == last.after:
            self._back(target, text, last)
        return last

    def _back(self, target: Path, text: str, step: Step) -> None:
        if step.before:
            self._write(target, history.reverted(text, step.hunks))
        else:
            try:
                target.unlink()
            except OSError as error:
                raise BaselineError(f"cannot remove {target}: {error.strerror}") from error

    def _record(self, step: Step) -> None:
        self._write(
            baseline_store.history_path(self.path), history.dump_history([*self.steps, step])
        )
        self.steps.append(step)

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


def open_journal(path: Path, by: str) -> Journal:
    """The journal of a baseline.  Raises BaselineError."""
    return Journal(path, read_history(path), by)


def read_history(path: Path) -> List[Step]:
    """The history of a baseline, oldest step first.  Raises BaselineError."""
    place = baseline_store.history_path(path)
    return history.parse_history(read_text(place) or "", str(place))


def digest(text: Optional[str]) -> str:
    """A digest of a file's text; nothing where there is none."""
    return "" if text is None else history.text_digest(text)


def _now() -> int:
    return int(time.time())


def read_text(path: Path) -> Optional[str]:
    """A file's text, whatever its bytes are; None if there is none."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"cannot read {path}: {error.strerror}") from error
