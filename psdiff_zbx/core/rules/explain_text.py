"""Explanations as text: one process at length, or all of them as a table."""

from __future__ import annotations

import json
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
)

from ..line import escape
from ..model import MISSING, Line
from ..process_state import meaning
from ..start import how_to_start
from .rule import Rule

if TYPE_CHECKING:
    from .explain import Explanation

Paint = Callable[[str, str], str]
"""Returns a text in the colour of a verdict, or the text itself if there are no colours."""

SHIPPED = "shipped.toml"
_LABEL = 9
_LEAST = 10  # characters of a command line, even on a narrower terminal
_HEAD = ("PID", "USER", "VERDICT", "RULES", "COMMAND")


def at_length(
    found: Explanation, paint: Paint, state_of: Callable[[str], str] = lambda _: ""
) -> Iterator[str]:
    """The lines that explain one process.  ``state_of`` tells of a unit that it is stopped, say;
    nothing where that is not known."""
    yield from _process(found)
    for rule in found.rules:
        yield _labelled("rule", action_text(rule))
        yield _labelled("", f"{_about(rule)} ({place_of(rule)})")
    if found.hooks:
        yield _labelled("hooks", f"psdiff's own configuration in {found.hooks}")
    if not found.rules and not found.hooks:
        yield _labelled("rule", "none")
    if found.after != found.before:
        yield _labelled("shown", f"{found.after}  {{user={found.user}}}")
    verdict, why = found.outcome
    yield _labelled("verdict", f"{paint(verdict, verdict)}: {why}")
    if found.missing:
        states = ((unit, state_of(unit)) for unit in found.missing.unit.split())
        yield from (_labelled("unit", f"{unit} {state}") for unit, state in states if state)
        yield _labelled("start", how_to_start(found.missing))


def _process(found: Explanation) -> Iterator[str]:
    process = found.line.processes[0] if found.line is not None else None
    if process is not None:
        yield _labelled(
            "process", f"{process.pid} {escape(process.name)}, child of {process.ppid}"
        )
    yield _labelled("read", f"{found.before}  {{user={found.user}}}")
    if process is not None and meaning(process.state):
        yield _labelled("state", meaning(process.state))
    if found.kind:
        yield _labelled("kind", found.kind)


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"


def _about(rule: Rule) -> str:
    reason = rule.reason or "no reason given"
    return f"its children only: {reason}" if rule.argument == "children" else reason


def action_text(rule: Rule) -> str:
    """A rule's action as its TOML has it: ``cut = " -sf "``."""
    argument = rule.argument
    if isinstance(argument, tuple):
        pattern, text = argument
        return f"{rule.action} = [{quoted(pattern)}, {quoted(text)}]"
    return f"{rule.action} = {quoted(argument) if isinstance(argument, str) else 'true'}"


def quoted(text: str) -> str:
    """A TOML string; a literal one if a basic string would have to double backslashes."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # TOML must escape DEL


def place_of(rule: Rule) -> str:
    """Where a rule stands: ``config.toml, rule 2``."""
    return f"{rule.origin}, rule {rule.number}" if rule.origin else "no rule of a file"


def explanation_table(
    found: Iterable[Explanation], missing: Iterable[Line], paint: Paint, width: Optional[int]
) -> List[str]:
    """A row for each process, then a row for each missing line.  Rows are cut at ``width``
    characters; None cuts nothing."""
    rows = [(_HEAD, "")]
    rows += [(_row(each), each.outcome.verdict) for each in found]
    rows += [(("-", line.user, MISSING, "-", line.cmdline), MISSING) for line in missing]
    widths = [max(len(row[at]) for row, _ in rows) for at in range(len(_HEAD) - 1)]
    room = max(width - sum(widths) - 2 * len(widths), _LEAST) if width else None
    return [_padded((*row[:-1], row[-1][:room]), widths, verdict, paint) for row, verdict in rows]


def _row(found: Explanation) -> Tuple[str, str, str, str, str]:
    assert found.line is not None  # the table is of processes
    indent = "  " * (found.line.depth - 1)
    pid = str(found.line.processes[0].pid)
    return pid, found.user, found.outcome.verdict, _references(found), f"{indent}{found.before}"


def _references(found: Explanation) -> str:
    """The rules that touched it: ``shipped 9, 12; config.toml 1``."""
    numbers: Dict[str, List[str]] = {}
    for rule in found.rules:
        if rule.origin:
            numbers.setdefault(_name(rule), []).append(str(rule.number))
    places = [f"{name} {', '.join(of)}" for name, of in numbers.items()]
    places += ["hooks"] if found.hooks else []
    return "; ".join(places) or "-"


def _name(rule: Rule) -> str:
    return "shipped" if rule.origin == SHIPPED else rule.origin.rpartition("/")[2]


def _padded(row: Sequence[str], widths: Sequence[int], verdict: str, paint: Paint) -> str:
    pid, user, word, rules, command = row
    cells = [f"{pid:>{widths[0]}}", f"{user:<{widths[1]}}"]
    cells += [paint(f"{word:<{widths[2]}}", verdict), f"{rules:<{widths[3]}}", command]
    return "  ".join(cells)
