"""What is measured inside a Python process: `python -m tests.bench.inside JOB [ARGUMENT…]`.

Does the job once for each line of its standard input, and answers with its wall and CPU time.
`Inside` is the other end.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Callable, Optional

from psdiff_zbx.core.cache import new_memory
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Line, Tree
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.this_host import Host
from tests.bench.measure import Cost, MeasureError, peak

Job = Callable[[], object]
PSUTIL = ["name", "cmdline", "username", "ppid", "create_time"]


def look(baseline: str, config: Optional[str] = None) -> Job:
    """A whole look at the host, with its configuration and baseline read anew."""
    if config is None:
        return lambda: Monitor(None, Path(baseline)).check().look()
    own, written = Path(config), Path(f"{config}.baseline")
    # Under these rules, else it is read through them each time.
    BaselineEditor(Monitor(own, written)).write()
    return lambda: Monitor(own, written).check().look()


def again(baseline: str) -> Job:
    """A further look, by one who has read them before."""
    return Monitor(None, Path(baseline), memory=new_memory()).check().look


def snapshot() -> Job:
    """The processes as they are read, less secrets, before anything is made of them."""
    return Host().processes


def comparison(number: str) -> Job:
    """So many lines of the tree with themselves, as a baseline holds them."""
    current = Host().tree()[: int(number)]
    expected: Tree = tuple(Line(*line[:3]) for line in current)
    return lambda: compare(expected, current)


def psutil() -> Job:
    """The same of each process, through psutil."""
    from psutil import process_iter

    return lambda: list(process_iter(PSUTIL))


JOBS: dict[str, Callable[..., Job]] = {
    job.__name__: job for job in (look, again, snapshot, comparison, psutil)
}


def main(name: str, *arguments: str) -> None:
    """Say "ready", and then the cost of each run."""
    job = JOBS[name](*arguments)
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        job()
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)


@dataclass
class Inside:
    """A process that does a job, from `with` to the end of the block."""

    python: str
    command: tuple[str, ...]

    def __enter__(self) -> Inside:
        """Returns when the process can begin."""
        pipe = subprocess.PIPE
        command = [self.python, "-m", __name__, *self.command]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self._line()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self) -> Cost:
        """Do it once."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        wall, cpu = map(float, self._line().split())
        return Cost(wall, cpu, peak(self._process.pid))

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise MeasureError(f"{' '.join(self.command)}: ended by itself")
        return line


if __name__ == "__main__":
    main(*sys.argv[1:])
