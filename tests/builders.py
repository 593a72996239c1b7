"""Short ways to make processes, trees, rules and states."""

from __future__ import annotations

from textwrap import dedent
from typing import Any, Dict, Iterable, List, Mapping

from psdiff_zbx.core.baseline import dump_tree, parse_baseline
from psdiff_zbx.core.model import (
    IGNORED_KINDS,
    Comparison,
    Line,
    Process,
    Source,
    State,
    Tree,
)
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.host.config import shipped_rules

SHIPPED = Rules(shipped_rules())
SOURCE = Source("/var/lib/psdiff-zbx/baseline", 1763851200, "root", 57, "9f86d081")


def process(pid: int, cmdline: str = "", ppid: int = 1, **fields: Any) -> Process:
    """A sleeping process; ``cmdline`` is split at its blanks."""
    arguments = tuple(cmdline.split(" ")) if cmdline else ()
    values: Dict[str, Any] = {
        "uid": 0,
        "user": "root",
        "name": arguments[0].rpartition("/")[2][:15] if arguments else "",
        "cmdline": arguments,
        "state": "S",
        "kthread": False,
        "started": 1000.0,
        "cpu": 0.5,
        "rss": 4096,
        "threads": 1,
    }
    return Process(pid, ppid, **{**values, **fields})


INIT = process(1, "/sbin/init", ppid=0)


def tree(text: str) -> Tree:
    """A baseline's tree: lines below INIT, of user root where no user is given."""
    rows = (line for line in dedent(text).split("\n") if line.strip())
    below = (f"    {row}" if "{user=" in row else f"    {row}  {{user=root}}" for row in rows)
    frame = ("root  {user=root}", "  INIT  {user=root}")
    return parse_baseline("\n".join((*frame, *below)).encode(), "test").tree


def outline(lines: Iterable[Line]) -> List[str]:
    """The lines below the root, each with its indent and without user root."""
    rows = dump_tree(lines).replace("  {user=root}", "").split("\n")
    return [row.removeprefix("  ") for row in rows if row.startswith(" ")]


def rules(*rows: Mapping[str, object]) -> Rules:
    return Rules(parse_rules(list(rows), "test.toml"))


def bare(lines: Iterable[Line]) -> Tree:
    """A tree as a baseline holds it: without processes."""
    return tuple(Line(*line[:3]) for line in lines)


def state(comparison: Comparison) -> State:
    return State(SOURCE, comparison, 267, 0.0314, dict.fromkeys(IGNORED_KINDS, 0), 0)
