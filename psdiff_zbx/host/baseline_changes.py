"""All that changes a baseline: write, manual, accept, undo; each step is recorded."""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..core import item_values
from ..core.accept import (
    MINUS,
    Change,
    Picked,
    accept,
    as_comparison,
    list_changes,
)
from ..core.check import Check
from ..core.compare import Expected, against, as_known, compare
from ..core.history import IGNORE, Step
from ..core.model import (
    BaselineError,
    ChangedError,
    Comparison,
    Daemon,
    Line,
    Tree,
    Units,
    UnknownDaemonError,
)
from ..core.role_changes import beyond, lacking, of_own, refuse_held, with_roles
from ..core.roles import Part
from ..core.rules import ignored_file
from ..core.settled import settled, with_more
from ..core.tree import arrange, build
from . import baseline_content, baseline_store, config, journal, role_files
from .baseline_content import Content
from .monitor import Monitor
from .user_names import who_asks


class Written(NamedTuple):
    """What was done: where, whether anything changed, what, whether there was nothing before,
    which file of rules was written, if any was, what was left out because it is young, the
    daemons that stay missing because a role expects them, what is ignored from now on, and units
    that are newly noted."""

    path: Path
    changed: bool
    comparison: Comparison
    is_first: bool = False
    rules: Optional[Path] = None
    young: Tuple[Line, ...] = ()
    held: Tuple[Daemon, ...] = ()
    ignored: Comparison = as_comparison(())
    units: Units = ()


class _View(NamedTuple):
    tree: Tree
    comparison: Comparison


class BaselineEditor(NamedTuple):
    """The baseline of a monitor, changed ``by`` somebody (the current user), or not at all in a
    ``dry_run``."""

    monitor: Monitor
    by: str = ""
    dry_run: bool = False

    def write(self, everything: bool = False) -> Written:
        """Make what runs now the baseline, less what the roles expect of it; unless ``everything``
        is wanted, less what is young, is not the main process of a unit, and was not expected
        before.  Raises any PsdiffError."""
        live = build(self.monitor.host.processes(), self.monitor.host.own)
        with self._journal() as book:
            part, roles = self._old(), self.monitor.roles()
            old = part.baseline if part else None
            before = self.monitor.expectation(part, roles)
            running = self._running(live, before)
            limit = math.inf if everything else self._limit()
            seen, young = settled(running, before.places, limit, self.monitor.host.is_main(live))
            by_roles = self.monitor.expectation(None, roles)
            tree = beyond(seen, by_roles)
            found = compare(old.tree if old else (), tree)
            new = baseline_content.running(self.monitor.host, tree)
            changed = not (old and new.is_in(old))
            if changed:
                self._store(book, "write", new, found)
        held = lacking(against(by_roles, running))
        return Written(book.path, changed, found, old is None, young=young, held=held)

    def _running(self, live: Tree, expected: Expected) -> Tree:
        """What runs under the rules, as the baseline knows it, with what is expected of that which
        they leave out."""
        found = as_known(expected, self.monitor.host.apply(live))
        wanted = Counter(line.key for line in against(expected, found).missing)
        return with_more(found, self.monitor.host.ignored(live, wanted) if wanted else ())

    def _limit(self) -> float:
        """What started later (Unix time) is young."""
        return self.monitor.host.now() - self.monitor.age()

    def change(self, user: str, cmdline: str, action: str) -> Written:
        """Add a line to the baseline, or remove one.

        Raises UnknownDaemonError if that would change nothing.
        """
        from ..core.edit import EDITS

        host = self.monitor.host
        asked = (user, host.without_secrets(cmdline), host.config.rules)
        with self._journal() as book:
            found = self.monitor.own().baseline
            try:
                tree, changed = EDITS[action](found.tree, *asked)
            except UnknownDaemonError:
                for role in self.monitor.roles():
                    role_files.refuse_edit(role, lambda tree: EDITS[action](tree, *asked))
                raise
            content = baseline_content.edited(host, found, tree, changed)
            self._store(book, f"manual {action}", content, changed)
        return Written(book.path, True, changed)

    def accept(
        self, pick: Callable[[List[Change]], Picked], min_age: Optional[float] = 0
    ) -> Written:
        """Accept what ``pick`` picks of all changes.  ``min_age`` None stands for what the
        agents report: no extra process younger than is set, nothing missing but briefly.

        It looks and asks unlocked, for a person may think for long.  Raises UnknownDaemonError
        if nothing differs, and ChangedError if somebody changes the baseline meanwhile.
        """
        with self._journal():  # Nobody is asked for an answer that could not be written.
            seen = self._seen()
        check = self.monitor.check(min_age)
        own = self.monitor.expected(self.monitor.own().baseline)
        view = self._view(check, again=min_age is None)
        found = with_roles(list_changes(view.comparison), view.comparison, own)
        if not found:
            raise UnknownDaemonError(
                f"nothing differs from {check.source.path}; nothing is accepted"
            )
        return self._keep(seen, own, view, pick(found))

    def note_units(self) -> Written:
        """Note the units of all that is expected and runs, and accept nothing."""
        with self._journal() as book:
            found = self.monitor.own_now()
            new = baseline_content.noted(self.monitor.host, found, self.monitor.expected(found))
            known = set(found.units)
            units = tuple(row for row in new.units if row not in known)
            if units:
                self._store(book, "accept --units", new, as_comparison(()))
        return Written(book.path, bool(units), as_comparison(()), units=units)

    def _seen(self) -> Tuple[Path, str]:
        """Which baseline there is, and the digest of its text."""
        path = baseline_store.to_read(self.monitor.baseline_path)
        return path, journal.digest(journal.read_text(path))

    def _keep(self, seen: Tuple[Path, str], own: Tree, view: _View, picked: Picked) -> Written:
        # What is expected is never ignored: it has to leave the baseline too.
        gone = [change for change in picked.ignored if change.sign == MINUS]
        ignored = [change for change in picked.ignored if not change.held]
        asked = [*picked.accepted, *gone]
        changes = of_own(asked, own)
        if not (changes or ignored):
            refuse_held(asked)
        accepted, rules = as_comparison(changes), None
        with self._journal() as book:
            if any(picked):
                self._refuse_changed(seen)
            if ignored:
                rules = self._ignore(book, ignored)
            if changes:
                tree = accept(own, view.tree, view.comparison, changes)
                host, old = self.monitor.host, self.monitor.own_now()
                content = baseline_content.accepted(host, old, tree, view.tree, accepted)
                self._store(book, "accept", content, accepted)
        kept = {change.id for change in asked if change.held}
        held = tuple(each for each in view.comparison.daemons if each.id in kept)
        return Written(
            book.path, bool(changes), accepted, False, rules, (), held, as_comparison(ignored)
        )

    def _refuse_changed(self, seen: Tuple[Path, str]) -> None:
        with contextlib.suppress(BaselineError):  # it is gone
            if self._seen() == seen:
                return
        raise ChangedError(f"{seen[0]} was changed meanwhile; nothing is accepted")

    def undo(self) -> Step:
        """Go back by one step.  Raises BaselineError."""
        with self._journal() as book:
            return book.undo()

    @contextlib.contextmanager
    def _journal(self) -> Iterator[journal.Journal]:
        path = baseline_store.to_write(self.monitor.baseline_path)
        role_files.refuse_role(path, self.monitor.config_path)
        by = self.by or who_asks()
        with journal.locked_journal(path, self._rules, by, self.dry_run) as book:
            yield book

    def _view(self, check: Check, again: bool) -> _View:
        def look() -> _View:
            seen = build(check.read(), check.own)
            tree = arrange(check.apply(seen).tree)
            return _View(tree, check.compare(seen, tree))

        limit = self.monitor.host.config.settings.missing_retry if again else 0
        return self.monitor.patiently(look, _lacks, limit)

    def _old(self) -> Optional[Part]:
        """The baseline before; None if there is none, or a damaged one that is now replaced."""
        try:
            return self.monitor.own()
        except BaselineError:
            return None

    def _store(
        self, book: journal.Journal, action: str, content: Content, found: Comparison
    ) -> None:
        lines = item_values.difference_lines(found)
        book.change(baseline_store.target(book.path), content.text(book.by), action, lines)

    @property
    def _rules(self) -> Path:
        return config.own_rules(self.monitor.host.config_path)

    def _ignore(self, book: journal.Journal, ignored: Sequence[Change]) -> Path:
        """Rules go first: where they cannot be written, nothing is changed."""
        target = self._rules / ignored_file.IGNORED_FILE
        why = f"ignored by {book.by} on {time.strftime('%Y-%m-%d')}"
        programs_only = self.monitor.host.config.settings.redact == "arguments"
        lines = [change.line for change in ignored]
        text = ignored_file.with_rules(journal.read_text(target) or "", lines, why, programs_only)
        book.change(target, text, IGNORE, item_values.difference_lines(as_comparison(ignored)))
        return target


def _lacks(view: _View) -> bool:
    return bool(view.comparison.missing)
