"""The running agents: their main processes, configuration files and systemd units.

In: the processes.  Out: the main processes of agents, and what their command lines and cgroups
tell.  It changes nothing.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import Dict, List, Sequence

from ..core.model import Process
from ..host import boot_clock
from ..host.processes import cgroup_of, read_processes

_UNIT = re.compile(r"/system\.slice/zabbix[^/]*\.service")


def here(names: Sequence[str]) -> List[Process]:
    """The processes with one of these names, but not those in containers of this host.
    ``started`` is exact enough to compare it with the time of a file.

    Raises SnapshotError if other users' processes cannot be seen.
    """
    own = _pid_namespace("self")
    found = [process for process in read_processes(tuple) if process.name in names]
    ours = [each for each in found if _pid_namespace(str(each.pid)) in ("", own)]
    return [each._replace(started=boot_clock.exact(each.started)) for each in ours]


def _pid_namespace(pid: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:  # another user's, and we are not root
        return ""


def main_processes(name: str, usual: str, processes: Sequence[Process]) -> List[Process]:
    """The main processes of agents ``name``, each the parent of its other processes.  There is one
    for each configuration, that with the ``usual`` one first."""
    named = [process for process in processes if process.name == name and _is_agent(process)]
    pids = {process.pid for process in named}
    mains = [process for process in named if process.ppid not in pids]
    mains.sort(key=lambda each: (configured(each.cmdline) not in ("", usual), each.pid))
    found: Dict[str, Process] = {}
    for each in mains:
        found.setdefault(configured(each.cmdline) or usual, each)
    return list(found.values())


def _is_agent(process: Process) -> bool:
    """Whether root can trust a process with an agent's name.  Any user can give a process that
    name, so it must run as root or zabbix, or in a system unit like ``zabbix-agent.service``."""
    if process.user in ("root", "zabbix"):
        return True
    return bool(_UNIT.fullmatch(cgroup_of(process) or ""))


def configured(words: Sequence[str]) -> str:
    """The configuration file on a command line like
    ``zabbix_agent2 -c /etc/zabbix/zabbix_agent2.conf``.  Empty if the agent uses its built-in
    default."""
    for word, following in zip(words, [*words[1:], ""]):
        if word in ("-c", "--config"):
            return posixpath.join("/", following)
        if word.startswith("--config="):
            return posixpath.join("/", word.partition("=")[2])
    return ""


def unit(running: Process) -> str:
    """The systemd unit of a process: ``zabbix-agent2`` in the cgroup
    ``/system.slice/zabbix-agent2.service``.  Empty if it is in no service."""
    name = posixpath.basename(cgroup_of(running) or "")
    return name.removesuffix(".service") if name.endswith(".service") else ""
