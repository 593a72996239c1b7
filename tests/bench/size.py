"""One crowd and all that is measured beside it: `python -m tests.bench.size FOLDER NUMBER`.

Runs as the init of a pid namespace: only the crowd and what is measured can be seen there, and
nothing outlives it.  Writes the costs to FOLDER/NUMBER/costs.json.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.inside import Inside
from tests.bench.measure import Command, Cost, MeasureError, Row, measure
from tests.bench.rows import Place, rows
from tests.zabbix.agents import AgentError
from tests.zabbix.packages import PEERS, prefix

Costs = dict[str, Cost]
# Beyond the time for which the plugin remembers.
PAUSE = 1.1
LINES = (1_250, 2_500, 5_000, 10_000)
RULES = ((0, "prefix"), (100, "prefix"), (1_000, "prefix"), (100, "regex"), (1_000, "regex"))
FORMS = {"prefix": 'match = "/opt/nothing/{}/"', "regex": 'regex = "^/opt/nothing/({}|x)/"'}
VENV = "venv"
DOCUMENT = "document.json"


def main(outer: Path, number: int) -> None:
    """Measure three groups, each interleaved in itself."""
    folder = outer / str(number)
    folder.mkdir()
    other = os.environ.get("OTHER")
    program = outer / VENV / "bin" / "psdiff-zbx"
    place = Place(folder, program, prefix(PEERS), Path(other) if other else None)
    rounds = 7 if number > 5_000 else 9
    with _crowd(folder / "crowd", number):
        with ExitStack() as stack:
            costs = {"rows": measure(list(rows(place, stack)), rounds, PAUSE)}
        answer = Command(str(program), ("--baseline", str(place.baseline), "get")).answer()[1]
        (folder / DOCUMENT).write_text(answer, encoding="utf-8")
        with ExitStack() as stack:
            costs["lines"] = measure(list(_comparisons(place, number, stack)), rounds)
        with ExitStack() as stack:
            costs["rules"] = measure(list(_rules(place, stack)), rounds)
    (folder / "costs.json").write_text(json.dumps(costs))


def read(outer: Path, number: int) -> dict[str, Costs]:
    """What `main` has written: by group and row."""
    groups = json.loads((outer / str(number) / "costs.json").read_text())
    return {
        group: {name: Cost(*cost) for name, cost in costs.items()}
        for group, costs in groups.items()
    }


def read_document(outer: Path, number: int) -> str:
    """The document of that crowd."""
    return (outer / str(number) / DOCUMENT).read_text(encoding="utf-8")


@contextmanager
def _crowd(folder: Path, number: int) -> Iterator[None]:
    folder.mkdir()
    command = [sys.executable, "-m", "tests.bench.crowd", str(folder), str(number)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as crowd:
        assert crowd.stdout is not None
        if crowd.stdout.readline() != "ready\n":
            raise MeasureError("the crowd does not run")
        yield


def _comparisons(place: Place, number: int, stack: ExitStack) -> Iterator[Row]:
    for lines in LINES:
        if lines <= number:
            job = Inside(place.python, ("comparison", str(lines)))
            yield Row(f"{lines:,}", stack.enter_context(job).run)


def _rules(place: Place, stack: ExitStack) -> Iterator[Row]:
    for number, form in RULES:
        path = place.folder / f"{form}{number}.toml"
        rule = f'[[rule]]\n{FORMS[form]}\nignore = "self"\nreason = "for the bench"\n'
        path.write_text("".join(rule.format(n) for n in range(number)))
        job = Inside(place.python, ("look", str(place.baseline), str(path)))
        yield Row(f"{number:,} {form}" if number else "none", stack.enter_context(job).run)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except (AgentError, MeasureError) as error:
        sys.exit(str(error))
