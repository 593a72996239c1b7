"""The agents that run: their main processes, and what these tell.

In: the processes.  Out: of each agent one, the configuration it was started with, its unit.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import List, Optional, Sequence

from ..core.model import Process
from ..host import boot_clock
from ..host.processes import cgroup_of, read_processes

_UNIT = re.compile(r"/system\.slice/zabbix[^/]*\.service")


def here(names: Sequence[str]) -> List[Process]:
    """Those that run here, not in a container of this host: its agent is not ours to set up.

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


def main(name: str, usual: str, processes: Sequence[Process]) -> Optional[Process]:
    """The agent's main process, the parent of the others; where several agents of a kind run,
    the one with the usual configuration."""
    named = [process for process in processes if process.name == name and _is_agent(process)]
    pids = {process.pid for process in named}
    mains = [process for process in named if process.ppid not in pids]
    mains.sort(key=lambda each: (configured(each.cmdline) not in ("", usual), each.pid))
    return mains[0] if mains else None


def _is_agent(process: Process) -> bool:
    """Anybody may name a process so, to have root trust what it says of itself; not so who is
    root, zabbix, or in such a unit of the system's."""
    if process.user in ("root", "zabbix"):
        return True
    return bool(_UNIT.fullmatch(cgroup_of(process) or ""))


def configured(words: Sequence[str]) -> str:
    """``/usr/sbin/zabbix_agent2 -c /etc/zabbix/zabbix_agent2.conf``: the file; nothing where
    the one of its build is meant."""
    for word, following in zip(words, [*words[1:], ""]):
        if word in ("-c", "--config"):
            return posixpath.join("/", following)
        if word.startswith("--config="):
            return posixpath.join("/", word.partition("=")[2])
    return ""


def unit(running: Process) -> str:
    """``/system.slice/zabbix-agent2.service``"""
    name = posixpath.basename(cgroup_of(running) or "")
    return name.removesuffix(".service") if name.endswith(".service") else ""
