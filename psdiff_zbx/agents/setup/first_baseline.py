"""The first baseline of a host: everything that runs when it is set up.

In: a monitor.  Out: the baseline file, and lines that say what it expects.  An existing baseline
is never changed.
"""

from __future__ import annotations

import time
from typing import Iterator, Optional, Sequence

from ...core import item_values
from ...core.line import escape
from ...core.model import BaselineError, Line, Source, Tree
from ...core.role_changes import beyond
from ...host import baseline_store
from ...host.baseline_changes import BaselineEditor
from ...host.monitor import Monitor
from .place import refuse_folder

_SHOWN = 40  # lines


def stored_baseline(monitor: Monitor) -> Optional[Source]:
    """The Source of the existing baseline; None if there is none.

    Raises BaselineError if it is damaged, and AgentError if there is none and none can be written.
    """
    try:
        baseline_store.to_read(monitor.baseline_path)
    except BaselineError:
        place = (monitor.baseline_path or baseline_store.SYSTEM).absolute()
        refuse_folder(next(folder for folder in place.parents if folder.exists()))
        return None
    return monitor.baseline()[0]


def would_expect(monitor: Monitor) -> Tree:
    """What runs, less what the roles expect of it.  Raises any PsdiffError."""
    return beyond(monitor.host.tree(), monitor.expectation(None, monitor.roles()))


def write_first(monitor: Monitor, found: Optional[Source], dry_run: bool) -> Iterator[str]:
    """Write a baseline unless one was ``found``, and say so line by line.

    Raises any PsdiffError.
    """
    if found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.written))
        by = escape(found.by)
        yield f"Baseline {escape(found.path)} of {when} by {by}, {found.lines} lines"
    elif dry_run:
        path = monitor.baseline_path or baseline_store.SYSTEM
        what = f"Would write {escape(str(path))}, which would expect"
        yield from _expected(what, would_expect(monitor))
    else:
        written = BaselineEditor(monitor).write()
        what = f"Wrote {escape(str(written.path))}, which expects"
        yield from _expected(what, written.comparison.extra)
        yield from item_values.left_out(written.young)


def _expected(what: str, lines: Sequence[Line]) -> Iterator[str]:
    found = [line for line in lines if not line.is_frame]
    yield what if found else f"{what} no daemon"
    yield from item_values.signed_lines("+", found[:_SHOWN])
    if len(found) > _SHOWN:
        yield f"… and {len(found) - _SHOWN} more; 'psdiff-zbx dump' shows all"
