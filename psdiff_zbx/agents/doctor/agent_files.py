"""Check psdiff's item keys in an agent's configuration.

In: an agent, and the command that runs this program.  Out: findings: whether the keys are defined,
and only once, whether a rule denies them, and whether their parameters are safe.  It does not ask
the agent.
"""

from __future__ import annotations

import os
import shlex
import shutil
from typing import Iterator, List, Optional, Sequence

from ...core.item_keys import METRICS
from ...host.interpreter import interpreter_flaw, interpreter_of
from ..allow_key import allows, deciding
from ..configuration import Setting
from ..installed import Installed
from ..run_as import PATH
from .findings import OK, WARNING, WRONG, Finding

_KEY = METRICS[0].key  # the template's master item
_NO_START = "with which the agent does not start"


def plugin_line(agent: Installed) -> Optional[Setting]:
    """The line with the path of our plugin; None if there is none."""
    found = [each for each in agent.configuration.plugin_options if each.name.endswith(".Path")]
    return found[-1] if found else None


def has_keys(agent: Installed) -> bool:
    """Whether the agent's configuration has our plugin or our UserParameters."""
    return bool(plugin_line(agent) or agent.configuration.key_origins(_KEY))


def check_agent(agent: Installed, command: Sequence[str]) -> Iterator[Finding]:
    """All findings; the first one is about the keys themselves."""
    yield _startable(agent) or _included(agent, command)
    if has_keys(agent):
        yield from check_access(agent)
        yield from _unsafe(agent)


def _startable(agent: Installed) -> Optional[Finding]:
    """A finding if the agent would not start, else None."""
    ours, options = agent.configuration.key_origins(_KEY), agent.configuration.plugin_options
    if options and agent.kind == "agentd":
        text = f"{options[0].place} is for a plugin, {_NO_START}"
        return Finding(agent.name, WRONG, text, "remove it: plugins are agent 2's")
    by_plugin = plugin_line(agent)
    if by_plugin and ours:
        text = f"plugin ({by_plugin.place}) and UserParameters ({ours[0].place}), {_NO_START}"
        return Finding(agent.name, WRONG, text, "remove one of the two")
    return _defined_twice(agent)


def _defined_twice(agent: Installed) -> Optional[Finding]:
    for metric in METRICS:
        found = agent.configuration.key_origins(metric.key)
        if len(found) > 1:
            return _twice(agent, metric.key, found)
    return None


def _twice(agent: Installed, key: str, found: Sequence[Setting]) -> Finding:
    if len({each.place for each in found}) == len(found):
        places = " and ".join(each.place for each in found)
        text, remedy = f"{key} is defined twice, {_NO_START}: {places}", "remove one of them"
    else:
        lines = {each.setting.place for each in agent.configuration.including(found[0].path)}
        text = f"{found[0].path} is included twice, {_NO_START}"
        remedy = f"remove an Include: {', '.join(sorted(lines))}"
    return Finding(agent.name, WRONG, text, remedy)


def _included(agent: Installed, command: Sequence[str]) -> Finding:
    keys = [metric.key for metric in METRICS]
    lacking = [key for key in keys if not agent.configuration.key_origins(key)]
    by_plugin = plugin_line(agent)
    setup = f"'psdiff-zbx setup --agent {'plugin' if by_plugin else agent.kind}'"
    if not has_keys(agent):
        text = f"no file that {agent.configuration.path} includes has the item keys"
        return Finding(agent.name, WRONG, text, f"{setup}, then restart it")
    if lacking and not by_plugin:
        text = f"{', '.join(lacking)} not among the UserParameters"
        return Finding(agent.name, WARNING, text, setup)
    return _ours(agent, command, by_plugin or agent.configuration.key_origins(_KEY)[0])


def _ours(agent: Installed, command: Sequence[str], line: Setting) -> Finding:
    """Whether the agent runs this installation of psdiff-zbx."""
    by_plugin = line.name != "UserParameter"
    runs = line.value if by_plugin else line.value.partition(",")[2]
    if _installation(runs) != _installation(shlex.join(command)):
        text = f"{line.place} runs {runs}, which is not this program"
        flaw = _flaw(runs)
        remedy = f"'{shlex.join(command)} setup', if that is the one you want"
        return Finding(agent.name, WRONG if flaw else WARNING, f"{text}{flaw}", remedy)
    how = "plugin" if by_plugin else "UserParameters"
    whose = f", for {agent.title}" if agent.is_further else ""
    return Finding(agent.name, OK, f"item keys by {how} in {line.path}{whose}")


def _flaw(command: str) -> str:
    """``, and …`` if the Python of another program will not run it."""
    python = interpreter_of(os.path.realpath(command.partition(" ")[0]))
    flaw = interpreter_flaw(python) if python else None
    return f", and {flaw}" if flaw else ""


def _installation(command: str) -> str:
    """The folder of a command's program; empty if there is none."""
    try:
        found = shutil.which(shlex.split(command)[0], path=PATH)
    except (ValueError, IndexError):
        return ""
    return os.path.dirname(os.path.realpath(found)) if found else ""


def check_access(agent: Installed) -> Iterator[Finding]:
    """A finding if AllowKey or DenyKey keeps the agent from answering our keys."""
    settings = agent.configuration.settings
    # Any id will do: rules for single ids are not checked.
    keys = [f"{metric.key}[id]" if metric.parameter else metric.key for metric in METRICS]
    refused = [key for key in keys if not allows(agent.kind, settings, key)]
    if not refused:
        return
    rule = deciding(agent.kind, settings, refused[0])
    assert rule is not None  # without a rule our keys are allowed
    status = WRONG if _KEY in refused else WARNING
    text = f"{rule.name}={rule.value} ({rule.place}) refuses {', '.join(refused)}"
    yield Finding("access", status, text, _permit(agent, rule))


def _permit(agent: Installed, rule: Setting) -> str:
    where = "on lines before it"
    if agent.kind == "agent2":  # seen with 6.0.14 and 7.0.9
        where = f"on lines before {rule.number}, which counts across all files"
    return f"add AllowKey=psdiff.* and AllowKey=psdiff.*[*] {where}"


def _unsafe(agent: Installed) -> Iterator[Finding]:
    found: List[Setting] = [*agent.configuration.all("UnsafeUserParameters")][-1:]
    if found and found[0].value == "1":
        risk = "UnsafeUserParameters=1 lets anyone who may ask the agent run any command"
        text = f"{found[0].place}: {risk}"
        yield Finding("parameters", WARNING, text, "set it to 0: psdiff's keys do not need it")
