"""A state as one JSON document that fits, whatever runs.

In: a state.  Out: the document.  What does not fit is left out, and it says what: first the
numbers that matter less, then the ends of the texts, then daemons that are as expected.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from .. import __version__
from .item_values import TEXT_LIMIT, discovery, extra, missing, missing_daemons, to_json
from .line import escape
from .model import EXACT, Daemon, State

DOCUMENT_LIMIT = 500_000
"""Bytes of a document, or of what is discovered.  Agents before 7.0 refuse 512 KiB."""

_SHORT_TEXT = 6_000
_RECENTLY = 600  # seconds
_NUMBERS = ("started", "cpu", "rss", "threads", "state")


class _Form(NamedTuple):
    """Which numbers and daemons a document has, and how long its texts may be."""

    numbers: Tuple[str, ...]
    limit: int
    daemons: Sequence[Daemon]


def document(state: State) -> str:
    """Everything as one JSON object of less than DOCUMENT_LIMIT bytes."""
    daemons = state.comparison.daemons
    for numbers, limit in ((_NUMBERS, TEXT_LIMIT), ((), TEXT_LIMIT), ((), _SHORT_TEXT)):
        text = to_json(_everything(state, _Form(numbers, limit, daemons)))
        if len(text.encode()) < DOCUMENT_LIMIT:
            return text
    none = to_json(_everything(state, _Form((), _SHORT_TEXT, ())))
    few = _those_that_fit(daemons, DOCUMENT_LIMIT - len(none.encode()))
    return to_json(_everything(state, _Form((), _SHORT_TEXT, few)))


def discovered(state: State) -> str:
    """The LLD macros of each daemon, as JSON of less than DOCUMENT_LIMIT bytes."""
    daemons = state.comparison.daemons
    text = to_json(discovery(daemons))
    if len(text.encode()) < DOCUMENT_LIMIT:
        return text
    return to_json(discovery(_those_that_fit(daemons, DOCUMENT_LIMIT)))


def failure(error: str, seconds: float) -> str:
    """The document if the check failed.  Items whose values are not in it get none, and discovery
    keeps its daemons."""
    return to_json({"version": __version__, "error": error, "seconds": round(seconds, 3)})


def _everything(state: State, form: _Form) -> Dict[str, Any]:
    compared = state.comparison
    return {
        "version": __version__,
        "error": "",
        "seconds": round(state.seconds, 3),
        "processes": state.processes,
        "zombies": state.zombies,
        "ignored": state.ignored,
        **state.times._asdict(),
        "recent_start": _recent_start(state),
        "baseline": {**state.source._asdict(), "path": escape(state.source.path)},
        "missing": {
            "count": len(compared.missing),
            "text": missing(state, form.limit),
            "daemons": missing_daemons(state, form.limit),
        },
        "extra": {"count": len(compared.extra), "text": extra(state, form.limit)},
        "discovery": discovery(form.daemons),
        "daemons": {daemon.id: _numbers(daemon, form.numbers) for daemon in form.daemons},
        **_left_out(form, len(compared.daemons)),
    }


def _recent_start(state: State) -> int:
    """The time now, by the host's clock, if a daemon is younger than ten minutes, else 0."""
    now = state.times.boot + state.times.uptime
    newest = max((daemon.started for daemon in state.comparison.daemons), default=0)
    return now if newest and now - newest < _RECENTLY else 0


def _numbers(daemon: Daemon, more: Sequence[str]) -> Dict[str, Any]:
    return {name: getattr(daemon, name) for name in ("expected", "running", *more)}


def _left_out(form: _Form, daemons: int) -> Dict[str, Any]:
    """What is not in the document, because it would not fit."""
    if form.numbers:
        return {}
    return {"left_out": {"numbers": list(_NUMBERS), "daemons": daemons - len(form.daemons)}}


def _those_that_fit(daemons: Sequence[Daemon], room: int) -> List[Daemon]:
    """As many of the daemons as have room (bytes), in their order; those that differ first."""
    chosen = set()
    for daemon in sorted(daemons, key=_is_right):
        row = [*discovery([daemon]), {daemon.id: _numbers(daemon, ())}]
        room -= len(to_json(row).encode()) + 1
        if room < 0:
            break
        chosen.add(daemon.id)
    return [daemon for daemon in daemons if daemon.id in chosen]


def _is_right(daemon: Daemon) -> bool:
    more = daemon.running > daemon.expected and daemon.mode == EXACT
    return daemon.running >= daemon.expected and not more
