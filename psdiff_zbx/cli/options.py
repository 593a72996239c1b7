"""The options of each command, and those of all."""

from __future__ import annotations

import math
from argparse import (
    SUPPRESS,
    Action,
    ArgumentParser,
    ArgumentTypeError,
    _ActionsContainer,
)
from pathlib import Path
from typing import Callable, Mapping, Tuple, Type

from ..core.duration import DAY, parse_duration
from .several import Several

RETRY = 2.0
SHELLS = ("bash", "zsh", "fish")
AGENTS = ("agentd", "agent2", "plugin")
_VERSIONS = ("6.0", "7.0")


def seconds_argument(text: str) -> float:
    """A number of seconds, up to a day.  Raises ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found <= DAY:
        raise ArgumentTypeError(f"{text!r} is no number of seconds from 0 to {DAY}")
    return found


def count_argument(text: str) -> int:
    """A number of things, 0 or more.  Raises ArgumentTypeError."""
    try:
        found = int(text)
    except ValueError:
        found = -1
    if found < 0:
        raise ArgumentTypeError(f"{text!r} is no number from 0")
    return found


def duration_argument(text: str, longest: int, wanted: str) -> int:
    """A time as Zabbix writes it, in seconds.  Raises ArgumentTypeError with what is wanted."""
    found = parse_duration(text)
    if not found or found > longest:
        raise ArgumentTypeError(f"{text!r} is no time {wanted}")
    return found


# For every command: the type of the value, its name in the help, and the help.
GENERAL: Mapping[str, Tuple[Callable[[str], object], str, str]] = {
    "--config": (Path, "FILE", "instead of /etc/psdiff-zbx/config.toml"),
    "--baseline": (
        Path,
        "FILE",
        "instead of /var/lib/psdiff-zbx/baseline; of several the first is written, all add up",
    ),
    "--snapshot": (str, "FILE", "recorded processes, instead of the host's; - is stdin"),
    "--min-age": (seconds_argument, "SECONDS", "a younger process is not yet extra"),
}


_ACTIONS: Mapping[str, Type[Action]] = {"--baseline": Several, "--snapshot": Several}


def add_general(parser: _ActionsContainer, suppress: bool) -> None:
    """The options for every command, which may stand before it or after it."""
    for name, (kind, metavar, text) in GENERAL.items():
        default = SUPPRESS if suppress else None
        shown = SUPPRESS if suppress else text
        parser.add_argument(
            name,
            action=_ACTIONS.get(name, "store"),
            type=kind,
            metavar=metavar,
            help=shown,
            default=default,
        )


def nothing(_: ArgumentParser) -> None:
    """A command without options of its own."""


def show_options(command: ArgumentParser) -> None:
    """Options of ``show``."""
    command.add_argument("--missing", action="store_true", help="only what is missing")
    command.add_argument("--extra", action="store_true", help="only what is extra")
    show_side_options(command)


def show_side_options(command: ArgumentParser) -> None:
    """Options of ``show``, ``show-missing`` and ``show-extra``."""
    command.set_defaults(missing=False, extra=False)
    text = "words instead of signs; in every command, if the environment has PSDIFF_ZBX_WORDS=1"
    command.add_argument("--words", action="store_true", help=text)
    text = f"look again, for up to SECONDS ({RETRY:g}), while anything differs"
    command.add_argument(
        "--retry", nargs="?", type=seconds_argument, const=RETRY, metavar="SECONDS", help=text
    )


def dry_run_option(command: ArgumentParser) -> None:
    """The option of each command that changes anything."""
    command.add_argument("--dry-run", action="store_true", help="say it, and change nothing")


def write_options(command: ArgumentParser) -> None:
    """Options of ``write``."""
    dry_run_option(command)
    command.add_argument("-v", "--verbose", action="store_true", help="show what changes")
    command.add_argument("--all", action="store_true", help="also what has only just started")


def manual_options(command: ArgumentParser) -> None:
    """Arguments and options of ``manual``."""
    dry_run_option(command)
    command.add_argument("action", choices=("add", "remove"), help="one line of the baseline")
    command.add_argument("user", metavar="USER", help="of the process, as 'show' shows it")
    command.add_argument("cmdline", metavar="CMDLINE", help="all of it, in one pair of quotes")


def accept_options(command: ArgumentParser) -> None:
    """Arguments and options of ``accept``."""
    dry_run_option(command)
    missing_options(
        command, "an id, a program's name, or a pattern of the whole command line in quotes"
    )
    command.add_argument("--extra", action="store_true", help="all that is extra, however young")
    text = "nothing, but note the units of all daemons that run, for 'start'"
    command.add_argument("--units", action="store_true", help=text)


def missing_options(command: ArgumentParser, what: str) -> None:
    """What names daemons that are missing, from a shell or by the frontend's click.  ``what`` is
    how one can be named."""
    command.add_argument("what", metavar="ID|PATTERN", nargs="*", help=what)
    command.add_argument("--missing", action="store_true", help="all that is missing")
    command.add_argument("--remote", action="store_true", help=SUPPRESS)


def log_options(command: ArgumentParser) -> None:
    """Options of ``log``."""
    text = "only the last NUMBER steps"
    command.add_argument("-n", type=count_argument, metavar="NUMBER", help=text)


def explain_options(command: ArgumentParser) -> None:
    """Arguments and options of ``explain``."""
    command.add_argument("--user", default="root", metavar="USER", help="of CMDLINE (root)")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--cmdline", metavar="CMDLINE", help="one that need not run, in quotes")
    what.add_argument("--all", action="store_true", help="all processes, as a table")
    what.add_argument(
        "what", metavar="PID", nargs="?", help="of a process; or an id, a name or a pattern"
    )


def setup_options(command: ArgumentParser) -> None:
    """Options of ``setup``."""
    command.add_argument("--agent", choices=AGENTS, help="which one, if both are installed")
    command.add_argument(
        "--remote-accept",
        action="store_true",
        help="let whoever may click 'accept' in the frontend change the baseline (see the README)",
    )
    command.add_argument(
        "--remote-start",
        action="store_true",
        help="let whoever may click 'start' in the frontend start the units of missing daemons",
    )
    text = "plugin: let systemd start the agent again however it ends, without a question"
    command.add_argument("--yes", action="store_true", help=text)
    command.add_argument("--remove", action="store_true", help="undo all that setup did")
    dry_run_option(command)


def doctor_options(command: ArgumentParser) -> None:
    """Options of ``doctor``."""
    command.add_argument("--agent", choices=AGENTS, help="which one, if both are installed")
    command.add_argument("--json", action="store_true", help="print JSON, for programs")


def template_options(command: ArgumentParser) -> None:
    """Options of ``template``."""
    newest = _VERSIONS[-1]
    text = f"version of the file: 6.0 for servers before 7.0, 7.0 for all later ones ({newest})"
    command.add_argument("--zabbix", choices=_VERSIONS, default=newest, help=text)
    command.add_argument("--active", action="store_true", help="the one for active checks")


def push_options(command: ArgumentParser) -> None:
    """Options of ``push``."""
    _frontend(command)
    dry_run_option(command)
    command.add_argument("--active", action="store_true", help="the one for active checks")
    command.add_argument(
        "--link", metavar="HOST", nargs="+", default=[], help="link it to these hosts"
    )
    command.add_argument(
        "--with-actions",
        action="store_true",
        help="add 'psdiff: show differences', 'accept as expected' and 'start what is missing' to "
        "the hosts' menu",
    )
    command.add_argument(
        "--dashboard", action="store_true", help="add the dashboard of all hosts, 'psdiff: fleet'"
    )
    command.add_argument(
        "--overwrite", action="store_true", help="the same, even if somebody has edited it"
    )


def fleet_options(command: ArgumentParser) -> None:
    """Options of ``fleet``."""
    _frontend(command)
    command.add_argument("--json", action="store_true", help="print JSON, for programs")


def _frontend(command: ArgumentParser) -> None:
    command.add_argument("--url", required=True, help="of the frontend: https://zabbix.example")
    who = command.add_mutually_exclusive_group(required=True)
    who.add_argument("--token-file", metavar="FILE", help="holds an API token")
    who.add_argument("--user", metavar="NAME", help="whose password is asked for (or on stdin)")


def completion_options(command: ArgumentParser) -> None:
    """Arguments of ``completion``."""
    command.add_argument("shell", choices=SHELLS, help="the one that is to complete")
    command.add_argument("--words", metavar="COMMAND", help=SUPPRESS)  # asked by its script


def daemon_options(command: ArgumentParser) -> None:
    """Arguments of ``count``."""
    command.add_argument("id", metavar="ID", help="as 'discover' shows it")
