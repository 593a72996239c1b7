"""This host, or recordings of one, watched; and the rules that were learnt, kept.

In: a monitor, how long, how often.  Out: a report, and a step in the history.
"""

from __future__ import annotations

import contextlib
import signal
import time
from functools import partial
from pathlib import Path
from threading import Event
from typing import Callable, Iterator, NamedTuple, Sequence

from ..core.cache import new_memory
from ..core.learn.candidates import LEARNED_FILE
from ..core.learn.findings import Report, report
from ..core.learn.learned_file import history_lines, with_findings
from ..core.learn.proposals import Finding
from ..core.learn.watch import Sample, Watch
from ..core.model import Process, SnapshotError
from ..core.tree import build
from . import baseline_store, config, journal
from .monitor import Monitor
from .this_host import Host, unit_finder
from .user_names import who_asks


class Progress(NamedTuple):
    """How many samples were taken, and for how many seconds more it watches."""

    samples: int
    left: float


class Watched(NamedTuple):
    """What came of a watch: the report, how many looks failed, and why the last of them did."""

    report: Report
    failed: int = 0
    error: str = ""


def watch_host(
    monitor: Monitor, seconds: float, every: float, tell: Callable[[Progress], None]
) -> Watched:
    """Sample the host ``every`` so many seconds, for some ``seconds`` or until Ctrl-C.

    Raises any PsdiffError of the first look.  A later one that fails is passed over.
    """
    watcher = monitor._replace(memory=new_memory())
    watch = _new_watch(watcher.host)
    failed, why = 0, ""
    with _interrupts() as stop:
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            try:
                watch.add(_sample(watcher, passed))
            except SnapshotError as error:
                if not watch.samples:
                    raise
                failed, why = failed + 1, str(error)
            tell(Progress(watch.samples, max(0.0, seconds - passed)))
            # What takes longer than it should leaves samples out.
            following = every * ((time.monotonic() - began) // every + 1)
            if following > seconds or stop.wait(began + following - time.monotonic()):
                break
    return Watched(report(watch, watcher.age()), failed, why)


def watch_recordings(monitor: Monitor, paths: Sequence[str]) -> Watched:
    """The same for recordings, in this order.  All processes in them are old, and what is in one
    of them and not in the next has gone; nobody knows when.  Raises any PsdiffError."""
    watch = _new_watch(monitor.host)
    for number, path in enumerate(paths):
        host = monitor._replace(snapshot_path=path).host
        tree = host.tree()
        watch.add(Sample(number, tree, lambda _: True, lambda process: process.unit))
    return Watched(report(watch, 0)._replace(seconds=0.0))


def _new_watch(host: Host) -> Watch:
    return Watch(arguments=host.config.settings.redact != "arguments")


def _sample(monitor: Monitor, passed: float) -> Sample:
    host = monitor.host
    processes, now = host.processes(), host.now()
    tree = host.apply(build(processes, host.own))
    is_old = partial(_is_old, now=now, limit=now - monitor.age())
    return Sample(passed, tree, is_old, unit_finder(host.facts(), processes))


def _is_old(process: Process, now: float, limit: float) -> bool:
    """What seems to start later than now is as old as anything: somebody has set the clock."""
    return not limit < process.started <= now


@contextlib.contextmanager
def _interrupts() -> Iterator[Event]:
    """An event that is set at Ctrl-C, and when the program is to end: no sample is interrupted."""
    stop = Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, lambda *_: stop.set()) for each in signals]
    try:
        yield stop
    finally:
        for each, handler in zip(signals, before):
            signal.signal(each, handler)


def refuse_early(monitor: Monitor) -> None:
    """Raise BaselineError if rules could not be kept: nobody should watch for that."""
    path = baseline_store.to_write(monitor.baseline_path)
    with baseline_store.locked(path):
        journal.read_history(path)


def keep(monitor: Monitor, accepted: Sequence[Finding], dry_run: bool = False) -> Path:
    """Add rules to those that were learnt before, as a step in the history; a dry run only says
    where.

    Raises BaselineError.
    """
    path = baseline_store.to_write(monitor.baseline_path)
    folder, by = config.own_rules(monitor.config_path), who_asks()
    target = folder / LEARNED_FILE
    with journal.locked_journal(path, folder, by, dry_run) as book:
        why = f"learnt by {by} on {time.strftime('%Y-%m-%d')}"
        text = with_findings(journal.read_text(target) or "", accepted, why)
        book.change(target, text, "learn", history_lines(accepted))
    return target
