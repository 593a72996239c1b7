"""The bench's own parts: its medians, its tables, and a crowd that leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import report, rows
from tests.bench.crowd import NAMES, daemons, running
from tests.bench.measure import Command, Cost, MeasureError, Residents, Row, measure, middle
from tests.bench.targets import LARGE, SMALL, TARGETS, Results, judge

NUMBER = 60
PATIENCE = 20.0
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
COST = Cost(0.1, 0.05, 20_000_000)


def test_each_number_has_a_median_of_its_own() -> None:
    costs = [Cost(3.0, 0.1, 10), Cost(1.0, 0.3, 30), Cost(2.0, 0.2, 20)]
    assert middle(costs) == Cost(2.0, 0.2, 20)
    assert middle([Cost(1.0, 1.0, 1), Cost(100.0, 1.0, 1), Cost(2.0, 1.0, 1)]).wall == 2.0


def test_runs_take_turns_and_the_first_is_not_counted() -> None:
    done: list[str] = []

    def row(name: str, walls: list[float]) -> Row:
        def run() -> Cost:
            done.append(name)
            return Cost(walls.pop(0), 0.0, 0)

        return Row(name, run)

    found = measure([row("a", [9.0, 1.0, 2.0, 3.0]), row("b", [9.0, 4.0, 6.0, 5.0])], rounds=3)
    assert done == ["a", "b"] * 4
    assert {name: cost.wall for name, cost in found.items()} == {"a": 2.0, "b": 5.0}


@LINUX
def test_a_command_costs_what_it_and_its_children_do() -> None:
    burn = "import sys, subprocess as s; s.run([sys.executable, '-c', 'sum(range(5_000_000))'])"
    cost = Command(sys.executable, ("-c", burn)).run()
    assert 0.02 < cost.cpu < PATIENCE
    assert cost.wall > 0.02
    assert 1e6 < cost.peak < 1e9


@LINUX
def test_a_command_that_fails_has_no_cost() -> None:
    with pytest.raises(MeasureError, match="sorry"):
        Command(sys.executable, ("-c", "raise SystemExit('sorry')")).run()


@LINUX
def test_residents_cost_what_they_do_while_they_are_asked() -> None:
    burn = "for _ in __import__('sys').stdin: sum(range(5_000_000)); print(flush=True)"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", burn]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask, answer = process.stdin, process.stdout

        def wall() -> float:
            ask.write(b"\n")
            ask.flush()
            return float(len(answer.readline()))

        cost = Residents(process.pid, "stdin").cost_of(wall)
        ask.close()
    assert (cost.wall, cost.peak > 1e6) == (1.0, True)
    assert 0.02 < cost.cpu < PATIENCE


def test_a_table_is_aligned_markdown() -> None:
    assert list(report.table(("", "ms"), [("ps", "1.5"), ("psdiff", "20")])) == [
        "|        |  ms |",
        "| ------ | --: |",
        "| ps     | 1.5 |",
        "| psdiff |  20 |",
    ]


def test_a_row_is_compared_with_ps() -> None:
    measured = {rows.PS: COST, rows.GET: Cost(0.05, 0.2, 0)}
    *_, get, ps = report.costs(measured)
    assert [cell.strip() for cell in get.split("|")[2:-1]] == ["50.0", "200", "–", "0.50"]
    assert [cell.strip() for cell in ps.split("|")[2:-1]] == ["100", "50.0", "20", "1.00"]


@pytest.fixture
def results() -> Results:
    lines = {"1,250": Cost(0.001, 0, 0), "10,000": Cost(0.008, 0, 0)}
    everything = {"rows": dict.fromkeys(report.ORDER, COST), "lines": lines}
    return {SMALL: {**everything, "rules": {}}, LARGE: {**everything, "rules": {"none": COST}}}


def test_each_limit_says_whether_it_holds(results: Results) -> None:
    verdicts = judge(results)
    assert len(verdicts) == len(TARGETS)
    assert [verdict.measured for verdict in verdicts] == [1, 1, 1, 1, 1, 0.5, 1, 20, 0.08, 1, 1, 1]
    missed = [verdict.target.limit for verdict in verdicts if not verdict.holds]
    assert missed == [0.5, 0.65, 0.45, 0.25]
    assert "8 of 12 hold." in "\n".join(report.limits(verdicts))


def test_what_was_not_measured_neither_holds_nor_is_missed(results: Results) -> None:
    without = {LARGE: {**results[LARGE], "rows": {rows.PS: COST}}}
    verdicts = judge(without)
    assert [verdict.measured for verdict in verdicts if verdict.measured is not None] == [1]
    text = "\n".join(report.limits(verdicts))
    assert "1 of 1 hold." in text
    assert "Missed" not in text


@LINUX
def test_the_report_says_what_was_left_out(results: Results) -> None:
    some = {rows.PS: COST}
    text = "\n".join(report.report({LARGE: {**results[LARGE], "rows": some}}, "3.9.2"))
    assert "Python 3.9.2" in text
    assert "psdiff is left out" in text
    assert "The plugin is left out" in text


@pytest.mark.parametrize("number", [0, 1, 2, 50, 300, 10_000])
def test_daemons_and_workers_are_as_many_as_asked_for(number: int) -> None:
    crowd = list(daemons(number))
    assert sum(1 + daemon.workers for daemon in crowd) == number
    assert len({daemon.name for daemon in crowd}) == min(NAMES, len(crowd))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where others than root can look into."""
    with tempfile.TemporaryDirectory(prefix="psdiff-zbx-crowd-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@LINUX
@pytest.mark.parametrize("ending", [None, signal.SIGTERM, signal.SIGKILL])
def test_a_crowd_runs_and_leaves_nothing_behind(
    folder: Path, ending: signal.Signals | None
) -> None:
    command = [sys.executable, "-m", "tests.bench.crowd", str(folder), str(NUMBER)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == "ready\n"
        assert running(folder) == NUMBER
        if ending is not None:
            crowd.send_signal(ending)
    deadline = time.monotonic() + PATIENCE
    while running(folder):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_size_of_a_document_is_told_for_each_daemon() -> None:
    lines = list(report.documents(['{"daemons":{"ä":1,"b":2}}']))
    assert lines[-1] == "| 2       |    26 |             13 |"
