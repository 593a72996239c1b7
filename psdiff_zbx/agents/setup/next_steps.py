"""What the administrator does after ``setup``: an agent reads its files only when it starts.

In: the agent.  Out: lines with commands; it runs none of them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, Sequence

from ...core.line import escape
from ...host import baseline_store, trusted_files
from ..configuration import OURS
from ..doctor.agent_files import check_access
from ..installed import Installed
from ..remote import install
from ..run_as import PATH
from ..service_manager import service_command

_OURS = "psdiff_zbx*.conf"


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
    host = agent.configuration.value("Hostname").split(",")[0].strip() or os.uname().nodename
    yield "Then link the template to this host in Zabbix:"
    url = "psdiff-zbx push --url https://zabbix.example --user Admin"
    yield f"  {url} --link {escape(shlex.quote(host))}"


def after_moving(agent: Installed, program: str) -> Iterator[str]:
    """What is left of another installation: of a virtual environment, if this is a package."""
    own = os.path.realpath(shlex.split(program)[0])
    if install.is_outdated(agent):
        yield "Accepting from the frontend still runs another program; change it, too:"
        yield f"  {escape(own)} setup --remote-accept"
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


def before_start(agent: Installed) -> Iterator[str]:
    """A hint about agent 2 6.0 with a plugin, which may panic when it starts.  Debian 12's 6.0.14
    did so in 11 of 50 starts, and its unit (Restart=on-abnormal) does not start it again; 7.0.9
    never did.  When its plugin is killed, 6.0.14 ends with exit code 0, which is no failure."""
    program = shutil.which(agent.program, path=PATH)
    # A process can name any program as its own: root runs none that other users could write.
    if (
        not program
        or trusted_files.fault([program])
        or "(Zabbix) 6." not in _printed(program, "-V")
    ):
        return
    restart = _printed("systemctl", "show", "--property=Restart", "--value", agent.unit).strip()
    if restart not in ("", "always"):
        yield "Agent 2 6.0 may fail to start with a plugin, and ends if the plugin is killed;"
        yield "let systemd start it again:"
        yield f"  'systemctl edit {agent.unit}', and there: [Service] Restart=always"


def _printed(*command: str) -> str:
    """The output of a command; empty if it cannot be run, like systemctl on a host without
    systemd."""
    try:
        done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace")


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
        yield f"The baseline stays; to remove it: rm -r {baseline_store.SYSTEM.parent}"


def _needless_includes(agent: Installed) -> Iterator[str]:
    """The Include lines that name our file itself, without a pattern."""
    for include in agent.configuration.includes:
        if include.pattern == OURS:
            place = escape(include.setting.place)
            yield f"Remove that Include, too ({place}): no agent starts without a file it names"
