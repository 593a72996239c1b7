"""Remedies that root can type as they stand: commands for a shell, each in single quotes.

In: an agent, its settings.  Out: texts.  Nothing is run.  A command edits a line only if that line
is still there, so that it may be typed twice.
"""

from __future__ import annotations

import posixpath
import shlex
from typing import List

from ..core.shell_words import shell_word
from .configuration import OURS, Configuration, Setting
from .installed import PLUGIN_CHOICE, Installed
from .service_manager import is_managed, service_command

_DROP_IN = "zz-psdiff-zbx.conf"  # systemd reads drop-ins in the order of their names


def typed(*commands: str) -> str:
    """``'a', then 'b'``."""
    return ", then ".join(f"'{command}'" for command in commands)


def service_text(agent: Installed, what: str = "restart") -> str:
    """The command to ``start`` or ``restart`` the agent; if no service manager knows it, the
    process or the program, without quotes."""
    command = service_command(agent, what)
    return typed(command) if is_managed(agent) else command


def then_restart(agent: Installed, *commands: str) -> str:
    """Commands, and the restart of an agent that reads its files only when it starts."""
    again = service_text(agent)
    return f"{typed(*commands)}, then {again if is_managed(agent) else f'restart {again}'}"


def setup_command(agent: Installed, kind: str) -> str:
    """``psdiff-zbx setup`` with the options that the agent's file has now.  ``kind`` is the value
    of ``--agent``."""
    options = _plugin_options(agent.configuration) or _command_options(agent.configuration)
    return " ".join(("psdiff-zbx setup --agent", kind, *options))


def kind_of(agent: Installed) -> str:
    """What ``setup --agent`` calls the agent as it is set up."""
    return PLUGIN_CHOICE if agent.configuration.plugin_options else agent.kind


def own_file(agent: Installed) -> str:
    """The path of the file that setup writes; empty if the agent includes no folder."""
    folder = agent.configuration.folder
    return posixpath.join(folder, OURS) if folder else ""


def comment_out(setting: Setting) -> str:
    """The command that makes a comment of one line."""
    return f'sed -i "{setting.number}s/^[^#]/# &/" {shell_word(setting.path)}'


def comment_keys(path: str) -> str:
    """The command that makes comments of all UserParameters of ours in a file."""
    return rf'sed -i "s/^\s*UserParameter\s*=\s*psdiff[.]/# &/" {shell_word(path)}'


def comment_plugin(path: str) -> str:
    """The command that makes comments of all options of our plugin in a file, and of the time for
    its start, which agentd does not know either."""
    return rf'sed -i "s/^\s*Plugin\(Timeout\|s[.]PsdiffZbx[.]\)/# &/" {shell_word(path)}'


def set_value(configuration: Configuration, name: str, value: object) -> str:
    """The command that sets a parameter where it is set, else at the end of the main file."""
    found = configuration.all(name)
    if not found:
        return f"echo {name}={value} >> {shell_word(configuration.path)}"
    return rf'sed -i "s/^\s*{name}\s*=.*/{name}={value}/" {shell_word(found[-1].path)}'


def set_in_unit(agent: Installed, line: str) -> str:
    """The command that adds a line to the agent's unit, ``ProtectProc=default``, and restarts it.
    The last of several settings holds: systemd.unit(5)."""
    folder = f"/etc/systemd/system/{agent.unit}.service.d"
    file = shell_word(f"{folder}/{_DROP_IN}")
    return (
        f'mkdir -p {shell_word(folder)} && printf "[Service]\\n{line}\\n" >> {file}'
        f" && systemctl daemon-reload && systemctl restart {shell_word(agent.unit)}"
    )


def _plugin_options(configuration: Configuration) -> List[str]:
    named = {"Baseline": "--baseline", "Config": "--config", "MinAge": "--min-age"}
    options = ((each.name.rpartition(".")[2], each.value) for each in configuration.plugin_options)
    pairs = [(named[name], value) for name, value in options if name in named]
    return [shell_word(word) for pair in pairs for word in pair]


def _command_options(configuration: Configuration) -> List[str]:
    """Those of ``UserParameter=psdiff.get,/usr/local/bin/psdiff-zbx --min-age 30 get``."""
    found = configuration.key_origins("psdiff.get")
    try:
        words = shlex.split(found[0].value.partition(",")[2])[1:-1] if found else []
    except ValueError:  # a quote without its end
        return []
    return [shell_word(word) for word in words if word not in ("-m", "psdiff_zbx")]
