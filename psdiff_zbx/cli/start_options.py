"""The options of ``start``, and of what the frontend's actions run."""

from __future__ import annotations

from argparse import ArgumentParser

from .options import missing_options


def start_options(command: ArgumentParser) -> None:
    """Arguments and options of ``start``."""
    missing_options(
        command, "an id, the name of a program or unit, or a pattern of the whole command line"
    )
    command.add_argument("--dry-run", action="store_true", help="say it, and start nothing")


def remote_options(command: ArgumentParser) -> None:
    """Arguments of ``remote``."""
    command.add_argument("request", metavar="REQUEST", help="'show', 'accept NAME', 'start NAME'")
