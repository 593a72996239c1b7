"""What the administrator does after ``setup``: an agent reads its files only when it starts.

In: the agent.  Out: lines with commands; it runs none of them.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Iterator, Sequence

from ...core.line import escape
from ...host import baseline_store
from ..configuration import OURS
from ..doctor.agent_files import check_access
from ..installed import Installed
from ..remote import install
from ..run_as import PATH
from ..service_manager import service_command

_OF_PACKAGES = "Zabbix server"
_OURS = "psdiff_zbx*.conf"
STAYS = "The baseline stays"
"""How the line begins that a package leaves out: it removes the baseline when it is purged."""


def after_setup(agent: Installed, write: str) -> Iterator[str]:
    """The steps on this host, then those in Zabbix.  ``write`` is the command that writes the
    baseline again, or empty.  It is needed if the first baseline was written while the agent did
    not run, and so does not expect the agent."""
    newest = max((path.stat().st_mtime for path in agent.folder.glob(_OURS)), default=0.0)
    if agent.pid is None:
        then = f" && {write}" if write else ""
        yield f"Now start the agent: {escape(service_command(agent, 'start'))}{then}"
    elif agent.started < newest:
        yield f"Now restart the agent: {escape(service_command(agent, 'restart'))}"
    else:
        yield "Nothing remains to be done on this host"
    yield "In Zabbix, link the template to this host (--link takes its name there):"
    url = "psdiff-zbx push --url https://zabbix.example --user Admin"
    yield f"  {url} --link {escape(shlex.quote(_host_name(agent)))}"


def _host_name(agent: Installed) -> str:
    """What Zabbix probably calls this host.  The agents' packages come with the name that a server
    has for itself, on whatever host they are."""
    own = agent.configuration.value("Hostname").split(",")[0].strip()
    return own if own not in ("", _OF_PACKAGES) else os.uname().nodename


def after_moving(agent: Installed, program: str) -> Iterator[str]:
    """What is left of another installation: of a virtual environment, if this is a package."""
    own = os.path.realpath(shlex.split(program)[0])
    for right in install.outdated(agent):
        yield f"{right.what.capitalize()} still runs another program; change it, too:"
        yield f"  {escape(own)} setup {right.option}"
    for found in _others(own):
        environment = Path(os.path.realpath(found)).parents[1]
        is_venv = (environment / "pyvenv.cfg").exists()
        what = f"rm -r {environment} {found}*" if is_venv else f"rm {found}*"
        yield f"{escape(found)} is another psdiff-zbx; remove it after that: {escape(what)}"


def _others(own: str) -> Iterator[str]:
    """Other programs of this name in the PATH, but none of a package."""
    for folder in PATH.split(":"):
        found = os.path.join(folder, os.path.basename(own))
        real = os.path.realpath(found)
        if os.path.exists(found) and real != own and not real.startswith("/usr/bin/"):
            yield found


def open_access(agent: Installed) -> Iterator[str]:
    """What the administrator has to allow before the agent answers; nothing where it may."""
    for found in check_access(agent):
        yield f"{escape(found.text)}:"
        yield f"  {found.remedy}"


def after_removal(changed: Sequence[Installed], dry_run: bool) -> Iterator[str]:
    """The steps after ``setup --remove``, for the agents that have ``changed``."""
    if not changed:
        yield "Nothing to remove"
    for agent in changed:
        yield from _needless_includes(agent)
    for agent in () if dry_run else changed:
        if agent.pid is not None:
            yield f"Now restart the agent: {escape(service_command(agent, 'restart'))}"
    if baseline_store.SYSTEM.exists():
        yield f"{STAYS}; to remove it: rm -r {baseline_store.SYSTEM.parent}"


def _needless_includes(agent: Installed) -> Iterator[str]:
    """The Include lines that name our file itself, without a pattern."""
    for include in agent.configuration.includes:
        if include.pattern == OURS:
            place = escape(include.setting.place)
            yield f"Remove that Include, too ({place}): no agent starts without a file it names"
