"""A state in the words of Zabbix: LLD macros, lines of text, one JSON document."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Sequence

from . import __version__
from .line import format_line
from .model import Daemon, Line, State, UnknownDaemonError

TEXT_LIMIT = 60_000
"""Characters of a text: Zabbix silently stores no more than 65,535."""

DOCUMENT_LIMIT = 500_000
"""Bytes of a document: agents before 7.0 refuse 512 KiB."""

_CMDLINE_LIMIT = 255
_TRANSLATE_BRACES = str.maketrans("{}", "()")


def changes(sign: str, lines: Iterable[Line]) -> List[str]:
    """``- LINE`` for missing, ``+ LINE`` for extra."""
    return [f"{sign} {format_line(line)}" for line in lines]


def limited(lines: Sequence[str], limit: int = TEXT_LIMIT) -> str:
    """Lines as one text, cut at a line with ``… and N more`` where it would be too long."""
    text = "\n".join(lines)
    if len(text) <= limit:
        return text
    room = limit - len(f"\n… and {len(lines)} more")
    kept: List[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:  # even the first line alone is too long
        kept.append(f"{lines[0][: limit - 40]}…")
    more = len(lines) - len(kept)
    return "\n".join([*kept, f"… and {more} more"] if more else kept)


def missing(state: State) -> str:
    return limited(changes("-", state.comparison.missing))


def extra(state: State) -> str:
    return limited(changes("+", state.comparison.extra))


def discovery(state: State) -> List[Dict[str, Any]]:
    """One object per daemon.  Zabbix expands macros inside macro values, so the values
    have no braces."""
    return [
        {
            "{#PSDIFF.ID}": daemon.id,
            "{#PSDIFF.NAME}": daemon.name,
            "{#PSDIFF.USER}": _macro(daemon.user),
            "{#PSDIFF.CMDLINE}": _macro(daemon.cmdline),
            "{#PSDIFF.EXPECTED}": daemon.expected,
            "{#PSDIFF.MODE}": daemon.mode,
        }
        for daemon in state.comparison.daemons
    ]


def _macro(text: str) -> str:
    if len(text) > _CMDLINE_LIMIT:
        text = f"{text[: _CMDLINE_LIMIT - 1]}…"
    return text.translate(_TRANSLATE_BRACES)


def count(state: State, daemon_id: str) -> int:
    """How many processes of a daemon run.

    Raises UnknownDaemonError for an id that the baseline does not hold.
    """
    for daemon in state.comparison.daemons:
        if daemon.id == daemon_id:
            return daemon.running
    raise UnknownDaemonError(
        f"no daemon {daemon_id[:64]!r} in {state.source.path}; 'psdiff-zbx discover' lists the ids"
    )


def document(state: State) -> str:
    """Everything as one JSON object, under DOCUMENT_LIMIT bytes."""
    daemons = state.comparison.daemons
    for fields in (("started", "cpu", "rss", "threads"), ()):
        text = to_json(_everything(state, {d.id: _numbers(d, fields) for d in daemons}))
        if len(text.encode()) < DOCUMENT_LIMIT:
            return text
    return failure(
        f"{len(daemons)} daemons are too many for one document of {DOCUMENT_LIMIT} bytes; "
        "let a rule make one of those that differ in an argument only",
        state.seconds,
    )


def _numbers(daemon: Daemon, fields: Sequence[str]) -> Dict[str, Any]:
    return {name: getattr(daemon, name) for name in ("expected", "running", *fields)}


def _everything(state: State, daemons: Dict[str, Any]) -> Dict[str, Any]:
    compared = state.comparison
    return {
        "version": __version__,
        "error": "",
        "seconds": round(state.seconds, 3),
        "processes": state.processes,
        "baseline": state.source._asdict(),
        "missing": {"count": len(compared.missing), "text": missing(state)},
        "extra": {"count": len(compared.extra), "text": extra(state)},
        "discovery": discovery(state),
        "daemons": daemons,
    }


def failure(error: str, seconds: float) -> str:
    """The document of a collection that failed: every item that depends on it becomes
    unsupported, and discovery keeps what it has."""
    return to_json({"version": __version__, "error": error, "seconds": round(seconds, 3)})


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
