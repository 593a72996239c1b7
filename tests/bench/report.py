"""The costs as text that is Markdown too."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench import rows
from tests.bench.measure import Cost
from tests.bench.targets import MEGABYTE, Results, Verdict, judge

ORDER = (
    rows.PLUGIN,
    rows.OTHER_PLUGIN,
    rows.CACHED,
    rows.USERPARAMETER,
    rows.GET,
    rows.OTHER_GET,
    rows.LOOK,
    rows.AGAIN,
    rows.SNAPSHOT,
    rows.PASS,
    rows.PS,
    rows.CHECK_PROCS,
    rows.PSDIFF,
    rows.PSUTIL,
    rows.PING,
    rows.PROC_NUM,
    rows.PROC_GET,
    rows.EXPORTER,
)
UNKNOWN = "–"


def report(results: Results, python: str) -> Iterator[str]:
    """Lines: when and where, a table for each crowd, what is held to, how the cost grows."""
    yield f"{time.strftime('%Y-%m-%d')}, {machine()}, Python {python}"
    for number, groups in results.items():
        yield f"\n## {number:,} processes\n"
        yield from costs(groups["rows"])
    yield "\n## Limits\n"
    yield from limits(judge(results))
    yield "\n## Growth: µs of wall time for each process\n"
    yield from growth(results)
    yield "\n## Growth: lines compared with as many lines, in process\n"
    yield from comparisons(results)
    yield "\n## Growth: ms of a first look, in process, with own rules\n"
    yield from rules(results)
    yield from left_out(results)


def machine() -> str:
    """What kind of machine this is, without its name."""
    info = Path("/proc/cpuinfo").read_text()
    facts = dict(line.split(":", 1) for line in info.replace("\t", "").splitlines() if ":" in line)
    model = facts.get("model name", platform.machine()).strip()
    clock = f" at {float(facts['cpu MHz']):.0f} MHz" if "cpu MHz" in facts else ""
    kernel = platform.release().partition("-")[0]
    return f"{os.cpu_count()} × {model}{clock}, Linux {kernel}"


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    """Aligned: words to the left, all other columns to the right."""
    cells = [list(head), *map(list, body)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    rule = ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    for first, *others in [cells[0], rule, *cells[1:]]:
        right = [cell.rjust(width) for cell, width in zip(others, widths[1:])]
        yield "| " + " | ".join([first.ljust(widths[0]), *right]) + " |"


def costs(measured: Mapping[str, Cost]) -> Iterator[str]:
    """One row for each; how its wall time compares with that of ps, which everyone knows."""
    reference = measured[rows.PS].wall
    head = ("", "wall, ms", "CPU, ms", "peak, MB", "wall / ps")
    yield from table(
        head,
        (
            (name, _ms(cost.wall), _ms(cost.cpu), _mb(cost.peak), f"{cost.wall / reference:.2f}")
            for name, cost in ((name, measured[name]) for name in ORDER if name in measured)
        ),
    )


def limits(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One row for each target, and in words how many are missed."""
    words = {None: UNKNOWN, True: "yes", False: "NO"}
    yield from table(
        ("", "at most", "measured", "holds"),
        (
            (
                verdict.target.name,
                f"{verdict.target.limit:g}",
                UNKNOWN if verdict.measured is None else f"{verdict.measured:.2f}",
                words[None if verdict.measured is None else verdict.holds],
            )
            for verdict in verdicts
        ),
    )
    measured = [verdict for verdict in verdicts if verdict.measured is not None]
    missed = [verdict.target.name for verdict in measured if not verdict.holds]
    yield f"\n{len(measured) - len(missed)} of {len(measured)} hold." + "".join(
        f"\nMissed: {name}." for name in missed
    )


def growth(results: Results) -> Iterator[str]:
    numbers = list(results)
    present = [name for name in ORDER if all(name in results[n]["rows"] for n in numbers)]
    yield from table(
        ("", *(f"{number:,}" for number in numbers)),
        (
            (name, *(f"{results[n]['rows'][name].wall / n * 1e6:.1f}" for n in numbers))
            for name in present
        ),
    )


def comparisons(results: Results) -> Iterator[str]:
    found = results[max(results)]["lines"]
    numbers = {name: int(name.replace(",", "")) for name in found}
    yield from table(
        ("lines", "ms", "µs a line"),
        (
            (name, f"{cost.wall * 1e3:.2f}", f"{cost.wall / numbers[name] * 1e6:.2f}")
            for name, cost in found.items()
        ),
    )


def rules(results: Results) -> Iterator[str]:
    names = list(results[max(results)]["rules"])
    yield from table(
        ("rules", *(f"{number:,} processes" for number in results)),
        (
            (name, *(_ms(groups["rules"][name].wall) for groups in results.values()))
            for name in names
        ),
    )


def documents(texts: Iterable[str]) -> Iterator[str]:
    """How large the agents' answers are: bytes, and bytes for each daemon in them."""
    yield "\n## Document\n"
    rows = [(len(json.loads(text)["daemons"]), len(text.encode())) for text in texts]
    yield from table(
        ("daemons", "bytes", "bytes a daemon"),
        ((f"{number:,}", f"{size:,}", f"{size / number:.0f}") for number, size in rows),
    )


def left_out(results: Results) -> Iterator[str]:
    """What was not measured, and why."""
    measured = results[max(results)]["rows"]
    if rows.PSDIFF not in measured:
        yield "\npsdiff is left out: PSDIFF does not name its script."
    if rows.OTHER_GET not in measured:
        yield "\nAnother build is left out: OTHER does not name its psdiff-zbx."
    if rows.PLUGIN not in measured:
        yield f"\nThe plugin is left out: there is no {rows.PLUGIN_PROGRAM}."


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f}" if seconds < 0.1 else f"{seconds * 1e3:.0f}"


def _mb(size: int) -> str:
    return f"{size / MEGABYTE:.0f}" if size else UNKNOWN
