"""The command ``start``: the units of missing daemons, started from a shell or by a click."""

from __future__ import annotations

from argparse import Namespace

from ..core.start import StartError
from ..host import boot_clock
from ..host.services.manager import this_manager
from ..host.starting import Request, Starter
from ..host.user_names import who_asks
from .baseline_commands import monitor_of, who_clicked
from .terminal import say

_LACKING = 1
# An agent waits for three seconds by default, from before this process began.  What takes longer
# to start goes on by itself.
_CLICK = 1.5


def start(arguments: Namespace) -> int:
    """Start what is missing, and say what came of it."""
    monitor = monitor_of(arguments)
    if not monitor.host.is_live:
        raise StartError("start is for this host as it runs; leave out --snapshot")
    if not (arguments.what or arguments.missing or arguments.remote):
        raise StartError("say what to start: an id, a pattern, or --missing; nothing is started")
    starter = Starter(monitor, this_manager(), lambda line: say([line]))
    words = [] if arguments.missing else arguments.what
    if arguments.dry_run:
        runs = starter.would_start(words)
    elif arguments.remote:
        left = max(0.0, _CLICK - boot_clock.own_age())
        runs = starter.start(Request(who_clicked(), patience=left))
    else:
        runs = starter.start(Request(who_asks(), words))
    return 0 if runs else _LACKING
