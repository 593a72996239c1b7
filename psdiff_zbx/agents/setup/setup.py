"""``psdiff-zbx setup``: from an installed program to an agent that answers.

In: the options, and a monitor of this host.  Out: lines that say what was done, each as soon as it
is done.  Everything that can be checked is checked before anything is changed.  Running it again
changes nothing, and it never restarts an agent.
"""

from __future__ import annotations

import os
import shlex
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from ...core.line import escape
from ...core.model import Source
from ...host.monitor import Monitor
from ..configuration import AgentError
from ..doctor import document, host
from ..installed import find_agents
from ..remote import install
from ..remote.rights import Right
from ..run_as import Account, account
from . import files, first_baseline, next_steps, restart
from .files import Option, put
from .place import Place, place, refuse_others


def _refuse(_: str) -> bool:
    return False


class Wish(NamedTuple):
    """The options.  ``program`` is the shell command by which the agent can run this program;
    ``rights`` are those that the frontend gets.  ``agrees(question)`` is whether the administrator
    wants what setup does only if asked."""

    agent: Optional[str]
    program: str
    rights: Tuple[Right, ...]
    dry_run: bool
    agrees: Callable[[str], bool] = _refuse


class _Plan(NamedTuple):
    """What setup has to do.  ``stored`` is the existing baseline, or None."""

    wish: Wish
    monitor: Monitor
    place: Place
    who: Account
    stored: Optional[Source]


def setup(wish: Wish, monitor: Monitor) -> Iterator[str]:
    """Set up the agent, and say so line by line.

    Raises any PsdiffError; if it does so before the first line, nothing has been changed.
    """
    plan = _plan(wish, monitor)
    agent = plan.place.installed
    yield f"Found {agent.name} by {escape(agent.configuration.path)}, user {agent.user}"
    yield from _file(plan)
    yield from first_baseline.write_first(monitor, plan.stored, wish.dry_run)
    yield f"Would ask for an answer as user {agent.user}" if wish.dry_run else _answer(plan)
    for right in wish.rights:
        yield from install.install_remote(right, agent, wish)
    if files.is_plugin(plan.place.text):
        yield from restart.offer_restart(agent, wish)
    yield from next_steps.open_access(agent)
    if not wish.dry_run:
        write = "" if plan.stored else f"{shlex.join(plan.who.command)} write"
        yield from next_steps.after_setup(agent, write)
        yield from next_steps.after_moving(agent, wish.program)


def _plan(wish: Wish, monitor: Monitor) -> _Plan:
    if monitor.snapshot_path is not None:
        raise AgentError("setup is for this host as it runs; leave out --snapshot")
    refuse_others(wish.dry_run)
    options = _options(monitor)
    found = place(wish.agent, wish.program, options, find_agents())
    command = (*shlex.split(wish.program), *files.option_words(options))
    who = account(found.installed.user, command)
    reached = host.check_program(who)
    if reached.is_wrong:
        raise AgentError(f"{reached.text}; {reached.remedy}")
    stored = first_baseline.stored_baseline(monitor)
    first_baseline.would_expect(monitor)  # raises if configuration, roles or /proc are wrong
    for right in wish.rights:
        install.check_remote(right, found.installed, wish, files.option_words(options))
    return _Plan(wish, monitor, found, who, stored)


def _options(monitor: Monitor) -> List[Option]:
    """The agent has another working directory, so paths become absolute."""
    found = [Option(word, os.path.abspath(path)) for word, path in monitor.files]
    age = monitor.min_age
    return found if age is None else [*found, Option("--min-age", f"{age:g}")]


def _file(plan: _Plan) -> Iterator[str]:
    file, before, text = plan.place.file, plan.place.before, plan.place.text
    if plan.place.is_done:
        yield f"No changes to {escape(str(file))}"
        return
    yield put(file, text, plan.wish.dry_run)
    if before is not None:
        yield from (escape(row) for row in files.changed_settings(before, text))


def _answer(plan: _Plan) -> str:
    """A line about the answer that the agent will get.  Raises AgentError if that is an error."""
    ran = plan.who.run("get")
    found = document.parse_answer(ran.out or ran.err, ran.seconds)
    if found.error:
        raise AgentError(f"everything is installed, but user {plan.who.user} gets: {found.error}")
    return (
        f"User {plan.who.user} gets a good answer: {found.expected} daemons expected, "
        f"{found.missing} missing, {found.extra} extra, in {found.seconds:.2f} s"
    )
