"""What something costs: wall time, CPU time and peak memory, medians of interleaved runs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Callable, NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
# Some are not quite done when they have answered.
REST = 0.05


class Cost(NamedTuple):
    """Seconds and bytes; a peak of 0 is one that nobody can tell."""

    wall: float
    cpu: float
    peak: int


class Row(NamedTuple):
    """Something that can be done again and again."""

    name: str
    run: Callable[[], Cost]


class MeasureError(Exception):
    """A run that failed, so that its time says nothing."""


def measure(rows: Iterable[Row], rounds: int, pause: float = 0.0) -> dict[str, Cost]:
    """The median cost of each row: a disturbance of the machine meets all alike.

    The first round is not counted.  Before each, caches have `pause` seconds to run out.
    """
    found: dict[str, list[Cost]] = {row.name: [] for row in rows}
    for _ in range(rounds + 1):
        time.sleep(pause)
        for row in rows:
            time.sleep(REST)
            found[row.name].append(row.run())
    return {name: middle(costs[1:]) for name, costs in found.items()}


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each number by itself."""
    walls, cpus, peaks = zip(*costs)
    return Cost(median(walls), median(cpus), int(median(peaks)))


@dataclass(frozen=True)
class Command:
    """A whole command with its children, from its start to its end.

    `name` is its argv[0], where that is not the path of the program.
    """

    path: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": os.defpath})
    name: str = ""
    codes: tuple[int, ...] = (0,)

    def run(self) -> Cost:
        return self.answer()[0]._replace(peak=self.peak)

    def answer(self) -> tuple[Cost, str]:
        """The cost, and what was printed.  Raises MeasureError if it fails."""
        with tempfile.TemporaryFile() as output:
            began = time.perf_counter()
            _, status, usage = os.wait4(self._start(output.fileno()), 0)
            wall = time.perf_counter() - began
            output.seek(0)
            text = output.read().decode(errors="replace")
        if os.waitstatus_to_exitcode(status) not in self.codes or "ZBX_NOTSUPPORTED" in text:
            raise MeasureError(f"{self.path} {' '.join(self.arguments)}: {text[:300]}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, 0), text

    @cached_property
    def peak(self) -> int:
        """Of a run of its own, without its children.

        Watched, for ru_maxrss is never less than what the parent had: getrusage(2), BUGS.
        """
        with tempfile.TemporaryFile() as output:
            pid, found = self._start(output.fileno()), 0
            while os.waitpid(pid, os.WNOHANG) == (0, 0):
                found = max(found, peak(pid))
        return found

    def _start(self, output: int) -> int:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
        ]
        command = [self.name or self.path, *self.arguments]
        return os.posix_spawn(self.path, command, self.environment, file_actions=actions)


@dataclass(frozen=True)
class Residents:
    """Processes that stay: a session.  Their peak is that of the biggest with `word` in its
    command line; None: those who do the work do not stay."""

    session: int
    word: str | None = ""

    def cost_of(self, ask: Callable[[], float]) -> Cost:
        """The wall time that `ask` tells, and the CPU time that the residents took for it."""
        before = self._cpu()
        wall = ask()
        return Cost(wall, self._cpu() - before, self.peak())

    def peak(self) -> int:
        if self.word is None:
            return 0
        word = self.word.encode()
        return max((peak(pid) for pid in self._pids() if word in _read(pid, "cmdline")), default=0)

    def _cpu(self) -> float:
        return sum(_cpu(pid) for pid in self._pids())

    def _pids(self) -> list[int]:
        return [pid for pid in _all_pids() if _is_in(pid, self.session)]


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _is_in(pid: int, session: int) -> bool:
    try:
        return os.getsid(pid) == session
    except ProcessLookupError:
        return False


def _cpu(pid: int) -> float:
    """Of a process and of its children that have ended.  One that has gone meanwhile is such a
    child itself."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
        # The clock of another process, as clock_getcpuclockid(3) makes it: precise, while stat
        # counts ticks of 10 ms.
        own = time.clock_gettime((~pid << 3) | 2)
        return own + (int(fields[13]) + int(fields[14])) / TICKS
    return 0.0


def peak(pid: int) -> int:
    """The most memory that a process ever had."""
    for line in _read(pid, "status").splitlines():
        if line.startswith(b"VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(pid: int, name: str) -> bytes:
    """Nothing, if the process has gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
