"""All that changes a baseline: write, manual, accept, undo; each step is recorded."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .. import __version__
from ..core import baseline, item_values
from ..core.accept import (
    Change,
    accept,
    as_comparison,
    list_changes,
)
from ..core.check import Check
from ..core.compare import compare
from ..core.history import Step
from ..core.model import (
    Baseline,
    BaselineError,
    Comparison,
    Header,
    Line,
    Tree,
    UnknownDaemonError,
)
from ..core.rules import ignored_file
from ..core.tree import arrange, build
from . import baseline_store, config, journal
from .monitor import Monitor
from .procfs import user_name


class Written(NamedTuple):
    """What was done: where, whether anything changed, what, whether there was nothing before,
    and which file of rules was written, if any was."""

    path: Path
    changed: bool
    comparison: Comparison
    is_first: bool = False
    rules: Optional[Path] = None


class Picked(NamedTuple):
    """The changes that are accepted, and those whose processes are ignored for good."""

    accepted: Sequence[Change]
    ignored: Sequence[Change] = ()


class _View(NamedTuple):
    tree: Tree
    comparison: Comparison


class BaselineEditor(NamedTuple):
    """The baseline of a monitor, changed ``by`` somebody (the current user)."""

    monitor: Monitor
    by: str = ""

    def write(self) -> Written:
        """Make what runs now the baseline.  Raises any PsdiffError."""
        host = self.monitor.host
        tree, rules = host.tree(), host.config.digest
        with self._journal() as book:
            old = self._old()
            found = compare(old.tree if old else (), tree)
            changed = not (
                old and old.header and (old.tree, old.header.rules) == (_bare(tree), rules)
            )
            if changed:
                self._store(book, "write", tree, rules, found)
        return Written(book.path, changed, found, old is None)

    def change(self, user: str, cmdline: str, action: str) -> Written:
        """Add a line to the baseline, or remove one.

        Raises UnknownDaemonError if that would change nothing.
        """
        from ..core.edit import EDITS

        host = self.monitor.host
        shown = host.without_secrets(cmdline)
        with self._journal() as book:
            found = self.monitor.baseline()[1]
            tree, changed = EDITS[action](found.tree, user, shown, host.config.rules)
            rules = found.header.rules if found.header else ""
            self._store(book, f"manual {action}", tree, rules, changed)
        return Written(book.path, True, changed)

    def accept(
        self, pick: Callable[[List[Change]], Picked], min_age: Optional[float] = 0
    ) -> Written:
        """Accept what ``pick`` picks of all changes.  ``min_age`` None stands for what the
        agents report: no extra process younger than is set, nothing missing but briefly.

        It looks and asks unlocked, for a person may think for long.  Raises UnknownDaemonError
        if nothing differs, and BaselineError if somebody changes the baseline meanwhile.
        """
        with self._journal():  # Nobody is asked for an answer that could not be written.
            seen = self._seen()
        check = self.monitor.check(min_age)
        view = self._view(check, again=min_age is None)
        found = list_changes(view.comparison)
        if not found:
            raise UnknownDaemonError(
                f"nothing differs from {check.source.path}; nothing is accepted"
            )
        return self._keep(seen, check, view, pick(found))

    def _seen(self) -> Tuple[Path, str]:
        """Which baseline there is, and the digest of its text."""
        path = baseline_store.to_read(self.monitor.baseline_path)
        return path, journal.digest(journal.read_text(path))

    def _keep(self, seen: Tuple[Path, str], check: Check, view: _View, picked: Picked) -> Written:
        accepted = as_comparison(picked.accepted)
        rules = None
        with self._journal() as book:
            if any(picked):
                self._refuse_changed(seen)
            if picked.ignored:
                rules = self._ignore(book, picked.ignored)
            if picked.accepted:
                tree = accept(check.expected.tree, view.tree, view.comparison, picked.accepted)
                self._store(book, "accept", tree, self.monitor.host.config.digest, accepted)
        return Written(book.path, bool(picked.accepted), accepted, rules=rules)

    def _refuse_changed(self, seen: Tuple[Path, str]) -> None:
        with contextlib.suppress(BaselineError):  # it is gone
            if self._seen() == seen:
                return
        raise BaselineError(f"{seen[0]} was changed meanwhile; nothing is accepted")

    def undo(self) -> Step:
        """Go back by one step.  Raises BaselineError."""
        with self._journal() as book:
            return book.undo()

    @contextlib.contextmanager
    def _journal(self) -> Iterator[journal.Journal]:
        path = baseline_store.to_write(self.monitor.baseline_path)
        with baseline_store.locked(path):
            yield journal.open_journal(path, self.by or _whoami())

    def _view(self, check: Check, again: bool) -> _View:
        def look() -> _View:
            tree = arrange(check.apply(build(check.read(), check.own)))
            return _View(tree, check.compare(tree))

        limit = self.monitor.host.config.settings.missing_retry if again else 0
        return self.monitor.patiently(look, _lacks, limit)

    def _old(self) -> Optional[Baseline]:
        """The baseline before; None if there is none, or a damaged one that is now replaced."""
        try:
            return self.monitor.baseline()[1]
        except BaselineError:
            return None

    def _store(
        self, book: journal.Journal, action: str, tree: Tree, rules: str, found: Comparison
    ) -> None:
        host = os.uname().nodename
        header = Header(int(time.time()), host, book.by, __version__, rules)
        text = baseline.dump_baseline(Baseline(tree, header))
        book.change(
            baseline_store.target(book.path), text, action, item_values.difference_lines(found)
        )

    def _ignore(self, book: journal.Journal, ignored: Sequence[Change]) -> Path:
        """Rules go first: where they cannot be written, nothing is changed."""
        target = config.own_rules(self.monitor.host.config_path) / ignored_file.IGNORED_FILE
        why = f"ignored by {book.by} on {time.strftime('%Y-%m-%d')}"
        programs_only = self.monitor.host.config.settings.redact == "arguments"
        lines = [change.line for change in ignored]
        text = ignored_file.with_rules(journal.read_text(target) or "", lines, why, programs_only)
        book.change(target, text, "ignore", item_values.difference_lines(as_comparison(ignored)))
        return target


def _lacks(view: _View) -> bool:
    return bool(view.comparison.missing)


def _bare(tree: Tree) -> Tree:
    return tuple(Line(*line[:3]) for line in tree)


def _whoami() -> str:
    return os.environ.get("SUDO_USER") or user_name(os.geteuid())
