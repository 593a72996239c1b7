"""The commands that people type, each as a function of its arguments that returns an exit code."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from typing import Callable, List, Mapping

from . import words
from .baseline import dump
from .check import look_again
from .line import escape
from .metrics import userparameters
from .model import State
from .monitor import Monitor, Written
from .terminal import say

DIFFERS = 1


def _monitor(arguments: Namespace) -> Monitor:
    return Monitor(arguments.config, arguments.baseline, arguments.snapshot, arguments.min_age)


def _show(arguments: Namespace) -> int:
    both = arguments.missing == arguments.extra

    def changes(state: State) -> List[str]:
        missing = state.comparison.missing if both or arguments.missing else ()
        extra = state.comparison.extra if both or arguments.extra else ()
        return [*words.changes("-", missing), *words.changes("+", extra)]

    look = _monitor(arguments).check(min_age=0).look
    limit = arguments.retry or 0
    found = look_again(lambda: changes(look()), bool, limit, time.monotonic, time.sleep)
    say(found)
    return DIFFERS if found else 0


def _dump(arguments: Namespace) -> int:
    sys.stdout.buffer.write(dump(_monitor(arguments).host.tree()).encode())
    sys.stdout.flush()
    return 0


def _write(arguments: Namespace) -> int:
    return _tell(_monitor(arguments).write(), arguments.verbose)


def _manual(arguments: Namespace) -> int:
    monitor = _monitor(arguments)
    return _tell(monitor.change(arguments.user, arguments.cmdline, arguments.action), True)


def _tell(written: Written, verbose: bool) -> int:
    what = "Wrote" if written.changed else "No changes"
    lines = [f"{what} to {escape(str(written.path))}"]
    if verbose:
        lines += words.changes("-", written.comparison.missing)
        lines += words.changes("+", written.comparison.extra)
    say(lines)
    return 0


def _explain(arguments: Namespace) -> int:
    from .inquiry import Inquiry

    inquiry = Inquiry(_monitor(arguments))
    if arguments.all:
        say(inquiry.everything())
    elif arguments.cmdline is not None:
        say(inquiry.command(arguments.user, arguments.cmdline))
    else:
        say(inquiry.process(arguments.pid))
    return 0


def _snapshot(arguments: Namespace) -> int:
    from .recorded import dump as dump_snapshot

    sys.stdout.write(dump_snapshot(_monitor(arguments).host.snapshot()))
    sys.stdout.flush()
    return 0


def _userparameters(_: Namespace) -> int:
    sys.stdout.write(userparameters(_program()))
    return 0


def _template(arguments: Namespace) -> int:
    from .template import render

    say([render(arguments.zabbix, arguments.active).rstrip("\n")])
    return 0


def _push(arguments: Namespace) -> int:
    from .frontend.push import push
    from .frontend.session import login

    who = login(arguments.token_file, arguments.user)
    say(push(arguments.url, who, arguments.active, arguments.link))
    return 0


def _program() -> str:
    """How the agent can run this very program: by an absolute path."""
    import shlex
    import shutil

    found = shutil.which(sys.argv[0]) or sys.argv[0]
    if os.path.basename(found) == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m psdiff_zbx"
    return shlex.quote(os.path.abspath(found))


COMMANDS: Mapping[str, Callable[..., int]] = {
    "show": _show,
    "dump": _dump,
    "write": _write,
    "manual": _manual,
    "explain": _explain,
    "snapshot": _snapshot,
    "userparameters": _userparameters,
    "template": _template,
    "push": _push,
}
