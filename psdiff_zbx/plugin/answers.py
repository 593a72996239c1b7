"""One request of an agent: what is asked for, and the answer, whatever happens.

In: key, parameters, and a way to look at the host.  Out: the value that the UserParameter of the
same key gives.  The clock is an argument; there is no socket here.
"""

from __future__ import annotations

from threading import Lock
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..core import item_values
from ..core.item_keys import METRICS, Metric
from ..core.line import error_line, escape
from ..core.model import PsdiffError, State
from . import protocol

METRIC_OF: Mapping[str, Metric] = {metric.key: metric for metric in METRICS}

# In a parameter of a UserParameter; agent 2 names the first that it meets.
_REFUSED_CHARACTERS = frozenset("\\'\"`*?[]{}~$!&;()<>|#@\n")


Texts = Tuple[Optional[State], Dict[Tuple[Callable[[State, str], str], str], str]]
"""A state and what it has answered: assigned as one, for many threads read it."""


class RefusedError(PsdiffError):
    """A key or a parameter for which the item becomes unsupported."""


class Question(NamedTuple):
    """What is asked for.  ``began`` is a clock's reading, ``timeout`` in seconds."""

    metric: Metric
    parameter: str
    began: float
    timeout: float


def asked(key: object, parameters: object) -> Tuple[Metric, str]:
    """The metric and its parameter.

    Raises RefusedError in agent 2's own words for a UserParameter of that form.
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
    """Tells of an error when it first occurs, and when it is over, from many threads."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._known: Optional[str] = None

    def now(self, error: Optional[str]) -> None:
        """What is wrong now; None for nothing."""
        with self._lock:
            known, self._known = self._known, error
        if error is not None and error != known:
            self._tell(protocol.ERROR, error)
        elif error is None and known is not None:
            self._tell(protocol.INFO, f"it is over: {known}")


class Answers:
    """Answers questions, from many threads; ``state`` may raise whatever it wants."""

    def __init__(
        self,
        state: Callable[[float], State],
        clock: Callable[[], float],
        tell: Callable[[int, str], None],
    ) -> None:
        self._state, self._clock = state, clock
        self._troubles = Troubles(tell)
        self._texts: Texts = (None, {})

    def answer(self, question: Question) -> str:
        """The value.  Raises nothing."""
        metric, parameter, began, timeout = question
        if metric.answer is None:
            return metric.constant
        try:
            state = self._look(began + timeout - self._clock())
            return self._text(state, metric.answer, parameter)
        except BaseException as error:  # a thread must not die, were it of a hook's sys.exit()
            return failure(metric, error_line(error), self._clock() - began)

    def _text(self, state: State, answer: Callable[[State, str], str], parameter: str) -> str:
        """What a state answers, made once; an agent cuts blanks from a UserParameter's end."""
        known, texts = self._texts
        if known is not state:
            texts = {}
            self._texts = (state, texts)
        if (answer, parameter) not in texts:
            texts[answer, parameter] = answer(state, parameter).rstrip(" \t\r\n")
        return texts[answer, parameter]

    def too_late(self, question: Question) -> str:
        """The value for an answer that does not come in time."""
        text = f"no answer within {question.timeout:g} seconds"
        self._troubles.now(text)
        return failure(question.metric, text, self._clock() - question.began)

    def _look(self, timeout: float) -> State:
        try:
            state = self._state(max(0.0, timeout))
        except BaseException as error:
            self._troubles.now(error_line(error))
            raise
        self._troubles.now(None)
        return state


def failure(metric: Metric, text: str, seconds: float) -> str:
    """An error in the way of its key, as the command of the same name prints it."""
    if metric is METRIC_OF["psdiff.get"]:
        return item_values.failure(text, seconds)
    return f"psdiff: error: {text}"
