"""The options of ``start``, and of what the frontend's actions run."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser


def start_options(command: ArgumentParser) -> None:
    """Arguments and options of ``start``."""
    command.add_argument(
        "what",
        metavar="ID|PATTERN",
        nargs="*",
        help="an id, the name of a program or unit, or a pattern of the whole command line",
    )
    command.add_argument("--missing", action="store_true", help="all that is missing")
    command.add_argument("--dry-run", action="store_true", help="say it, and start nothing")
    command.add_argument("--remote", action="store_true", help=SUPPRESS)


def remote_options(command: ArgumentParser) -> None:
    """Arguments of ``remote``."""
    command.add_argument("request", metavar="REQUEST", help="'show', 'accept NAME', 'start NAME'")
