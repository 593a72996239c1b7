"""Answer one request of an agent.

In: an item key, its parameters, and a function that looks at the host.  Out: the value that the
UserParameter with the same key gives, even if that is an error.  The clock is an argument, and no
socket is used.
"""

from __future__ import annotations

from threading import Lock
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..core.item_keys import METRICS, Metric, failure_value
from ..core.line import error_line, escape
from ..core.model import PsdiffError, State
from . import protocol

METRIC_OF: Mapping[str, Metric] = {metric.key: metric for metric in METRICS}

# Not allowed in the parameters of a UserParameter; agent 2 names the first one that it finds.
_REFUSED_CHARACTERS = frozenset("\\'\"`*?[]{}~$!&;()<>|#@\n")


Answered = Tuple[Optional[State], Dict[Tuple[Callable[[State, str], str], str], str]]
"""A state, and its answers.  Many threads read both, so they are assigned together."""


class RefusedError(PsdiffError):
    """A key or a parameter that makes the item unsupported."""


class Question(NamedTuple):
    """A metric and its parameter.  ``began`` is a reading of the clock, ``timeout`` is in
    seconds."""

    metric: Metric
    parameter: str
    began: float
    timeout: float


def asked(key: object, parameters: object) -> Tuple[Metric, str]:
    """The metric and its parameter, which is empty if there is none.

    Raises RefusedError, with agent 2's own words for a wrong UserParameter.
    """
    metric = METRIC_OF.get(key) if isinstance(key, str) else None
    if metric is None:
        raise RefusedError(f"Unknown metric {escape(str(key)[:255])}")
    if not isinstance(parameters, (list, type(None))):
        raise RefusedError("Invalid item key format.")
    given: List[str] = [str(each) for each in parameters or []]
    if given and metric.parameter is None:
        raise RefusedError("Parameters are not allowed.")
    return metric, _allowed(given[0] if given else "")


def _allowed(parameter: str) -> str:
    for character in parameter:
        if character in _REFUSED_CHARACTERS:
            shown = "0x0a" if character == "\n" else f'"{character}"'
            raise RefusedError(f"Character {shown} is not allowed")
    return parameter


class Troubles:
    """Reports an error when it begins and when it is over.  Many threads may use it."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._known: Optional[str] = None

    def now(self, error: Optional[str]) -> None:
        """Say what is wrong now; None if nothing is."""
        with self._lock:
            known, self._known = self._known, error
        if error is not None and error != known:
            self._tell(protocol.ERROR, error)
        elif error is None and known is not None:
            self._tell(protocol.INFO, f"resolved: {known}")


class Answers:
    """Answers the questions of many threads.  ``state(seconds)`` looks at the host for at most
    that long, and may raise anything."""

    def __init__(
        self,
        state: Callable[[float], State],
        clock: Callable[[], float],
        tell: Callable[[int, str], None],
    ) -> None:
        self._state, self._clock = state, clock
        self._troubles = Troubles(tell)
        self._texts: Answered = (None, {})

    def answer(self, question: Question) -> str:
        """The value.  Raises nothing."""
        metric, parameter, began, timeout = question
        if metric.answer is None:
            return metric.constant
        try:
            state = self._look(began + timeout - self._clock())
            return self._text(state, metric.answer, parameter)
        except BaseException as error:  # a thread must not die, even of a hook's sys.exit()
            return failure_value(metric, error_line(error), self._clock() - began)

    def _text(self, state: State, answer: Callable[[State, str], str], parameter: str) -> str:
        """The answer, made only once for each state.  An agent cuts blanks from the end of a
        UserParameter's value, so this does, too."""
        known, texts = self._texts
        if known is not state:
            texts = {}
            self._texts = (state, texts)
        if (answer, parameter) not in texts:
            texts[answer, parameter] = answer(state, parameter).rstrip(" \t\r\n")
        return texts[answer, parameter]

    def too_late(self, question: Question) -> str:
        """The value if no answer comes in time."""
        text = f"no answer within {question.timeout:g} seconds"
        self._troubles.now(text)
        return failure_value(question.metric, text, self._clock() - question.began)

    def _look(self, timeout: float) -> State:
        try:
            state = self._state(max(0.0, timeout))
        except BaseException as error:
            self._troubles.now(error_line(error))
            raise
        self._troubles.now(None)
        return state
