"""Who runs on a host of the zoo at rest: each program is counted, or else a rule says why not.

In: a booted host with a baseline.  Out: a row for each process, and the main processes of its
enabled services among those that are not counted.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from psdiff_zbx.core.rules.program import program_name
from tests.zoo.host import Host

COUNTED = "counted"
# Of the psdiff-zbx that is installed there: the number of each shipped rule, and its reason.
REASONS = (
    "import json; from psdiff_zbx.core.rules.shipped import ROWS; "
    "print(json.dumps({row[1]: row[4] for row in ROWS}))"
)
ENABLED = {"enabled", "enabled-runtime", "generated", "indirect"}
# They are started at boot and end when their work is done.
JOBS = {"anacron.service"}


class Seen(NamedTuple):
    """One process, and the reason why it is not counted, or else COUNTED."""

    pid: int
    program: str
    why: str


def census(host: Host) -> list[Seen]:
    """Everybody, in the order of the tree."""
    reasons = json.loads(host.run("/opt/psdiff-zbx/bin/python", "-c", REASONS))
    _, *rows = host.run("psdiff-zbx", "explain", "--all").splitlines()
    return [_seen(reasons, *re.split(r"\s{2,}", row.strip(), maxsplit=4)) for row in rows]


def _seen(
    reasons: dict[str, str], pid: str, _: str, verdict: str, rules: str, command: str
) -> Seen:
    """One row: its rules end with the one that decided."""
    numbers = re.findall(r"shipped (\d+)", rules)
    known = reasons[numbers[-1]] if numbers else verdict
    return Seen(int(pid), program_name(command), known if verdict == "ignored" else COUNTED)


def table(people: Iterable[Seen]) -> list[str]:
    """A line for each reason, with the programs and how many of each there are."""
    groups: dict[str, Counter[str]] = {}
    for each in people:
        groups.setdefault(each.why, Counter())[each.program] += 1
    return [
        f"  {why}: " + ", ".join(f"{name} {count}" for name, count in sorted(programs.items()))
        for why, programs in groups.items()
    ]


def hidden(host: Host, people: Iterable[Seen]) -> list[str]:
    """The enabled services whose main process is not counted, though it is a daemon's."""
    units = _main_processes(host)
    silent = [each for each in people if each.why != COUNTED and each.pid in units]
    return [f"{units[each.pid]}: {each.why}" for each in silent if _is_daemon(host, each.pid)]


def _is_daemon(host: Host, pid: int) -> bool:
    """Whether psdiff-zbx itself says so, or knows nothing of its kind."""
    kind = re.search(r"^kind +(\S+):", host.run("psdiff-zbx", "explain", str(pid)), re.MULTILINE)
    return kind is None or kind[1] == "daemon"


def _main_processes(host: Host) -> dict[int, str]:
    """The enabled services that run, by the pid of their main process."""
    ask = ("systemctl", "show", "--property=Id,MainPID,UnitFileState", "*.service")
    parts = host.run(*ask).strip().split("\n\n")
    units = [dict(line.split("=", 1) for line in part.splitlines()) for part in parts]
    daemons = [unit for unit in units if unit["UnitFileState"] in ENABLED]
    return {int(unit["MainPID"]): unit["Id"] for unit in daemons if unit["Id"] not in JOBS}
