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
from ...core.shell_words import shell_word
from ...host.interpreter import interpreter_flaw, interpreter_of
from ..allow_key import allows, deciding
from ..configuration import Setting
from ..installed import PLUGIN_CHOICE, Installed, new_folder
from ..remedies import (
    comment_keys,
    comment_out,
    comment_plugin,
    kind_of,
    own_file,
    set_value,
    setup_command,
    then_restart,
)
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
        text = f"{options[0].place} is for a plugin, {_NO_START}: plugins are agent 2's"
        return Finding(agent.name, WRONG, text, _without_plugin(agent, options[0]))
    by_plugin = plugin_line(agent)
    if by_plugin and ours:
        text = f"plugin ({by_plugin.place}) and UserParameters ({ours[0].place}), {_NO_START}"
        return Finding(agent.name, WRONG, text, _one_of_two(agent, by_plugin, ours[0]))
    return _defined_twice(agent)


def _without_plugin(agent: Installed, option: Setting) -> str:
    if option.path == own_file(agent):
        return then_restart(agent, setup_command(agent, agent.kind))
    return then_restart(agent, comment_plugin(option.path))


def _one_of_two(agent: Installed, plugin: Setting, key: Setting) -> str:
    """What setup has written stays; of a file with both it makes one that has only the plugin."""
    if plugin.path == key.path == own_file(agent):
        return then_restart(agent, setup_command(agent, PLUGIN_CHOICE))
    if key.path == own_file(agent):
        return then_restart(agent, comment_plugin(plugin.path))
    return then_restart(agent, comment_keys(key.path))


def _defined_twice(agent: Installed) -> Optional[Finding]:
    for metric in METRICS:
        found = agent.configuration.key_origins(metric.key)
        if len(found) > 1:
            return _twice(agent, metric.key, found)
    return None


def _twice(agent: Installed, key: str, found: Sequence[Setting]) -> Finding:
    if len({each.place for each in found}) == len(found):
        places = " and ".join(each.place for each in found)
        text = f"{key} is defined twice, {_NO_START}: {places}"
        return Finding(agent.name, WRONG, text, then_restart(agent, *_once(agent, found)))
    includes = [each.setting for each in agent.configuration.including(found[0].path)]
    places = " and ".join(each.place for each in includes)
    text = f"{found[0].path} is included twice, {_NO_START}: {places}"
    return Finding(agent.name, WRONG, text, then_restart(agent, comment_out(includes[-1])))


def _once(agent: Installed, found: Sequence[Setting]) -> Iterator[str]:
    """Leave the key in setup's file, or else in the first file that has it."""
    files = list(dict.fromkeys(each.path for each in found))
    kept = own_file(agent) if own_file(agent) in files else files[0]
    if kept == own_file(agent) and sum(each.path == kept for each in found) > 1:
        yield setup_command(agent, agent.kind)
    elif len(files) == 1:
        yield from map(comment_out, found[1:])
    yield from (comment_keys(each) for each in files if each != kept)


def _included(agent: Installed, command: Sequence[str]) -> Finding:
    keys = [metric.key for metric in METRICS]
    lacking = [key for key in keys if not agent.configuration.key_origins(key)]
    by_plugin = plugin_line(agent)
    if not has_keys(agent):
        text = f"no file that {agent.configuration.path} includes has the item keys"
        return Finding(agent.name, WRONG, text, _first_setup(agent))
    if lacking and not by_plugin:
        text = f"{', '.join(lacking)} not among the UserParameters"
        return Finding(agent.name, WARNING, text, _set_up_again(agent, *_origins(agent)))
    return _ours(agent, command, by_plugin or agent.configuration.key_origins(_KEY)[0])


def _first_setup(agent: Installed) -> str:
    """Setup needs a folder that the agent includes."""
    commands = [setup_command(agent, kind_of(agent))]
    if agent.configuration.folder is None:
        commands.insert(0, new_folder(agent.configuration.path))
    elif not agent.folder.is_dir():
        commands.insert(0, f"mkdir {shell_word(str(agent.folder))}")
    return then_restart(agent, *commands)


def _origins(agent: Installed) -> List[Setting]:
    return [each for metric in METRICS for each in agent.configuration.key_origins(metric.key)]


def _set_up_again(agent: Installed, *lines: Setting) -> str:
    """Setup writes its own file; our lines elsewhere have to go before."""
    others = dict.fromkeys(each.path for each in lines if each.path != own_file(agent))
    comment = comment_plugin if kind_of(agent) == PLUGIN_CHOICE else comment_keys
    commands = [*map(comment, others), setup_command(agent, kind_of(agent))]
    return then_restart(agent, *commands)


def _ours(agent: Installed, command: Sequence[str], line: Setting) -> Finding:
    """Whether the agent runs this installation of psdiff-zbx."""
    by_plugin = line.name != "UserParameter"
    runs = line.value if by_plugin else line.value.partition(",")[2]
    there = _installation(runs)
    if there != _installation(shlex.join(command)):
        what = "is not this program" if there else "is not there"
        if by_plugin and not there:
            what = f"{what}, {_NO_START}"
        flaw = _flaw(runs) if there else ""
        remedy = _set_up_again(agent, *([line] if by_plugin else _origins(agent)))
        status = WARNING if there and not flaw else WRONG
        text = f"{line.place} runs {runs}, which {what}{flaw}"
        return Finding(agent.name, status, text, remedy)
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
    """Agentd asks its rules in the order of reading, agent 2 in that of the line numbers, across
    all files: seen with 6.0.14 and 7.0.9."""
    number = 1 if agent.kind == "agent2" else rule.number
    lines = r"AllowKey=psdiff.*\nAllowKey=psdiff.*[*]"
    allow = f'sed -i "{number}i {lines}" {shell_word(rule.path)}'
    return f"allow them before that line: {then_restart(agent, allow)}"


def _unsafe(agent: Installed) -> Iterator[Finding]:
    found: List[Setting] = [*agent.configuration.all("UnsafeUserParameters")][-1:]
    if found and found[0].value == "1":
        risk = "UnsafeUserParameters=1 lets anyone who may ask the agent run any command"
        text = f"{found[0].place}: {risk}"
        off = set_value(agent.configuration, "UnsafeUserParameters", 0)
        remedy = f"psdiff's keys do not need it: {then_restart(agent, off)}"
        yield Finding("parameters", WARNING, text, remedy)
