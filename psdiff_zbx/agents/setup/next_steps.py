"""What is left to do after ``setup``: the agent reads its files only when it starts.

In: the agent.  Out: lines with the commands to run, of which it runs none.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import Iterator, Sequence

from ...core.line import escape
from ...host import baseline_store, trusted_files
from ..installed import Installed
from ..run_as import PATH
from ..service_manager import service_command

_OURS = "psdiff_zbx*.conf"


def after_setup(agent: Installed, write: str) -> Iterator[str]:
    """On this host, and then in Zabbix.  ``write`` is the command that writes a baseline, where
    the first one has just been written: it does not expect an agent that does not run."""
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


def before_start(agent: Installed) -> Iterator[str]:
    """What is to be known of agent 2 with a plugin: of Debian 12's 6.0.14, whose unit has
    Restart=on-abnormal, 11 of 50 starts ended in the agent's panic, of 7.0.9 none."""
    program = shutil.which(agent.program, path=PATH)
    # A process tells its own name for itself: root runs nothing that others could have put there.
    if (
        not program
        or trusted_files.fault([program])
        or "(Zabbix) 6." not in _printed(program, "-V")
    ):
        return
    restart = _printed("systemctl", "show", "--property=Restart", "--value", agent.unit).strip()
    if restart not in ("", "on-failure", "always"):
        yield "Agent 2 6.0 may fail to start with a plugin; let systemd start it again:"
        yield f"  'systemctl edit {agent.unit}', and there: [Service] Restart=on-failure"


def _printed(*command: str) -> str:
    """Nothing where it cannot be run: there are hosts without systemd."""
    try:
        done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace")


def after_removal(changed: Sequence[Installed], dry_run: bool) -> Iterator[str]:
    """For the agents from which something was removed."""
    if not changed:
        yield "Nothing of setup's is here"
    for agent in () if dry_run else changed:
        if agent.pid is not None:
            yield f"Now restart the agent: {escape(service_command(agent, 'restart'))}"
    if baseline_store.SYSTEM.exists():
        yield f"The baseline stays; to remove it: rm -r {baseline_store.SYSTEM.parent}"
