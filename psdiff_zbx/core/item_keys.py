"""The table of item keys: each with its command, and the function that answers it from a state."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Tuple

from .. import __version__
from . import item_values
from .document import discovered, document, failure
from .model import State


class Metric(NamedTuple):
    """One item key.  ``answer(state, parameter)`` is its value.  If ``answer`` is None, no look at
    the host is needed, and ``constant`` is the value."""

    key: str
    command: str
    title: str
    answer: Optional[Callable[[State, str], str]]
    parameter: Optional[str] = None
    constant: str = ""

    @property
    def full_key(self) -> str:
        """The key as users read it: ``psdiff.count[ID]``."""
        return f"{self.key}[{self.parameter}]" if self.parameter else self.key

    @property
    def description(self) -> str:
        """The title as a sentence.  Agent 2 panics if a plugin's description does not begin with a
        capital and end with a full stop."""
        return f"{self.title[0].upper()}{self.title[1:]}."


def _count(state: State, daemon_id: str) -> str:
    return str(item_values.count(state, daemon_id))


def _discovery(state: State, _: str) -> str:
    return discovered(state)


def _document(state: State, _: str) -> str:
    return document(state)


def _missing(state: State, _: str) -> str:
    return item_values.missing(state)


def _extra(state: State, _: str) -> str:
    return item_values.extra(state)


METRICS: Tuple[Metric, ...] = (
    Metric("psdiff.get", "get", "everything, as one JSON document", _document),
    Metric("psdiff.discovery", "discover", "the expected daemons, as LLD JSON", _discovery),
    Metric("psdiff.count", "count", "how many processes of one daemon run", _count, "ID"),
    Metric("psdiff.missing", "missing", "the missing lines", _missing),
    Metric("psdiff.extra", "extra", "the extra lines", _extra),
    Metric("psdiff.version", "version", "the program's version", None, constant=__version__),
)


def failure_value(metric: Metric, text: str, seconds: float) -> str:
    """An error as the value of an item key.  Zabbix ignores exit codes, so the value says it."""
    if metric.answer is _document:
        return failure(text, seconds)
    return f"psdiff: error: {text}"
