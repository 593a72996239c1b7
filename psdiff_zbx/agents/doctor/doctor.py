"""Check everything that a good answer needs, from the program to the running agent.

In: the agent to check (None: all agents with our keys, or all if none has them), the command that
runs this program, a monitor of this host.  Out: findings.  It changes nothing and raises nothing:
an error becomes a finding.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Collection, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ...core import snapshot_file
from ...core.model import PsdiffError
from ...core.shell_words import shell_word
from ...host import config
from ...host.monitor import Monitor
from ..installed import Installed, choose_agent, find_agents, further_agents
from ..remedies import own_file, then_restart
from ..remote.install import is_installed
from ..run_as import Account, AccountError, account
from . import baseline, document, host, pause
from .agent_files import check_agent, has_keys, plugin_line
from .document import Answer, Patience
from .findings import UNKNOWN, Finding, any_wrong, wrong
from .limits import check_limits
from .plugin import check_plugin
from .readable import check_readable
from .running_agent import check_keys, is_late
from .selinux import check_selinux
from .slow_rules import check_rules

_USER = "zabbix"
_TIMEOUT = 3.0  # seconds; the agents' default


def examine(agent: Optional[str], program: str, monitor: Monitor) -> List[Finding]:
    """The findings of all checks, in the order in which the data flows.  ``program`` is a shell
    command."""
    command = shlex.split(program)
    try:
        agents, lacking = _chosen(agent, find_agents()), []
    except (OSError, PsdiffError) as error:
        agents, lacking = [], [wrong("agent", error)]
    found, answer = _without_agent(agents[0] if agents else None, command, monitor)
    seen = _Seen(
        monitor, answer, any(each.name == document.NAME for each in found if each.is_wrong)
    )
    for each in agents:
        found += _through(each, command, seen)
    return [*found, *_further({each.kind for each in agents}, command, seen), *lacking]


class _Seen(NamedTuple):
    """What was seen without an agent: the last good ``answer``, and whether answers come too late
    anyway."""

    monitor: Monitor
    answer: Optional[Answer]
    is_late: bool


def _further(kinds: Collection[str], command: Sequence[str], seen: _Seen) -> Iterator[Finding]:
    """The findings about more agents of these kinds that run."""
    try:
        agents = [each for each in further_agents() if each.kind in kinds]
    except (OSError, PsdiffError) as error:
        yield wrong("agent", error)
        return
    for each in agents:
        if has_keys(each):
            yield from _through(each, command, seen)
        else:
            remedy = f"if Zabbix asks this one: {_include(each)}"
            yield Finding(each.name, UNKNOWN, f"{each.title} runs without the item keys", remedy)


def _include(agent: Installed) -> str:
    """How a further agent gets the keys of the usual one of its kind."""
    usual = next((each for each in find_agents() if each.kind == agent.kind), None)
    file = own_file(usual) if usual else ""
    if not file:
        return f"include psdiff's file in {agent.configuration.path}"
    line = f"echo Include={shell_word(file)} >> {shell_word(agent.configuration.path)}"
    return then_restart(agent, line)


def _chosen(agent: Optional[str], found: Sequence[Installed]) -> List[Installed]:
    """The agent asked for; else the agents with our keys, or, if none has them, those that run, or
    all."""
    if agent or not found:
        return [choose_agent(agent, found)]
    keyed = [each for each in found if has_keys(each)]
    return keyed or [each for each in found if each.pid] or [*found]


def _without_agent(
    agent: Optional[Installed], command: Sequence[str], monitor: Monitor
) -> Tuple[List[Finding], Optional[Answer]]:
    """What the agent's user gets by running the program itself."""
    user = agent.user if agent else _USER
    ours = _as_it_runs(agent, monitor) if agent else monitor
    try:
        who = account(user, (*command, *_options(ours)))
    except AccountError as error:
        return [wrong("user", error)], None
    found, answer = examined(who, ours, _patience(agent, ours))
    return ([] if who.user == user else [_only(who.user, user)]) + found, answer


def _only(who: str, user: str) -> Finding:
    text = f"examined as {who}: only root can try what {user} may do"
    return Finding("user", UNKNOWN, text, "sudo psdiff-zbx doctor")


def _as_it_runs(agent: Installed, monitor: Monitor) -> Monitor:
    """The monitor with the files of the plugin's options, unless other files are asked for."""
    given: Dict[str, List[Path]] = {}
    for each in agent.configuration.plugin_options:
        given.setdefault(each.name.rpartition(".")[2], []).append(Path(each.value))
    baselines = given.get("Baseline", [])
    if baselines and monitor.baseline_path is None:
        own, *roles = baselines
        monitor = monitor._replace(baseline_path=own, role_paths=tuple(roles))
    return monitor._replace(config_path=monitor.config_path or given.get("Config", [None])[-1])


def _options(monitor: Monitor) -> List[str]:
    return [word for name, path in monitor.files for word in (name, str(path.absolute()))]


def _patience(agent: Optional[Installed], monitor: Monitor) -> Patience:
    files = config.watched_files(monitor.config_path)
    if agent is None:
        return Patience(_TIMEOUT, stays=False, config=str(files[0]))
    return Patience(timeout(agent), plugin_line(agent) is not None, agent, str(files[0]))


def timeout(agent: Installed) -> float:
    """For how many seconds the agent waits for an answer."""
    try:
        return float(agent.configuration.value("Timeout", ""))
    except ValueError:  # not set, or wrong: then the agent says so when it starts
        return _TIMEOUT


def _through(agent: Installed, command: Sequence[str], seen: _Seen) -> List[Finding]:
    """The findings about the agent itself: its files, its plugin, its answers, SELinux."""
    found = [*check_agent(agent, command), *check_readable(agent)]
    if any_wrong(found):
        return found
    keys = _keys(agent, seen)
    limits = check_limits(agent) if is_installed(agent) else ()
    return [*found, *check_plugin(agent), keys, *check_selinux(agent, keys), *limits]


def _keys(agent: Installed, seen: _Seen) -> Finding:
    others = [each for each in find_agents() if each.kind != agent.kind]
    keys = check_keys(agent, seen.answer, _patience(agent, seen.monitor), others)
    if seen.is_late and is_late(keys.text):  # what to do about it has been said
        return Finding(keys.name, UNKNOWN, f"{agent.title} answers too late, as said above")
    return keys


_TIMES = 3


def examined(
    who: Account, monitor: Monitor, patience: Patience
) -> Tuple[List[Finding], Optional[Answer]]:
    """The findings, and the last answer if it is a good one."""
    found = [host.check_program(who)]
    try:
        if any_wrong(found):
            return found, None
        found += host.check_python(who)
        first = _answer(who)
        found += _on_the_way(who, monitor, first)
        if any_wrong(found):
            return found, None
        answers = [*_answers(who, first)]
        found.append(
            document.check_time(answers, monitor.host.config.settings.missing_retry, patience)
        )
        return found, answers[-1] if not answers[-1].error else None
    except (OSError, PsdiffError) as error:
        return [*found, wrong(document.NAME, error)], None


def _on_the_way(who: Account, monitor: Monitor, first: Answer) -> Iterator[Finding]:
    """Check configuration, baseline, pause and processes.  ``first`` is the answer that the user
    gets, or the error."""
    seen = who.run("snapshot")
    configuration = host.check_configuration(monitor, who, seen.error)
    yield configuration
    if not configuration.is_wrong:
        yield from check_rules(monitor)
        stored = baseline.check_baseline(monitor, who, first.error)
        yield stored
        if not stored.is_wrong:
            yield from pause.check_pause(monitor, who, first)
        yield host.check_processes(who, seen.out.count("\n"), seen.error)
        if not seen.error:
            there = snapshot_file.parse_snapshot(seen.out, "snapshot")
            yield from host.check_users(who, there, monitor.host.processes())


def _answers(who: Account, first: Answer) -> Iterator[Answer]:
    """Several answers, but only one if something is missing: then each takes longer."""
    yield first
    if not first.error and not first.missing:
        yield from (_answer(who) for _ in range(_TIMES - 1))


def _answer(who: Account) -> Answer:
    ran = who.run("get")
    return document.parse_answer(ran.out or ran.err, ran.seconds)
