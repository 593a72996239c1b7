"""Who accepted what, and when: steps to and from the text of a history, and back again.

A step holds how one file's text was changed, so that it can be undone.  The history only grows:
going back is a step, too.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import (
    Any,
    Callable,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from .digest import hex_digest
from .duration import local_time
from .line import escape
from .model import BaselineError
from .shell_words import shell_word

UNDO, IGNORE = "undo", "ignore"
PAUSE, END_PAUSE = "pause", "pause --end"
START = "start"
_ASIDE = (PAUSE, END_PAUSE, START)
"""What nobody goes back by: a pause ends by itself, and a start changes no file."""

_MOST = 1_000
"""How many steps are kept."""

_NEVER = 253_370_764_800
"""The year 9999, in Unix time: what shows times knows no later ones."""

_LARGEST = 4_000_000
"""How many characters of them are kept; of one that is larger only itself."""


class Hunk(NamedTuple):
    """Lines of a text that others took the place of; ``at`` counts the lines before them in
    the new text."""

    at: int
    old: Tuple[str, ...]
    new: Tuple[str, ...]


class Step(NamedTuple):
    """One change of the file ``path``: when (Unix time), by whom, by which command, and the lines
    that it is about.  ``before`` and ``after`` are digests of the file's text; ``before`` is
    empty where there was no file.  Not yet ``done``: it is recorded first."""

    time: int
    by: str
    action: str
    path: str
    lines: Tuple[str, ...]
    before: str
    after: str
    hunks: Tuple[Hunk, ...] = ()
    done: bool = True


def text_digest(text: str) -> str:
    """Sixteen hex digits of a file's text."""
    return hex_digest(text.encode("utf-8", "surrogateescape"))[:16]


def hunks(old: str, new: str) -> Tuple[Hunk, ...]:
    """How ``new`` was made of ``old``."""
    before, after = old.split("\n"), new.split("\n")
    found = SequenceMatcher(None, before, after).get_opcodes()
    return tuple(
        Hunk(start, tuple(before[first:last]), tuple(after[start:end]))
        for kind, first, last, start, end in found
        if kind != "equal"
    )


def reverted(new: str, changed: Iterable[Hunk]) -> str:
    """The text of which ``new`` was made."""
    lines = new.split("\n")
    for hunk in sorted(changed, reverse=True):
        lines[hunk.at : hunk.at + len(hunk.new)] = hunk.old
    return "\n".join(lines)


def standing(steps: Iterable[Step]) -> List[Step]:
    """The steps that can be gone back by, and that nobody has gone back by, oldest first."""
    found: List[Step] = []
    for step in steps:
        if step.action in _ASIDE:
            continue
        if step.action != UNDO:
            found.append(step)
        elif found:
            found.pop()
    return found


def settle(steps: Sequence[Step], digest_of: Callable[[str], str]) -> List[Step]:
    """The steps that were done.  Who was interrupted has left one that may not have been: by the
    digest of its file that can be told."""
    if not steps or steps[-1].done:
        return [*steps]
    *others, last = steps
    never = digest_of(last.path) == last.before
    return others if never else [*others, last._replace(done=True)]


def dump_history(steps: Sequence[Step]) -> str:
    """A history as text, a JSON object in each line; of very many or large steps the latest."""
    rows: List[str] = []
    room = _LARGEST
    for step in reversed(steps[-_MOST:]):
        row = f"{json.dumps(_fields(step))}\n"
        room -= len(row)
        if rows and room < 0:
            break
        rows.append(row)
    return "".join(reversed(rows))


def _fields(step: Step) -> Mapping[str, Any]:
    fields = step._asdict()
    if step.done:
        del fields["done"]
    return fields


def parse_history(text: str, path: str) -> List[Step]:
    """The steps of a history.  Raises BaselineError, with the path and the line."""
    return [_step(line, path, at) for at, line in enumerate(text.splitlines(), 1)]


def _step(line: str, path: str, at: int) -> Step:
    try:
        values = json.loads(line)
        step = Step(**values)
        made = step._replace(
            lines=tuple(map(str, step.lines)),
            hunks=tuple(_hunk(*each) for each in step.hunks),
        )
    except (ValueError, TypeError):
        raise _damaged(path, at) from None
    if not _is_whole(made):
        raise _damaged(path, at)
    return made


def _damaged(path: str, at: int) -> BaselineError:
    move = f"mv {shell_word(path)} {shell_word(path)}.damaged"
    return BaselineError(
        f"{path}: line {at} is no step of a history; nothing is changed: '{move}' begins a new one"
    )


def _hunk(at: Any, old: Any, new: Any) -> Hunk:
    return Hunk(int(at), tuple(map(str, old)), tuple(map(str, new)))


def _is_whole(step: Step) -> bool:
    texts = (step.by, step.action, step.path, step.before, step.after)
    if not isinstance(step.time, int) or not isinstance(step.done, bool):
        return False
    return 0 <= step.time < _NEVER and all(isinstance(text, str) for text in texts)


_OPPOSITE = {"- ": "+ ", "+ ": "- "}


def taken_back(step: Step) -> List[str]:
    """The lines of a step with the signs of going back by it: what it has added is removed."""
    if step.action == IGNORE:  # it has changed no baseline, so no sign would say what became of it
        return [f"no longer ignored: {line[2:].lstrip()}" for line in step.lines]
    return [f"{_OPPOSITE.get(line[:2], line[:2])}{line[2:]}" for line in step.lines]


_SHOWN = 20
"""Lines of one step; a first baseline has all of a host's."""


def history_lines(steps: Sequence[Step], last: Optional[int] = None) -> List[str]:
    """The ``last`` steps, oldest first, in local time."""
    valid = {id(step) for step in standing(steps)}
    shown = steps if last is None else steps[len(steps) - min(last, len(steps)) :]
    return [line for step in shown for line in _step_lines(step, id(step) in valid)]


def _step_lines(step: Step, stands: bool) -> Iterator[str]:
    when = local_time(step.time)
    undone = "" if stands or step.action in (UNDO, *_ASIDE) else "(undone) "
    # The name goes last: whoever chose it cannot imitate what stands before it.
    yield f"{when}  {escape(step.action)} {undone}{escape(step.path)} by {escape(step.by)}"
    for line in step.lines[:_SHOWN]:
        yield escape(line)
    if len(step.lines) > _SHOWN:
        yield f"… and {len(step.lines) - _SHOWN} more"
