"""The lines at the end of `make test`."""

from __future__ import annotations

from pathlib import Path

from tests.summary import read, summary

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.a" name="quick" time="0.1"/>
<testcase classname="tests.a" name="slow@group" time="61.5"><skipped/></testcase>
<testcase classname="tests.b" name="bad" time="2"><failure/></testcase>
<testcase classname="tests.b" name="worse" time="1"><error/></testcase>
</testsuite></testsuites>"""


def test_a_line_for_each_part_and_the_slowest_first(tmp_path: Path) -> None:
    for name in ("unit", "python3.9", "live3.9"):
        (tmp_path / f"{name}.xml").write_text(JUNIT)
    parts = [read(tmp_path / f"{name}.xml") for name in ("live3.9", "python3.9", "unit")]
    lines = summary(parts, 125)
    assert lines[:3] == [
        "the slowest 12 tests:",
        "  61.5 s  tests.a::slow",
        "  61.5 s  tests.a::slow",
    ]
    assert lines[-5:] == [
        "live3.9     1 passed, 2 failed, 1 skipped  Python 3.9, live processes",
        "python3.9   1 passed, 2 failed, 1 skipped  Python 3.9",
        "unit        1 passed, 2 failed, 1 skipped  this Python",
        "all of it took 2 min 5 s",
        "total: 3 passed, 6 failed, 3 skipped",
    ]
