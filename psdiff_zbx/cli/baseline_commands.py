"""The commands that change the baseline, each as a function that returns an exit code."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace
from functools import partial
from typing import Callable, Dict, Iterable, List, Mapping, Optional

from ..core import history, item_values
from ..core.accept import (
    MINUS,
    PLUS,
    Change,
    Picked,
    named_changes,
)
from ..core.line import escape, format_line
from ..core.model import ChangedError, PsdiffError, UnknownDaemonError
from ..core.role_changes import refuse_held
from ..host import baseline_store, journal
from ..host.baseline_changes import BaselineEditor, Written
from ..host.monitor import Monitor
from ..host.pauses import Pauses
from .explain_command import ExplainCommand
from .terminal import answer_to, say

_LONGEST_NAME = 64
_TRIES = 9


def monitor_of(arguments: Namespace) -> Monitor:
    """The host that the general options mean."""
    files = (arguments.config, arguments.baseline, arguments.snapshot)
    return Monitor(*files, arguments.min_age, role_paths=arguments.roles)


def _write(arguments: Namespace) -> int:
    written = BaselineEditor(monitor_of(arguments)).write(arguments.all)
    code = _tell(written, arguments.verbose)
    say(item_values.left_out(written.young), sys.stderr)
    if not arguments.verbose and not written.is_first:
        # On standard error: what is printed without -v is one line.
        say(item_values.difference_lines(written.comparison), sys.stderr)
    return code


def _manual(arguments: Namespace) -> int:
    editor = BaselineEditor(monitor_of(arguments))
    return _tell(editor.change(arguments.user, arguments.cmdline, arguments.action), True)


def _tell(written: Written, verbose: bool) -> int:
    what = "Wrote" if written.changed else "No changes"
    shown = item_values.difference_lines(written.comparison) if verbose else []
    rules = [f"Wrote to {escape(str(written.rules))}"] if written.rules else []
    say([*rules, f"{what} to {escape(str(written.path))}", *shown])
    say(item_values.still_missing(written.held), sys.stderr)
    return 0


def _accept_unasked(
    editor: BaselineEditor,
    pick: Callable[[List[Change]], Picked],
    min_age: Optional[float] = 0,
) -> Written:
    """Accept where ``pick`` asks nobody, and so can look again if somebody changes the baseline
    meanwhile."""
    for _ in range(_TRIES):
        with contextlib.suppress(ChangedError):
            return editor.accept(pick, min_age)
    return editor.accept(pick, min_age)


def _accept(arguments: Namespace) -> int:
    monitor = monitor_of(arguments)
    if arguments.remote:
        return _tell(_accept_unasked(BaselineEditor(monitor, _who_clicked()), Picked, None), True)
    if arguments.what or arguments.missing or arguments.extra:
        pick = partial(_picked, arguments=arguments)
        return _tell(_accept_unasked(BaselineEditor(monitor), pick), True)
    if not sys.stdin.isatty():
        raise UnknownDaemonError(
            "say what to accept: an id, a pattern, --missing or --extra; nothing is accepted"
        )

    return _tell(BaselineEditor(monitor).accept(Walk(monitor, input).pick), True)


def _picked(found: List[Change], arguments: Namespace) -> Picked:
    signs = [MINUS] * arguments.missing + [PLUS] * arguments.extra
    sides = [change for change in found if change.sign in signs]
    if not sides and not arguments.what:
        side = "missing" if arguments.missing else "extra"
        raise UnknownDaemonError(f"nothing is {side}; nothing is accepted")
    named = named_changes(found, arguments.what)
    refuse_held(named)
    asked = {change[:2] for change in (*sides, *named)}
    return Picked([change for change in found if change[:2] in asked])


def _who_clicked() -> str:
    """The name that the frontend's action hands over; whoever it is, one short word."""
    name = sys.stdin.buffer.readline(1024).decode("utf-8", "replace").strip()
    return f"{escape(name)[:_LONGEST_NAME] or 'somebody'} (frontend)"


def _log(arguments: Namespace) -> int:
    path = baseline_store.to_write(arguments.baseline)
    say(history.history_lines(journal.read_history(path), arguments.n))
    return 0


def _undo(arguments: Namespace) -> int:
    step = BaselineEditor(monitor_of(arguments)).undo()
    say([f"Undid {escape(step.action)} by {escape(step.by)} in {escape(step.path)}"])
    say(escape(line) for line in step.lines)
    return 0


def _pause(arguments: Namespace) -> int:
    pauses = Pauses(baseline_store.to_write(arguments.baseline), arguments.config)
    if arguments.end:
        say([pauses.end(arguments.why)])
    elif arguments.duration:
        say([pauses.begin(arguments.duration, arguments.why)])
    elif arguments.why:
        raise PsdiffError("say for how long: psdiff-zbx pause 2h --why TEXT; nothing is paused")
    else:
        say([pauses.show()])
    return 0


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "write": _write,
    "manual": _manual,
    "accept": _accept,
    "log": _log,
    "undo": _undo,
    "pause": _pause,
}


_PROMPT = "accept, keep as a difference, ignore for good, quit? [a/k/i/q] "
_WORDS = {"a": "accept", "k": "keep", "i": "ignore", "q": "quit"}


class Walk:
    """Shows each change with its explanation, and asks what to do about it.

    ``ask`` gets a prompt and returns an answer; at its end of input all others are kept.
    """

    def __init__(self, monitor: Monitor, ask: Callable[[str], str]) -> None:
        self._inquiry = ExplainCommand(monitor)
        self._ask = ask

    def pick(self, found: List[Change]) -> Picked:
        """What was accepted and what is to be ignored."""
        answers: Dict[str, List[Change]] = {word: [] for word in _WORDS}
        for number, change in enumerate(found, 1):
            say(self._shown(change, f"{number} of {len(found)}"))
            answer = "k" if change.is_held else answer_to(_PROMPT, _WORDS, self._ask)
            answers[answer].append(change)
            if answer == "q":
                break
        say([""])
        return Picked(answers["a"], answers["i"])

    def _shown(self, change: Change, place: str) -> Iterable[str]:
        what = "extra" if change.sign == PLUS else "missing"
        number = f", {len(change.lines)} of them" if len(change.lines) > 1 else ""
        yield ""
        yield f"({place}) {what}{number}: {change.id}"
        yield f"{change.sign} {format_line(change.line)}"
        yield from (f"    {line}" for line in self._explained(change))
        if change.is_held:
            yield "    not asked: no command changes a role's file"

    def _explained(self, change: Change) -> List[str]:
        line = change.line
        try:
            if change.sign == PLUS:
                return list(self._inquiry.process(line.processes[0].pid))
            return list(self._inquiry.command(line.user, line.cmdline))
        except PsdiffError as error:  # it has ended meanwhile, say
            return [str(error)]
