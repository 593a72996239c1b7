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
from ..core.line import error_line, escape, format_line
from ..core.model import ChangedError, PsdiffError, UnknownDaemonError
from ..core.role_changes import refuse_held
from ..host import baseline_store, journal
from ..host.baseline_changes import BaselineEditor, Written
from ..host.monitor import Monitor
from ..host.pauses import Pauses
from ..host.user_names import refuse_stranger
from .explain_command import ExplainCommand
from .terminal import DIFFERENCE, Answer, answer_to, done, in_words, say

_LONGEST_NAME = 64
_TRIES = 9


def monitor_of(arguments: Namespace) -> Monitor:
    """The host that the general options mean."""
    files = (arguments.config, arguments.baseline, arguments.snapshot)
    return Monitor(*files, arguments.min_age, role_paths=arguments.roles)


def _write(arguments: Namespace) -> int:
    written = _editor(arguments).write(arguments.all)
    code = _tell(written, arguments, arguments.verbose)
    say(in_words(item_values.left_out(written.young), DIFFERENCE), sys.stderr)
    if not arguments.verbose and not written.is_first:
        # On standard error: what is printed without -v is one line.
        say(in_words(item_values.difference_lines(written.comparison)), sys.stderr)
    return code


def _manual(arguments: Namespace) -> int:
    editor = _editor(arguments)
    if arguments.action == "add" and editor.monitor.host.is_live:
        refuse_stranger(arguments.user)
    return _tell(editor.change(arguments.user, arguments.cmdline, arguments.action), arguments)


def _editor(arguments: Namespace, by: str = "") -> BaselineEditor:
    return BaselineEditor(monitor_of(arguments), by, arguments.dry_run)


def _tell(written: Written, arguments: Namespace, verbose: bool = True) -> int:
    what = "Wrote" if written.changed else "No changes"
    shown = item_values.difference_lines(written.comparison) if verbose else []
    rules = [f"Wrote to {escape(str(written.rules))}"] if written.rules else []
    say(done([*rules, f"{what} to {escape(str(written.path))}", *in_words(shown)], arguments))
    say(done(in_words(item_values.ignored_for_good(written.ignored), DIFFERENCE), arguments))
    say(done(item_values.noted_units(written.units), arguments))
    say(item_values.still_missing(written.held), sys.stderr)
    if written.rules and written.changed:
        say(["These are two steps: the first undo takes back what was accepted"], sys.stderr)
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
    if arguments.remote:
        clicked = _editor(arguments, who_clicked())
        return _tell(_accept_unasked(clicked, Picked, None), arguments)
    editor = _editor(arguments)
    names_any = arguments.what or arguments.missing or arguments.extra
    if arguments.units and names_any:
        raise PsdiffError("--units accepts nothing: name nothing beside it; nothing is accepted")
    if arguments.units:
        return _tell(editor.note_units(), arguments)
    if names_any:
        pick = partial(_picked, arguments=arguments)
        return _tell(_accept_unasked(editor, pick), arguments)
    if not sys.stdin.isatty():
        raise UnknownDaemonError(
            "say what to accept: an id, a pattern, --missing or --extra; nothing is accepted"
        )

    return _tell(editor.accept(Walk(editor.monitor, input).pick), arguments)


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


def who_clicked() -> str:
    """The name that the frontend's action hands over; whoever it is, one short word."""
    name = sys.stdin.buffer.readline(1024).decode("utf-8", "replace").strip()
    return f"{escape(name)[:_LONGEST_NAME] or 'somebody'} (frontend)"


def _log(arguments: Namespace) -> int:
    path = baseline_store.to_write(arguments.baseline)
    say(in_words(history.history_lines(journal.read_history(path), arguments.n)))
    return 0


def _undo(arguments: Namespace) -> int:
    step = _editor(arguments).undo()
    text = f"Undid {escape(step.action)} by {escape(step.by)} in {escape(step.path)}"
    say(done([text], arguments))
    say(in_words(map(escape, history.taken_back(step))))
    return 0


def _pause(arguments: Namespace) -> int:
    baseline = baseline_store.to_write(arguments.baseline)
    pauses = Pauses(baseline, arguments.config, arguments.dry_run)
    if arguments.end:
        say([pauses.end(arguments.why)])
    elif arguments.duration:
        say([pauses.begin(arguments.duration, arguments.why)])
    elif arguments.why:
        raise PsdiffError("say for how long: psdiff-zbx pause 2h --why TEXT; nothing is paused")
    else:
        say([pauses.show()])
    return 0


def _then_what_differs(command: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """The command, and then, on standard error, what is still different: what was accepted is not
    all that differs, and what was undone differs again."""

    def run(arguments: Namespace) -> int:
        code = command(arguments)
        # What comes by standard input has been read; a click has little time.
        has_time = arguments.snapshot != "-" and not getattr(arguments, "remote", False)
        if has_time and not arguments.dry_run:
            say(_still_different(monitor_of(arguments)), sys.stderr)
        return code

    return run


def _still_different(monitor: Monitor) -> List[str]:
    try:
        lines = item_values.difference_lines(monitor.check(min_age=0).look().comparison)
    except PsdiffError as error:
        return [f"What is still different cannot be told: {error_line(error)}"]
    return [item_values.STILL, *lines] if lines else []


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "write": _write,
    "manual": _then_what_differs(_manual),
    "accept": _then_what_differs(_accept),
    "log": _log,
    "undo": _then_what_differs(_undo),
    "pause": _pause,
}


_PROMPT = "accept, keep as a difference, ignore for good, quit (? explains)? [a/k/i/q] "
_ANSWERS = {
    "a": Answer("accept", "the baseline expects what is extra, and no longer what is missing"),
    "k": Answer("keep", "change nothing: it stays missing, or extra"),
    "i": Answer("ignore", "by a rule in rules.d/ignored.toml; what is missing is also accepted"),
    "q": Answer("quit", "keep this one and all that follow; what was answered before is done"),
}


class Walk:
    """Shows each change with its explanation, and asks what to do about it.

    ``ask`` gets a prompt and returns an answer; at its end of input all others are kept.
    """

    def __init__(self, monitor: Monitor, ask: Callable[[str], str]) -> None:
        self._inquiry = ExplainCommand(monitor)
        self._ask = ask

    def pick(self, found: List[Change]) -> Picked:
        """What was accepted and what is to be ignored."""
        answers: Dict[str, List[Change]] = {letter: [] for letter in _ANSWERS}
        for number, change in enumerate(found, 1):
            say(self._shown(change, f"{number} of {len(found)}"))
            answer = "k" if change.is_held else answer_to(_PROMPT, _ANSWERS, self._ask)
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
