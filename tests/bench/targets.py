"""What the bench is held to: ratios of medians from one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Callable, NamedTuple

from tests.bench import rows
from tests.bench.measure import Cost

SMALL, LARGE = 300, 10_000
MEGABYTE = 1e6
Results = Mapping[int, Mapping[str, Mapping[str, Cost]]]
"""By number of processes, group and row."""


class Target(NamedTuple):
    """A ratio that is at most `limit`; the ratio raises KeyError where a row was not measured."""

    name: str
    limit: float
    ratio: Callable[[Results], float]


class Verdict(NamedTuple):
    """A target and what was measured; None if it was not."""

    target: Target
    measured: float | None

    @property
    def holds(self) -> bool:
        return self.measured is not None and self.measured <= self.target.limit


def judge(results: Results) -> list[Verdict]:
    return [Verdict(target, _measured(target, results)) for target in TARGETS]


def _measured(target: Target, results: Results) -> float | None:
    try:
        return target.ratio(results)
    except KeyError:
        return None


def _wall(results: Results, number: int, row: str) -> float:
    return results[number]["rows"][row].wall


def _walls(number: int, row: str, others: Iterable[str]) -> Callable[[Results], float]:
    """The wall time of a row in proportion to that of the others together."""
    return lambda results: (
        _wall(results, number, row) / sum(_wall(results, number, other) for other in others)
    )


def _cpu(results: Results) -> float:
    small = results[SMALL]["rows"]
    return small[rows.PLUGIN].cpu / small[rows.USERPARAMETER].cpu


def _memory(results: Results) -> float:
    return results[LARGE]["rows"][rows.PLUGIN].peak / MEGABYTE


def _comparison(results: Results) -> float:
    compared = results[LARGE]["lines"][f"{LARGE:,}"].wall
    return compared / _wall(results, LARGE, rows.SNAPSHOT)


def _linear(results: Results) -> float:
    """The cost of a line among many, in proportion to that of a line among an eighth of them."""
    lines = results[LARGE]["lines"]
    return lines[f"{LARGE:,}"].wall / 8 / lines[f"{LARGE // 8:,}"].wall


TARGETS = (
    Target(
        "10,000: plugin / `proc.num`, zabbix_agentd",
        2.0,
        _walls(LARGE, rows.PLUGIN, [rows.PROC_NUM]),
    ),
    Target(
        "10,000: plugin / `proc.get`, agent 2", 0.5, _walls(LARGE, rows.PLUGIN, [rows.PROC_GET])
    ),
    Target(
        "10,000: a further key of the plugin / `agent.ping`",
        2.0,
        _walls(LARGE, rows.CACHED, [rows.PING]),
    ),
    Target("10,000: `psdiff-zbx get` / `ps`", 0.65, _walls(LARGE, rows.GET, [rows.PS])),
    Target(
        "10,000: `psdiff-zbx get` / `psdiff show`", 0.45, _walls(LARGE, rows.GET, [rows.PSDIFF])
    ),
    Target(
        "300: `psdiff-zbx get` / (`python3 -c pass` + snapshot)",
        1.6,
        _walls(SMALL, rows.GET, [rows.PASS, rows.SNAPSHOT]),
    ),
    Target("300: CPU time of the plugin / of the UserParameter", 0.25, _cpu),
    Target("10,000: peak memory of the plugin, in MB", 60, _memory),
    Target("10,000: comparison / snapshot", 0.1, _comparison),
    Target("comparison of a line among 10,000 / among 1,250", 1.5, _linear),
    Target(
        "300: `psdiff-zbx get` / the other build's",
        1.03,
        _walls(SMALL, rows.GET, [rows.OTHER_GET]),
    ),
    Target(
        "10,000: plugin / the other build's", 1.03, _walls(LARGE, rows.PLUGIN, [rows.OTHER_PLUGIN])
    ),
)
