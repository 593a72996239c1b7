"""A crowd of processes that look like daemons: `python -m tests.bench.crowd FOLDER NUMBER`.

Prints "ready" when all run.  Each is a shell under a name of its own which reads its commands
from a pipe that only this program can write to, and never does: when it ends, in whatever way,
or its standard input does, then so do they all.
"""

from __future__ import annotations

import os
import pwd
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

USERS = ("root", "nobody", "daemon")
NAMES = 120
KINDS = 400
# Every so many daemons one has workers.
FAMILIES, WORKERS = 16, 4
PATIENCE = 120.0
JAVA = (
    "-Xms512m -Xmx2g -XX:+UseG1GC -Dservice.home=/opt/{name} -cp /opt/{name}/lib/{name}.jar"
    ":/opt/{name}/lib/common.jar com.example.{name}.Main --node={kind} --port={port}"
)
ARGUMENTS = (
    "-D -p /run/{name}.pid",
    "--config=/etc/{name}/{kind}.conf --pid-file=/run/{name}/{kind}.pid --foreground",
    "--listen 127.0.0.1:{port} --data-dir /var/lib/{name}/{kind} --log-level info",
    "master -w -c /etc/{name}.d/{kind}.cfg -n {kind}",
    "serve --workers 4 --cache-size 67108864 --upstream unix:/run/{name}-{kind}.sock",
    JAVA,
)


class Daemon(NamedTuple):
    """One daemon, and how many workers it starts."""

    name: str
    arguments: str
    user: str
    workers: int


def daemons(number: int) -> Iterator[Daemon]:
    """As many as are `number` processes together with their workers."""
    for kind in cycle(range(KINDS)):
        if number <= 0:
            return
        name = f"daemon{kind % NAMES}"
        arguments = ARGUMENTS[kind % len(ARGUMENTS)]
        workers = min(0 if kind % FAMILIES else WORKERS, number - 1)
        filled = arguments.format(name=name, kind=kind, port=8000 + kind)
        yield Daemon(name, filled, USERS[kind % len(USERS)], workers)
        number -= 1 + workers


def running(folder: Path) -> int:
    """How many processes of the crowd in `folder` there are."""
    begin = f"{folder}/".encode()
    return sum(_cmdline(pid).startswith(begin) for pid in os.listdir("/proc") if pid.isdigit())


def _cmdline(pid: str) -> bytes:
    try:
        return Path("/proc", pid, "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def main(folder: Path, number: int) -> None:
    """Start all, wait until they run, and stay until nobody needs them any more."""
    for each in range(NAMES):
        (folder / f"daemon{each}").symlink_to("/bin/sh")
    # Only this process keeps the end of the pipe that is written to.
    lifeline, _ours = os.pipe()
    crowd = list(daemons(number))
    launchers = [_launch(folder, user, crowd, lifeline) for user in USERS]
    if any(os.waitpid(launcher, 0)[1] for launcher in launchers):
        sys.exit(f"not everyone can start what is in {folder}")
    deadline = time.monotonic() + PATIENCE
    while running(folder) < number:
        if time.monotonic() > deadline:
            sys.exit(f"only {running(folder)} of {number} processes run")
        time.sleep(0.1)
    print("ready", flush=True)
    sys.stdin.read()


def _launch(folder: Path, user: str, crowd: Iterable[Daemon], lifeline: int) -> int:
    """Start what belongs to `user` in a process that ends: a daemon is a child of init."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _become(user)
        for daemon in crowd:
            if daemon.user == user:
                _start(folder, daemon, lifeline)
        code = 0
    finally:
        os._exit(code)


def _become(user: str) -> None:
    if os.geteuid() == 0:
        found = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(found.pw_gid)
        os.setuid(found.pw_uid)


def _start(folder: Path, daemon: Daemon, lifeline: int) -> None:
    """-s: commands come from standard input, and what follows are mere arguments."""
    path = f"{folder}/{daemon.name}"
    command = [path, "-s", "start", *daemon.arguments.split()]
    standard_input = _script(path, daemon.workers) if daemon.workers else lifeline
    actions = [(os.POSIX_SPAWN_DUP2, standard_input, 0), (os.POSIX_SPAWN_DUP2, lifeline, 3)]
    os.posix_spawn(path, command, {}, file_actions=actions)
    if daemon.workers:
        os.close(standard_input)


def _script(path: str, workers: int) -> int:
    """A file with the commands that start the workers; 3 is the lifeline."""
    reader, writer = os.pipe()
    lines = [f"{shlex.quote(path)} -s worker {n} <&3 3<&- &\n" for n in range(workers)]
    os.write(writer, "".join([*lines, "wait\n"]).encode())
    os.close(writer)
    return reader


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
