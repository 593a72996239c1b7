"""The options of ``learn``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from functools import partial

from ..core.duration import DAY
from .options import dry_run_option, duration_argument, seconds_argument

_WATCH, _EVERY = "1h", 10.0
_MOST_OFTEN, _LONGEST = 0.1, 28 * DAY  # seconds


def every_argument(text: str) -> float:
    """A number of seconds between two samples.  Raises ArgumentTypeError."""
    found = seconds_argument(text)
    if found < _MOST_OFTEN:
        raise ArgumentTypeError(f"{text!r} is too often; the least is {_MOST_OFTEN:g}")
    return found


def learn_options(command: ArgumentParser) -> None:
    """Options of ``learn``."""
    command.add_argument(
        "--for",
        dest="duration",
        type=partial(
            duration_argument, longest=_LONGEST, wanted="such as 90, 15m, 2h or 1d, up to 4w"
        ),
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
    dry_run_option(command)
