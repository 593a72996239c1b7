"""Zabbix's database on a PostgreSQL of its own, reached through a socket file only.

In: a version and a folder.  Out: a running PostgreSQL there, with Zabbix's schema and data.
Loading takes a while, so the loaded cluster is kept in the cache and copied from then on.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import zlib
from pathlib import Path

from tests.zabbix import packages
from tests.zabbix.cache import CACHE, kept
from tests.zabbix.packages import PROGRAMS, STACKS, USER, library_path, prefix
from tests.zabbix.server_daemon import Daemon, ServerError

DATABASE = "postgres"  # the one that is there from the beginning
PORT = 5432  # only a part of the socket's name
SOCKET = f".s.PGSQL.{PORT}"
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "jit=off",
    "log_timezone=UTC",
    "timezone=UTC",
)
INITDB = ("--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "--no-sync")
# The host that Zabbix comes with would ask whatever listens on port 10050 of this machine.
CHANGES = "UPDATE hosts SET status = 1 WHERE host = 'Zabbix server';\nANALYZE;\n"


def database(version: str, folder: Path) -> Daemon:
    """PostgreSQL over a fresh copy of Zabbix's database; not started yet."""
    packages._run("cp", "--archive", "--reflink=auto", f"{template(version)}", f"{folder}/data")
    return _postgres(version, folder)


def wait_for(daemon: Daemon, folder: Path) -> None:
    """Wait until PostgreSQL in `folder` lets us in; ServerError if it does not."""
    command = [*_client(daemon, folder), "--command=SELECT 1"]
    quiet = subprocess.DEVNULL
    daemon.wait_until(
        lambda: (
            (folder / SOCKET).exists()
            and subprocess.run(
                command, env=daemon.env, stdin=quiet, stdout=quiet, stderr=quiet, check=False
            ).returncode
            == 0
        )
    )


def template(version: str) -> Path:
    """The loaded cluster of `version`, made on first use."""
    sources = (str(prefix(PROGRAMS[version])), str(prefix(STACKS[version])), INITDB, CHANGES)
    name = f"cluster-{version}-{zlib.crc32(repr(sources).encode()):08x}"
    return kept(CACHE / name, lambda folder: _load(version, folder)) / "data"


def _load(version: str, folder: Path) -> None:
    """A new cluster with Zabbix's database, in folder/data; PostgreSQL is down again after."""
    stack = prefix(STACKS[version])
    programs = _programs(stack)
    shutil.chown(folder, USER, USER)
    env = {**os.environ, "LD_LIBRARY_PATH": library_path(stack)}
    _feed((f"{programs}/initdb", *INITDB, "--pgdata", f"{folder}/data"), b"", env)
    with _postgres(version, folder) as running:
        wait_for(running, folder)
        _feed(_client(running, folder), _sql(version), running.env)
    code = running.status()
    if code:
        raise running.failed(f"ended with status {code}")


def _sql(version: str) -> bytes:
    """Everything to be run once in an empty database."""
    folder = prefix(PROGRAMS[version]) / "usr/share/zabbix-server-pgsql"
    names = ("schema", "images", "data")
    parts = [gzip.decompress((folder / f"{name}.sql.gz").read_bytes()) for name in names]
    return b"\n".join([*parts, CHANGES.encode()])


def _feed(command: tuple[str, ...], text: bytes, env: dict[str, str]) -> None:
    """Run `command` as user zabbix on `text`; ServerError with its last line if it fails."""
    done = subprocess.run(
        command,
        user=USER,
        group=USER,
        extra_groups=[],
        env=env,
        cwd="/",
        input=text,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ServerError(f"{command[0]}: {last}")


def _postgres(version: str, folder: Path) -> Daemon:
    stack = prefix(STACKS[version])
    command = [f"{_programs(stack)}/postgres", "-D", f"{folder}/data", "-k", str(folder)]
    for setting in SETTINGS:
        command += ["-c", setting]
    env = {"LD_LIBRARY_PATH": library_path(stack)}
    return Daemon(tuple(command), folder / "postgres.log", env, end=signal.SIGINT)


def _client(daemon: Daemon, folder: Path) -> tuple[str, ...]:
    psql = Path(daemon.command[0]).with_name("psql")
    stop = ("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse")
    options = ("--no-psqlrc", "--quiet", *stop, "--username", USER)
    return (str(psql), *options, "--host", str(folder), "--port", str(PORT), DATABASE)


def _programs(stack: Path) -> Path:
    return next(stack.glob("usr/lib/postgresql/*/bin"))
