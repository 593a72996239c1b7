"""The command line: words in, text and an exit code out."""

from __future__ import annotations

import os
import sys
import time
import warnings
from typing import TYPE_CHECKING, Mapping, NoReturn, Optional, Sequence, Union

from ..core.item_keys import METRICS, Metric, failure_value
from ..core.line import error_line
from ..host.monitor import Monitor
from . import fast_path
from .terminal import say

if TYPE_CHECKING:
    from argparse import Namespace

    Arguments = Union[Namespace, fast_path.Quick]

CANNOT_TELL, INTERRUPTED = 3, 130
_AGENT: Mapping[str, Metric] = {metric.command: metric for metric in METRICS}


def run(argv: Optional[Sequence[str]] = None) -> NoReturn:
    """Run the program, and end at once.  Python's own exit would free the records of ten thousand
    processes one by one, which takes 20 ms."""
    code = main(argv)
    try:
        sys.stderr.flush()
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError:
        code = CANNOT_TELL
    os._exit(code)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command.  Returns the exit code: 0, 1 differs, 2 usage, 3 cannot tell."""
    began = time.monotonic()
    sys.stdin = sys.stdin or open(os.devnull)  # closed, as by "<&-"
    sys.stdout = sys.stdout or open(os.devnull, "w")
    sys.stderr = sys.stderr or open(os.devnull, "w")
    try:
        arguments = _parse(sys.argv[1:] if argv is None else argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for Zabbix, stderr is part of the value
            return (_agent if arguments.command in _AGENT else _by_hand)(arguments)
    except BrokenPipeError:  # the reader has closed our output, as head does
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # Zabbix must not get a traceback as a value
        text = error_line(error)
    try:
        return _report(arguments.command, text, time.monotonic() - began)
    except OSError:  # our output cannot be written, for example to a full disk
        return CANNOT_TELL


def _parse(argv: Sequence[str]) -> Arguments:
    found = fast_path.parse_quickly(argv)
    if found:
        return found
    from .parser import parse_arguments

    return parse_arguments(argv)


def _report(command: str, error: str, seconds: float) -> int:
    """Print an error as its command does.  The agent's commands print it on standard output;
    agents take standard error for part of the value anyway."""
    if command in _AGENT:
        say([failure_value(_AGENT[command], error, seconds)])
    else:
        sys.stdout.flush()
        sys.stderr.buffer.write(f"psdiff-zbx: error: {error}\n".encode())
    return CANNOT_TELL


def _agent(arguments: Arguments) -> int:
    metric = _AGENT[arguments.command]
    if metric.answer is None:
        say([metric.constant])
        return 0
    where = (arguments.config, arguments.baseline, arguments.snapshot, arguments.min_age)
    state = Monitor(*where, role_paths=arguments.roles).state()
    text = metric.answer(state, getattr(arguments, "id", ""))
    say([text] if text else [])
    return 0


def _by_hand(arguments: Arguments) -> int:
    from .commands import COMMANDS

    return COMMANDS[arguments.command](arguments)
