"""What a server uses: CPU time of its processes by kind, and rows and bytes of its tables.

Zabbix's processes say in their titles what they are:
`…/zabbix_server: history syncer #1 [processed 12 values, 8 triggers in 0.01 sec, idle 1 sec]`
"""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import TICKS
from tests.zabbix.packages import STACKS, USER, library_path, prefix
from tests.zabbix.server import Server
from tests.zabbix.server_database import DATABASE, PORT

KIND = re.compile(r"zabbix_server: ([a-z ]+?) #\d+")
POSTGRES = "PostgreSQL"
TABLES = ("history", "history_uint", "history_str", "history_text", "history_log")
_SIZE = "(SELECT pg_total_relation_size('{0}'))"
_COUNT = "(SELECT count(*) FROM {0})"
# The bench's own host, whose items are the server's queues.
OWN = "queues"
_ROWS_OF_OWN = (
    "(SELECT count(*) FROM history_uint JOIN items USING (itemid) JOIN hosts USING (hostid)"
    f" WHERE host = '{OWN}')"
)


class Sizes(NamedTuple):
    """Rows and bytes, with indexes and what is kept beside them, of all histories."""

    rows: int
    bytes: int


def cpu(server: Server) -> dict[str, float]:
    """Seconds of CPU time so far, by kind of process."""
    zabbix, postgres = (
        (server.folder / name).read_text().split()[0]
        for name in ("server.pid", "data/postmaster.pid")
    )
    found: dict[str, float] = defaultdict(float)
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                seconds = (int(fields[11]) + int(fields[12])) / TICKS
                if postgres in (fields[1], folder.name):
                    found[POSTGRES] += seconds
                elif zabbix == fields[1]:
                    found[_kind(folder)] += seconds
    return found


def _kind(folder: Path) -> str:
    title = (folder / "cmdline").read_text(errors="replace")
    found = KIND.search(title)
    return found[1] if found else "others"


def query(server: Server, sql: str) -> list[list[str]]:
    """The rows of an answer, each a list of texts."""
    stack = prefix(STACKS[server.version])
    psql = next(stack.glob("usr/lib/postgresql/*/bin/psql"))
    options = ("-X", "-q", "-A", "-t", "-F", "\t", "-U", USER, "-h", f"{server.folder}")
    done = subprocess.run(
        [str(psql), *options, "-p", str(PORT), "-d", DATABASE, "-c", sql],
        env={"LD_LIBRARY_PATH": library_path(stack)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split("\t") for line in done.stdout.splitlines()]


def sizes(server: Server) -> Sizes:
    """How large the tables with values are now."""
    rows = " + ".join(_COUNT.format(table) for table in TABLES)
    size = " + ".join(_SIZE.format(table) for table in TABLES)
    ((number, total),) = query(server, f"SELECT {rows} - {_ROWS_OF_OWN}, {size}")
    return Sizes(int(number), int(total))
