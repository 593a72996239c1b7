"""The command lines that agents run every minute, parsed without the cost of argparse."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..core.item_keys import METRICS

_OPTIONS = ("--config", "--baseline")
_PLAIN = [[metric.command] for metric in METRICS if metric.parameter is None]
_ASKING = [[metric.command, "--"] for metric in METRICS if metric.parameter]


class Quick(NamedTuple):
    """The same attributes as the Namespace of parser.py."""

    command: str
    id: str = ""
    config: Optional[Path] = None
    baseline: Optional[Path] = None
    snapshot: Optional[str] = None
    min_age: Optional[float] = None
    roles: Tuple[Path, ...] = ()


def parse_quickly(argv: Sequence[str]) -> Optional[Quick]:
    """The arguments of a command in the UserParameter file, with no options but ``--config`` and
    ``--baseline``.  None for all other command lines.

    >>> parse_quickly(["count", "--", "cron-1a2b3c4d"]).id
    'cron-1a2b3c4d'
    """
    paths: Dict[str, List[Path]] = {name: [] for name in _OPTIONS}
    rest: List[str] = []
    words = iter(argv)
    for word in words:
        if word in _OPTIONS and "--" not in rest:
            value = next(words, "-")
            if value.startswith("-"):
                return None
            paths[word].append(Path(value))
        else:
            rest.append(word)
    if rest not in _PLAIN and not (rest[:2] in _ASKING and len(rest) == 3):
        return None
    config, baselines = paths["--config"], paths["--baseline"]
    quick = Quick(rest[0], "".join(rest[2:]), config=config[-1] if config else None)
    if not baselines:
        return quick
    return quick._replace(baseline=baselines[0], roles=tuple(baselines[1:]))
