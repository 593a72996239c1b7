"""The init scripts and OpenRC services that have started processes, on a host without systemd.

In: processes with their cgroups.  Out: names of services by pid, as far as pid files and OpenRC's
own notes tell.  What they started themselves belongs to them, too.
"""

from __future__ import annotations

import os
from glob import glob
from typing import Dict, Iterable, Iterator, Mapping, Sequence, Tuple

from ..core.model import Process
from .unit_file import SYSTEMD, read

_SCRIPTS = "/etc/init.d"
_OPENRC = "/run/openrc"
_CGROUP = "/openrc."
_CLOCK = 2.0  # seconds by which a file's time and a process' start may differ


def script_units(
    processes: Sequence[Process], cgroups: Mapping[int, str], root: str = ""
) -> Dict[int, str]:
    """The names of services by the pids of their processes; nothing where systemd runs."""
    if os.path.isdir(f"{root}{SYSTEMD}"):
        return {}
    by_pid = {each.pid: each for each in processes}
    mains = {pid: name for path, name in _pid_files(root) for pid in _pid(f"{root}{path}", by_pid)}
    mains.update(_by_cgroup(cgroups))
    return {each.pid: name for each in processes for name in _above(each, by_pid, mains)}


def _by_cgroup(cgroups: Mapping[int, str]) -> Iterator[Tuple[int, str]]:
    """``/openrc.sshd``, of OpenRC with the unified hierarchy (``rc_cgroup_mode``).
    https://github.com/OpenRC/openrc/blob/master/sh/rc-cgroup.sh"""
    for pid, cgroup in cgroups.items():
        if cgroup.startswith(_CGROUP):
            yield pid, cgroup[len(_CGROUP) :].partition("/")[0]


def _above(
    process: Process, by_pid: Mapping[int, Process], mains: Mapping[int, str]
) -> Iterator[str]:
    """The service of a process, or of the nearest one above that has one."""
    seen = set()
    pid = process.pid
    while pid in by_pid and pid not in seen:
        if pid in mains:
            yield mains[pid]
            return
        seen.add(pid)
        pid = by_pid[pid].ppid


def _pid_files(root: str) -> Iterator[Tuple[str, str]]:
    """Paths of pid files, and the names of those whose they are."""
    names = _listed(f"{root}{_SCRIPTS}")
    texts = {name: read(f"{root}{_SCRIPTS}/{name}") or "" for name in names}
    for found in sorted((*glob(f"{root}/run/*.pid"), *glob(f"{root}/run/*/*.pid"))):
        path = found[len(root) :]
        own = os.path.basename(path)[: -len(".pid")]
        mentions = (name for name, text in texts.items() if path in text)  # also below /var
        name = own if own in texts else next(mentions, "")
        if name:
            yield path, name
    yield from _openrc_pid_files(root)


def _openrc_pid_files(root: str) -> Iterator[Tuple[str, str]]:
    """``pidfile=/run/crond.pid`` in ``/run/openrc/daemons/cronie/001`` is of start-stop-daemon,
    ``/run/openrc/options/cronie/child_pid`` of supervise-daemon."""
    for note in sorted(glob(f"{root}{_OPENRC}/daemons/*/*")):
        for row in (read(note) or "").splitlines():
            key, _, path = row.partition("=")
            if key == "pidfile" and path.startswith("/"):
                yield path, os.path.basename(os.path.dirname(note))
    for note in sorted(glob(f"{root}{_OPENRC}/options/*/child_pid")):
        yield note[len(root) :], os.path.basename(os.path.dirname(note))


def _pid(path: str, by_pid: Mapping[int, Process]) -> Iterable[int]:
    """The pid in a file, if that is of the process itself or of root, and not older than it."""
    text = (read(path) or "").strip()
    process = by_pid.get(int(text)) if text.isdecimal() and len(text) < 10 else None
    try:
        status = os.stat(path)
    except OSError:
        return ()
    if process is None or status.st_uid not in (0, process.uid):
        return ()
    return (process.pid,) if status.st_mtime > process.started - _CLOCK else ()


def _listed(folder: str) -> Sequence[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return ()
