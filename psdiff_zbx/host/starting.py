"""Missing daemons started by their units: what is asked for, and what came of it.

In: a monitor, a service manager, words that mean daemons.  Out: one line for each unit, and
whether any daemon is still missing.  Nothing is started but units that the baseline names.
"""

from __future__ import annotations

import os
import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Sequence, Set

from ..core.history import START
from ..core.line import escape
from ..core.model import Comparison
from ..core.rules.cgroup import parse_cgroup
from ..core.start import (
    LATE,
    RUNS,
    Plan,
    StartError,
    Task,
    missing_ids,
    outcome_line,
    plan,
    still_missing,
)
from . import baseline_store, config, journal
from .monitor import Monitor
from .services.manager import ACTIVE, REFUSED, Manager, Status
from .start_wait import wait_for
from .unit_file import read
from .unit_files import place_of

_LONGEST = 300  # characters of a line that a unit has written


class Request(NamedTuple):
    """Who asks for what: for all that is missing, if there are no ``words``.  All of it may take
    ``patience`` seconds: what takes longer to start goes on by itself."""

    by: str
    words: Sequence[str] = ()
    patience: float = 90.0


class _Ready(NamedTuple):
    """The units that can be started, with their states, and a line for each daemon or unit that
    cannot."""

    tasks: Sequence[Task]
    before: Dict[str, Status]
    refused: Sequence[str]
    running: Sequence[str]

    @property
    def nothing(self) -> Sequence[str]:
        """A line if there is nothing to do, and nothing to say about it."""
        is_idle = not (self.tasks or self.refused or self.running)
        return ("nothing is missing; nothing is started",) if is_idle else ()

    def done(self, task: Task) -> str:
        """What becomes of a unit: started, or restarted where it claims to be active."""
        return "restarted" if self.before[task.unit].state == ACTIVE else "started"


class Starter(NamedTuple):
    """``tell`` gets each line as soon as it is known."""

    monitor: Monitor
    manager: Manager
    tell: Callable[[str], None]

    def start(self, request: Request) -> bool:
        """Start what is missing.  Returns whether all that was asked for runs.

        Raises any PsdiffError; if it does so before the first line, nothing was started.
        """
        if os.geteuid():
            raise StartError("only root can start units; --dry-run says what would be started")
        began = time.monotonic()
        ready = self._ready(request.words)
        self._say(*ready.nothing)
        if ready.tasks:
            self._record(request.by, ready.tasks)
        self._say(*ready.running, *ready.refused)
        return self._carry_out(ready, began + request.patience) and not ready.refused

    def would_start(self, words: Sequence[str]) -> bool:
        """Say what would be started, and start nothing."""
        ready = self._ready(words)
        self._say(*ready.nothing, *ready.running, *ready.refused)
        self._say(*(f"{task.text} would be {ready.done(task)}" for task in ready.tasks))
        return not (ready.tasks or ready.refused)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.tell(escape(line))

    def _look(self) -> Comparison:
        return self.monitor.check(min_age=0).look().comparison

    def _ready(self, words: Sequence[str]) -> _Ready:
        found = plan(self._look(), words)
        before = {task.unit: self.manager.status(task.unit) for task in found.tasks}
        refused = {each: why for each in found.tasks for why in _refusals(each, before[each.unit])}
        tasks = [each for each in _needed(found, before) if each not in refused]
        return _Ready(tasks, before, (*found.hopeless, *refused.values()), found.lines)

    def _record(self, by: str, tasks: Sequence[Task]) -> None:
        """Before anything is done, so that it is in the history whatever interrupts us."""
        path = baseline_store.to_write(self.monitor.baseline_path)
        rules = config.own_rules(self.monitor.host.config_path)
        with journal.locked_journal(path, rules, by) as book:
            book.note(START, [task.text for task in tasks])

    def _carry_out(self, ready: _Ready, end: float) -> bool:
        """Ask for all units, then wait for each until the ``end``.  Returns whether all run."""
        since, asked, all_run = time.time(), [], True
        for task in ready.tasks:
            why = self.manager.start(task.unit, ready.before[task.unit])
            if why:
                all_run = False
                self._say(f"{task.unit} was not started: {why}; {still_missing(task.ids)}")
            else:
                asked.append(task)
        look, patience = self._missing_now(), end - time.monotonic()
        for task, outcome in wait_for(asked, self.manager, look, patience):
            mute = outcome.kind in (RUNS, LATE)
            words = () if mute else self._last_words(task.unit, since)
            self._say(outcome_line(task, ready.done(task), outcome, words))
            all_run &= outcome.kind == RUNS
        return all_run

    def _missing_now(self) -> Callable[[], Set[str]]:
        look = self.monitor.check(min_age=0).look
        return lambda: set(missing_ids(look().comparison))

    def _last_words(self, unit: str, since: float) -> List[str]:
        """Less secrets: a daemon may write the password with which it was refused."""
        words = self.manager.last_words(unit, since)
        return [self.monitor.host.without_secrets(word.strip())[:_LONGEST] for word in words]


def _refusals(task: Task, status: Status) -> Iterator[str]:
    """A line if a unit cannot be started."""
    if status.state == REFUSED:
        yield f"{task.unit} {status.why}; {still_missing(task.ids)}"
    elif status.state == ACTIVE and task.unit == _own_unit():
        yield f"{task.unit} is what runs this command; restart it from a shell"


def _needed(found: Plan, before: Dict[str, Status]) -> Iterator[Task]:
    """Of several units of one daemon, those that are active need no restart while others are
    not."""
    idle = {
        each
        for task in found.tasks
        if before[task.unit].state not in (ACTIVE, REFUSED)
        for each in task.ids
    }
    for task in found.tasks:
        is_active = before[task.unit].state == ACTIVE
        if task.only or not is_active or idle.isdisjoint(task.ids):
            yield task


def _own_unit() -> str:
    """The unit in which we run ourselves: its restart would end us half way."""
    place = place_of(parse_cgroup(read("/proc/self/cgroup") or ""))
    return place.name if place and not place.uid else ""
