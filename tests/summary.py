"""What a run of all parts came to: `python -m tests.summary FOLDER BEGAN`.

In: the JUnit files of the parts, and when they began (Unix time).  Out: the slowest tests, a line
for each part, and one for all of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

SLOWEST = 20
WHERE = {
    "unit": "this Python",
    "laws": "this Python, more random values than on the others",
    "agents": "real agents of Zabbix 6.0 and 7.0, the whole machine",
    "real": "real servers of Zabbix 6.0 and 7.0, booted hosts, the zoo",
}


class Test(NamedTuple):
    """One test: how many seconds it took, with its fixtures, and how it ended."""

    name: str
    seconds: float
    outcome: str


class Part(NamedTuple):
    """One run of pytest."""

    name: str
    tests: Sequence[Test]

    def number(self, outcome: str) -> int:
        return sum(test.outcome == outcome for test in self.tests)


def read(path: Path) -> Part:
    """A part from its JUnit file."""
    cases = ET.parse(path).getroot().iter("testcase")
    return Part(path.stem, [_test(case) for case in cases])


def _test(case: ET.Element) -> Test:
    name = f"{case.get('classname')}::{case.get('name')}".partition("@")[0]  # xdist's group
    kinds = {child.tag for child in case}
    bad = kinds & {"failure", "error"}
    outcome = "failed" if bad else "skipped" if "skipped" in kinds else "passed"
    return Test(name, float(case.get("time", 0)), outcome)


def summary(parts: Sequence[Part], seconds: float) -> list[str]:
    """All lines."""
    tests = sorted((test for part in parts for test in part.tests), key=lambda test: -test.seconds)
    slowest = [f"{test.seconds:6.1f} s  {test.name[:120]}" for test in tests[:SLOWEST]]
    rows = [f"{part.name:<12}{_numbers(part)}  {_where(part.name)}" for part in parts]
    total = f"total: {_numbers(Part('', tests))}"
    return [f"the slowest {len(slowest)} tests:", *slowest, "", *rows, _took(seconds), total]


def _numbers(part: Part) -> str:
    skipped = part.number("skipped")
    more = f", {skipped} skipped" if skipped else ""
    return f"{part.number('passed')} passed, {part.number('failed')} failed{more}"


def _where(name: str) -> str:
    version = name.removeprefix("live")
    others = f"Python {version}, live processes" if version != name else None
    return WHERE.get(name) or others or name.replace("python", "Python ")


def _took(seconds: float) -> str:
    return f"all of it took {int(seconds // 60)} min {int(seconds % 60)} s"


def main(arguments: Iterable[str]) -> None:
    folder, began = arguments
    parts = [read(path) for path in sorted(Path(folder).glob("*.xml"))]
    print("\n".join(summary(parts, time.time() - float(began))))


if __name__ == "__main__":
    main(sys.argv[1:])
