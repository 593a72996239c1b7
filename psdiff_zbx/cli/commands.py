"""The commands that people type, each as a function of its arguments that returns an exit code."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from typing import Callable, List, Mapping

from ..core import item_values
from ..core.agent_config import userparameters
from ..core.baseline import dump_tree
from ..core.line import error_line
from ..core.model import BaselineError, Comparison, State
from ..core.pause import pause_text
from ..core.role_changes import lacking
from ..host.monitor import Monitor
from . import baseline_commands
from .baseline_commands import monitor_of
from .terminal import DIFFERENCE, done, in_words, is_yes, paint, say, show_manual, width

DIFFERS = 1


def _show(arguments: Namespace) -> int:
    both = arguments.missing == arguments.extra

    def seen(state: State) -> Comparison:
        missing = state.comparison.missing if both or arguments.missing else ()
        extra = state.comparison.extra if both or arguments.extra else ()
        return state.comparison._replace(missing=missing, extra=extra)

    def differs(found: Comparison) -> bool:
        return bool(found.missing or found.extra)

    monitor = monitor_of(arguments)
    look = monitor.check(min_age=0).look
    found = monitor.patiently(lambda: seen(look()), differs, arguments.retry or 0)
    say(in_words(item_values.difference_lines(found), DIFFERENCE, arguments.words))
    # On standard error: what is printed is one line for each process.
    say([*_paused(monitor), *item_values.expected_by_roles(lacking(found))], sys.stderr)
    return DIFFERS if differs(found) else 0


def _paused(monitor: Monitor) -> List[str]:
    try:
        found = monitor.pause()
    except BaselineError as error:  # it silences nobody
        return [error_line(error)]
    return [pause_text(found)] if found else []


def _dump(arguments: Namespace) -> int:
    sys.stdout.buffer.write(dump_tree(monitor_of(arguments).host.tree()).encode())
    sys.stdout.flush()
    return 0


def _learn(arguments: Namespace) -> int:
    from .learn_command import learn

    return learn(arguments)


def _explain(arguments: Namespace) -> int:
    from .explain_command import ExplainCommand

    inquiry = ExplainCommand(monitor_of(arguments))
    if arguments.all:
        say(inquiry.everything())
    elif arguments.cmdline is not None:
        say(inquiry.command(arguments.user, arguments.cmdline))
    else:
        say(inquiry.about(arguments.what))
    return 0


def _snapshot(arguments: Namespace) -> int:
    from ..core.snapshot_file import dump_snapshot

    sys.stdout.write(dump_snapshot(monitor_of(arguments).host.snapshot()))
    sys.stdout.flush()
    return 0


def _userparameters(_: Namespace) -> int:
    sys.stdout.write(userparameters(_program()))
    return 0


def _template(arguments: Namespace) -> int:
    from ..template import render

    say([render(arguments.zabbix, arguments.active).rstrip("\n")])
    return 0


def _push(arguments: Namespace) -> int:
    from ..frontend.push import Extras, push
    from ..frontend.session import login

    who = login(arguments.token_file, arguments.user)
    extras = Extras(
        arguments.with_actions, arguments.dashboard, arguments.overwrite, arguments.dry_run
    )
    say(done(push(arguments.url, who, arguments.active, arguments.link, extras), arguments))
    return 0


def _fleet(arguments: Namespace) -> int:
    from ..frontend import fleet, fleet_text
    from ..frontend.session import login

    found = fleet.read_fleet(
        arguments.url, login(arguments.token_file, arguments.user), time.time()
    )
    if arguments.json:
        say([fleet_text.fleet_json(found)])
    else:
        say(fleet_text.fleet_lines(found, width(), paint))
    return DIFFERS if found.is_wrong else 0


def _setup(arguments: Namespace) -> int:
    from ..agents.remote.rights import RIGHTS
    from ..agents.setup.remove import remove
    from ..agents.setup.setup import Wish, setup

    rights = tuple(right for right in RIGHTS if getattr(arguments, f"remote_{right.verb}"))
    wish = Wish(arguments.agent, _program(), rights, arguments.dry_run, _consent(arguments))
    for line in remove(wish) if arguments.remove else setup(wish, monitor_of(arguments)):
        say([line])
    return 0


def _consent(arguments: Namespace) -> Callable[[str], bool]:
    """Who agrees to what setup does only if asked: --yes, or somebody at a terminal."""
    asks = sys.stdin.isatty() and not arguments.dry_run
    return lambda question: arguments.yes or (asks and is_yes(question))


def _start(arguments: Namespace) -> int:
    from .start_command import start

    return start(arguments)


def _doctor(arguments: Namespace) -> int:
    from ..agents.doctor import findings
    from ..agents.doctor.doctor import examine

    found = examine(arguments.agent, _program(), monitor_of(arguments))
    say(
        [findings.findings_json(found)]
        if arguments.json
        else findings.findings_lines(found, paint, width())
    )
    return DIFFERS if findings.any_wrong(found) else 0


def _remote(arguments: Namespace) -> int:
    from ..agents.remote.serve import serve

    say(serve(arguments.request, monitor_of(arguments)))
    return 0


def _man(_: Namespace) -> int:
    from .share import manual_page, shared_text

    show_manual(shared_text(manual_page()))
    return 0


def _completion(arguments: Namespace) -> int:
    from .completion_words import completion_words
    from .share import completion, shared_text

    if arguments.words:
        say(completion_words(arguments.words, monitor_of(arguments)))
        return 0
    say([shared_text(completion(arguments.shell)).rstrip("\n")])
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
    **baseline_commands.COMMANDS,
    "learn": _learn,
    "explain": _explain,
    "snapshot": _snapshot,
    "userparameters": _userparameters,
    "template": _template,
    "push": _push,
    "fleet": _fleet,
    "setup": _setup,
    "start": _start,
    "doctor": _doctor,
    "remote": _remote,
    "man": _man,
    "completion": _completion,
}
