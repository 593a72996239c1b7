"""The options of ``learn``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

from ..core.duration import DAY, parse_duration
from .options import seconds_argument

_WATCH, _EVERY = "1h", 10.0
_MOST_OFTEN, _LONGEST = 0.1, 28 * DAY  # seconds


def every_argument(text: str) -> float:
    """A number of seconds between two samples.  Raises ArgumentTypeError."""
    found = seconds_argument(text)
    if found < _MOST_OFTEN:
        raise ArgumentTypeError(f"{text!r} is too often; the least is {_MOST_OFTEN:g}")
    return found


def duration_argument(text: str) -> int:
    """A time as Zabbix writes it, in seconds.  Raises ArgumentTypeError."""
    found = parse_duration(text)
    if not found or found > _LONGEST:
        raise ArgumentTypeError(f"{text!r} is no time such as 90, 15m, 2h or 1d, up to 4w")
    return found


def learn_options(command: ArgumentParser) -> None:
    """Options of ``learn``."""
    command.add_argument(
        "--for",
        dest="duration",
        type=duration_argument,
        default=_WATCH,
        metavar="DURATION",
        help=f"how long to watch: 90, 15m, 2h, 1d ({_WATCH})",
    )
    command.add_argument(
        "--every",
        type=every_argument,
        default=_EVERY,
        metavar="SECONDS",
        help=f"between two samples ({_EVERY:g})",
    )
    command.add_argument("--write", action="store_true", help="take all rules, without asking")
