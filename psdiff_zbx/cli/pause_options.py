"""The options of ``pause``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from functools import partial

from ..core.duration import DAY
from ..core.pause import LONGEST, LONGEST_WHY
from .options import dry_run_option, duration_argument


def why_argument(text: str) -> str:
    """A reason.  Raises ArgumentTypeError if it is too long to be shown."""
    if len(text) > LONGEST_WHY:
        raise ArgumentTypeError(f"{len(text)} characters are too many: {LONGEST_WHY} at most")
    return text


def pause_options(command: ArgumentParser) -> None:
    """Arguments and options of ``pause``."""
    dry_run_option(command)
    what = command.add_mutually_exclusive_group()
    what.add_argument("--end", action="store_true", help="end it now; with --why, only that one")
    command.add_argument(
        "--why", type=why_argument, default="", metavar="TEXT", help="shown wherever the pause is"
    )
    what.add_argument(
        "duration",
        metavar="DURATION",
        type=partial(
            duration_argument,
            longest=LONGEST,
            wanted=f"up to {LONGEST // DAY} days: 30m, 2h, 1d",
        ),
        nargs="?",
        help="from now on, as 30m, 2h or 1d, 30 days at most; without it the pause is shown",
    )
