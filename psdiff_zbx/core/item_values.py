"""A state as values for Zabbix: LLD macros, lines of text, numbers."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, Iterator, List, Sequence

from .line import escape, format_line
from .model import Comparison, Daemon, Line, State, Units, UnknownDaemonError

TEXT_LIMIT = 60_000
"""Characters of a text.  Zabbix stores at most 65,535 and drops the rest silently."""

_LINE_LIMIT = 1_000  # characters
_DEEPEST = 40  # blanks of indent; a chain of processes may be hundreds deep
_CMDLINE_LIMIT = 255
_TRANSLATE_BRACES = str.maketrans("{}", "()")


def signed_lines(sign: str, lines: Iterable[Line]) -> Iterator[str]:
    """``- LINE`` for missing, ``+ LINE`` for extra.  No line is so long or so far to the right
    that it hides the others."""
    return (_signed(sign, format_line(line)) for line in lines)


def _signed(sign: str, line: str) -> str:
    """At most 1,000 characters: ``+ … 61440 more characters``."""
    if line.startswith(" " * _DEEPEST):
        line = " " * _DEEPEST + line.lstrip(" ")
    text = f"{sign} {line}"
    if len(text) <= _LINE_LIMIT:
        return text
    kept = _LINE_LIMIT - len(f"… {len(text)} more characters")
    return f"{text[:kept]}… {len(text) - kept} more characters"


def difference_lines(found: Comparison) -> List[str]:
    """All lines of a comparison, the missing ones first."""
    return [*signed_lines("-", found.missing), *signed_lines("+", found.extra)]


def expected_by_roles(daemons: Iterable[Daemon]) -> List[str]:
    """Which of these daemons stand in which role's file: ``/etc/…/web expects nginx-9a3d6b1f``."""
    found: Dict[str, List[str]] = {}
    for daemon in daemons:
        for role in daemon.roles:
            found.setdefault(role, []).append(daemon.id)
    return [f"{escape(role)} expects {', '.join(ids)}" for role, ids in sorted(found.items())]


def still_missing(held: Sequence[Daemon]) -> List[str]:
    """What the baseline cannot give up, because a role's file expects it."""
    head = "Still missing, for no command changes a role's file:"
    return [head, *expected_by_roles(held)] if held else []


STILL = "Still different:"
"""What stands above the differences that a command has left."""


def left_out(young: Sequence[Line]) -> List[str]:
    """What a new baseline does not hold because it is young, and how it would."""
    head = "Left out, for it has only just started (psdiff-zbx write --all takes it):"
    return [head, *signed_lines("+", young)] if young else []


def noted_units(units: Units) -> List[str]:
    """The units that a baseline has newly noted: ``cron.service starts /usr/sbin/cron -f``."""
    return [f"{unit} starts {escape(cmdline[:_CMDLINE_LIMIT])}" for (_, cmdline), unit in units]


def ignored_for_good(ignored: Comparison) -> List[str]:
    """What a rule ignores from now on."""
    lines = difference_lines(ignored)
    return ["Ignored for good:", *lines] if lines else []


def limited(lines: Iterable[str], number: int, limit: int = TEXT_LIMIT) -> str:
    """``number`` lines as one text of at most ``limit`` characters.  A longer text is cut at a
    line and ends with ``… and N more``.  No more of ``lines`` is read than fits."""
    kept: List[str] = []
    room = limit + 1
    for line in lines:
        room -= len(line) + 1
        kept.append(line)
        if room < 0:
            return _cut(kept, number, limit)
    return "\n".join(kept)


def _cut(lines: List[str], number: int, limit: int) -> str:
    room = limit - len(f"\n… and {number} more")
    if len(lines[0]) > room:
        lines = [f"{lines[0][: room - 1]}…"]
    while sum(len(line) + 1 for line in lines) - 1 > room:
        lines.pop()
    more = number - len(lines)
    return "\n".join([*lines, f"… and {more} more"] if more else lines)


def missing(state: State, limit: int = TEXT_LIMIT) -> str:
    """The missing lines as one text of at most ``limit`` characters."""
    lines = state.comparison.missing
    return limited(signed_lines("-", lines), len(lines), limit)


def missing_daemons(state: State, limit: int = TEXT_LIMIT) -> str:
    """The ids of the daemons that have too few processes, one a line, as one text of at most
    ``limit`` characters."""
    ids = [each.id for each in state.comparison.daemons if each.is_missing]
    return limited(ids, len(ids), limit)


def extra(state: State, limit: int = TEXT_LIMIT) -> str:
    """The extra lines as one text of at most ``limit`` characters."""
    lines = state.comparison.extra
    return limited(signed_lines("+", lines), len(lines), limit)


def discovery(daemons: Iterable[Daemon]) -> List[Dict[str, Any]]:
    """The LLD macros of each daemon; UNIT only where one is known, ROLE only where a role's file
    names it.  Their values have no braces, because Zabbix expands macros inside macro values."""
    return [_macros(daemon) for daemon in daemons]


def _macros(daemon: Daemon) -> Dict[str, Any]:
    roles = ", ".join(role.rpartition("/")[2] for role in daemon.roles)
    return {
        "{#PSDIFF.ID}": daemon.id,
        "{#PSDIFF.NAME}": daemon.name,
        "{#PSDIFF.USER}": _macro(daemon.user),
        "{#PSDIFF.CMDLINE}": _macro(daemon.cmdline),
        "{#PSDIFF.EXPECTED}": daemon.expected,
        "{#PSDIFF.MODE}": daemon.mode,
        **({"{#PSDIFF.UNIT}": daemon.unit} if daemon.unit else {}),
        **({"{#PSDIFF.ROLE}": _macro(escape(roles))} if roles else {}),
    }


def _macro(text: str) -> str:
    if len(text) > _CMDLINE_LIMIT:
        text = f"{text[: _CMDLINE_LIMIT - 1]}…"
    return text.translate(_TRANSLATE_BRACES)


def count(state: State, daemon_id: str) -> int:
    """How many processes of a daemon run.

    Raises UnknownDaemonError if the baseline has no daemon with this id.
    """
    for daemon in state.comparison.daemons:
        if daemon.id == daemon_id:
            return daemon.running
    raise UnknownDaemonError(
        f"no daemon {daemon_id[:64]!r} in {state.source.path}; 'psdiff-zbx discover' lists the ids"
    )


def to_json(value: Any) -> str:
    """Compact JSON.  Characters outside ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
