"""The command ``learn``: the host watched, what was found told, and each rule asked about."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from typing import Callable, Iterator, List, Sequence

from ..core.duration import in_largest_unit
from ..core.learn.proposals import Finding
from ..core.learn.report_text import finding_lines, summary_lines
from ..core.line import escape
from ..host.learning import Progress, Watched, keep, refuse_early, watch_host, watch_recordings
from ..host.monitor import Monitor
from .baseline_commands import monitor_of
from .several import several
from .terminal import Answer, answer_to, done, say

_PROMPT = "take the rule, leave it, quit (? explains)? [t/l/q] "
_ANSWERS = {
    "t": Answer("take", "write the rule to rules.d/learned.toml"),
    "l": Answer("leave", "write nothing of it"),
    "q": Answer("quit", "leave this one and all that follow; those taken are written"),
}
_BLANK = f"\r{'':78}\r"


def learn(arguments: Namespace) -> int:
    """Watch, tell, ask, and keep what was taken."""
    gc.enable()  # this one runs for long
    monitor = monitor_of(arguments)
    asks = sys.stdin.isatty() and not arguments.write
    if (asks or arguments.write) and not arguments.dry_run:
        refuse_early(monitor)
    found = _watched(arguments, monitor)
    say(_told(found))
    proposals = found.report.proposals
    if asks:
        _keep(monitor, ask_for(proposals, input), arguments)
        return 0
    for number, each in enumerate(proposals, 1):
        say(_shown(each, number, len(proposals)))
    if arguments.write:
        _keep(monitor, proposals, arguments)
    elif proposals:
        say(["nothing is written; --write takes all of these rules"], sys.stderr)
    return 0


def _watched(arguments: Namespace, monitor: Monitor) -> Watched:
    recorded = several(arguments, "snapshot")
    if recorded:
        return watch_recordings(monitor, recorded)
    tell = _progress if sys.stderr.isatty() else _nothing
    found = watch_host(monitor, arguments.duration, arguments.every, tell)
    if sys.stderr.isatty():
        sys.stderr.write(_BLANK)
    return found


def _progress(now: Progress) -> None:
    number, unit = in_largest_unit(now.left)
    left = f"{number} {unit}{'' if number == 1 else 's'} left"
    sys.stderr.write(f"\r{f'{now.samples} samples, {left}; Ctrl-C ends it':<78}")
    sys.stderr.flush()


def _nothing(_: Progress) -> None:
    """Nobody looks on."""


def _told(found: Watched) -> Iterator[str]:
    """The summary, and what no rule is proposed for."""
    yield from summary_lines(found.report)
    if found.failed:
        yield f"looks that failed: {found.failed}; the last one: {escape(found.error)}"
    for each in found.report.findings:
        if not each.rules:
            yield ""
            yield from finding_lines(each)


def _shown(found: Finding, number: int, of: int) -> Iterator[str]:
    first, *lines = finding_lines(found)
    yield ""
    yield f"({number} of {of}) {first}"
    yield from lines


def ask_for(proposals: Sequence[Finding], ask: Callable[[str], str]) -> List[Finding]:
    """Those that were taken.  ``ask`` gets a prompt and returns an answer; at its end of input all
    others are left."""
    taken: List[Finding] = []
    for number, each in enumerate(proposals, 1):
        say(_shown(each, number, len(proposals)))
        answer = answer_to(_PROMPT, _ANSWERS, ask)
        taken += [each] if answer == "t" else []
        if answer == "q":
            break
    return taken


def _keep(monitor: Monitor, taken: Sequence[Finding], arguments: Namespace) -> None:
    text = "No rules are written"
    if taken:
        text = f"Wrote to {escape(str(keep(monitor, taken, arguments.dry_run)))}"
    say(done(["", text], arguments))
