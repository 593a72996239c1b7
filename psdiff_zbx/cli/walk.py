"""Accepting by question and answer, on a terminal."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List

from ..core.accept import EXTRA, Change
from ..core.line import format_line
from ..core.model import PsdiffError
from ..host.baseline_changes import Picked
from ..host.monitor import Monitor
from .explain_command import Inquiry
from .terminal import say

_PROMPT = "accept, keep as a difference, ignore for good, quit? [a/k/i/q] "
_WORDS = {"a": "accept", "k": "keep", "i": "ignore", "q": "quit"}


class Walk:
    """Shows each change with its explanation, and asks what to do about it.

    ``ask`` gets a prompt and returns an answer; at its end of input all others are kept.
    """

    def __init__(self, monitor: Monitor, ask: Callable[[str], str]) -> None:
        self._inquiry = Inquiry(monitor)
        self._ask = ask

    def pick(self, found: List[Change]) -> Picked:
        """What was accepted and what is to be ignored."""
        answers: Dict[str, List[Change]] = {word: [] for word in _WORDS}
        for number, change in enumerate(found, 1):
            say(self._shown(change, f"{number} of {len(found)}"))
            answer = self._answer()
            answers[answer].append(change)
            if answer == "q":
                break
        say([""])
        return Picked(answers["a"], answers["i"])

    def _shown(self, change: Change, place: str) -> Iterable[str]:
        what = "extra" if change.sign == EXTRA else "missing"
        number = f", {len(change.lines)} of them" if len(change.lines) > 1 else ""
        yield ""
        yield f"({place}) {what}{number}: {change.id}"
        yield f"{change.sign} {format_line(change.line)}"
        yield from (f"    {line}" for line in self._explained(change))

    def _explained(self, change: Change) -> List[str]:
        line = change.line
        try:
            if change.sign == EXTRA:
                return list(self._inquiry.process(line.processes[0].pid))
            return list(self._inquiry.command(line.user, line.cmdline))
        except PsdiffError as error:  # it has ended meanwhile, say
            return [str(error)]

    def _answer(self) -> str:
        while True:
            try:
                answer = self._ask(_PROMPT).strip().lower()
            except EOFError:
                return "q"
            for letter, word in _WORDS.items():
                if answer and word.startswith(answer):
                    return letter
