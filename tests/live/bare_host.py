"""A host with nothing but the stand-ins of Zabbix agents that a test puts on it.

It has mounts and pids of its own, as root can have them anywhere: an /etc with the users root and
zabbix, an empty /var/lib, in /usr/local/sbin the agents, and psdiff-zbx in a folder that everybody
can reach.  Everything else is the machine's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.live.program import (
    MINIMAL,
    NOBODY,
    PACKAGE,
    Result,
    finish,
)

# Tells its pid outside, and is there until its standard input ends; then all here is killed.
BOOT = """
read -r pid _ </proc/self/stat
mount -t proc proc /proc
for place in /etc /var/lib /usr/local/sbin /mnt; do mount -t tmpfs -o mode=755 tmpfs $place; done
mkdir /etc/zabbix
# What the machine has of these is not the host's.
[ ! -d /run/systemd ] || mount -t tmpfs tmpfs /run/systemd
for folder in /usr/sbin /usr/bin /usr/local/bin; do
    ls "$folder"/zabbix_agent* >/dev/null 2>&1 || continue
    mkdir -p "/mnt$folder/upper" "/mnt$folder/work"
    mount -t overlay overlay \\
        -o "lowerdir=$folder,upperdir=/mnt$folder/upper,workdir=/mnt$folder/work" "$folder"
    rm "$folder"/zabbix_agent*
done
echo "$pid"
exec cat
"""
# As pip writes it.  Root, of whom coverage may want to know, finds the package by itself.
SCRIPT = """\
#!{python}
import sys
sys.path.append({path!r})
from psdiff_zbx.{module} import main
sys.exit(main())
"""
SCRIPTS = {"psdiff-zbx": "cli.main", "psdiff-zbx-agent2": "plugin.main"}
# What stands in Debian's packages of them.
INCLUDES = {
    "agentd": "Include=/etc/zabbix/zabbix_agentd.conf.d/*.conf\n",
    "agent2": (
        "Include=/etc/zabbix/zabbix_agent2.d/*.conf\nInclude=./zabbix_agent2.d/plugins.d/*.conf\n"
    ),
}
FOLDERS = {"agentd": "/etc/zabbix/zabbix_agentd.conf.d", "agent2": "/etc/zabbix/zabbix_agent2.d"}


# How an agent is started where nothing else knows it.
START = "/usr/local/sbin/zabbix_{0} -c /etc/zabbix/zabbix_{0}.conf"


class BareHost(NamedTuple):
    """``pid`` is of its first process, ``bin`` where psdiff-zbx is."""

    pid: int
    bin: Path

    def path(self, name: str) -> Path:
        """Where we find the host's file."""
        return Path(f"/proc/{self.pid}/root{name}")

    def text(self, name: str) -> str:
        return self.path(name).read_text("utf-8")

    def add(self, kind: str, more: str = "") -> None:
        """Install an agent, which does not run."""
        self.path(FOLDERS[kind]).mkdir()
        self.path(f"/etc/zabbix/zabbix_{kind}.conf").write_text(f"{INCLUDES[kind]}{more}")
        shutil.copy("/bin/sleep", self.path(f"/usr/local/sbin/zabbix_{kind}"))

    def script(self, name: str, text: str) -> None:
        """A command of this host, before all others by that name."""
        path = self.path(f"/usr/local/sbin/{name}")
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run_in(self, *line: str, as_zabbix: bool = False) -> Result:
        """Any command, to its end."""
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--pid"]
        if as_zabbix:
            enter += [f"--setuid={NOBODY}", f"--setgid={NOBODY}"]
        env = {**MINIMAL, "PYTHONPATH": str(PACKAGE.parent)}
        pipe = subprocess.PIPE
        return finish(
            subprocess.Popen(
                [*enter, *line], env=env, cwd="/", stdin=pipe, stdout=pipe, stderr=pipe
            )
        )

    def daemon(self, *line: str) -> None:
        """One that runs until the end."""
        self.run_in("sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *line).ok()

    def run(self, *words: str) -> Result:
        """psdiff-zbx as root."""
        return self.run_in(sys.executable, str(self.bin / "psdiff-zbx"), *words)

    def everything(self, *tops: str) -> dict[str, tuple[int, int, bytes]]:
        """All that setup might touch: mode, time of the last change, contents."""
        found = {}
        places = [
            path for top in tops or ("/etc", "/var/lib") for path in self.path(top).rglob("*")
        ]
        for path in places:
            status = path.lstat()
            contents = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (status.st_mode, status.st_mtime_ns, contents)
        return found


@contextmanager
def bare_host(folder: Path, python: str, package: Path) -> Iterator[BareHost]:
    """One that ends with the block.  Everybody can reach the interpreter and the package, and
    look into the folder."""
    for name, module in SCRIPTS.items():
        (folder / name).write_text(SCRIPT.format(python=python, path=str(package), module=module))
        (folder / name).chmod(0o755)
    line = ["unshare", "--mount", "--pid", "--fork", "sh", "-euc", BOOT]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, env=MINIMAL, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        host = BareHost(int(process.stdout.readline()), folder)
        users = f"root:x:0:0::/root:/bin/sh\nzabbix:x:{NOBODY}:{NOBODY}::/:/bin/false\n"
        host.path("/etc/passwd").write_text(users)
        try:
            yield host
        finally:
            process.stdin.close()
