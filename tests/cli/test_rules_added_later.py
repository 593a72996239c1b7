"""An ignore that is added later: for a daemon of the baseline it raises no alarm, and it hides no
death."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

import pytest

from psdiff_zbx.core.model import DAEMON, JOB, Unit
from psdiff_zbx.core.rules.explain_text import quoted
from tests.builders import process
from tests.cli.replay import Replay

CMDLINE = "/opt/shop/bin/shop --port 80"
CGROUP = "/system.slice/shop.service"
# The second is a child of the first.
DAEMONS = [
    process(7, CMDLINE, cgroup=CGROUP, unit=Unit("shop.service", DAEMON)),
    process(8, "/opt/shop/bin/child", 7, cgroup=CGROUP, unit=Unit("shop.service", DAEMON)),
]
CONDITIONS: Mapping[str, str] = {
    "cgroup": "/system.slice/shop*",
    "unit": "shop.service",
    "name": "shop",
    "program": "shop",
    "user": "root",
    "match": "/opt/shop/",
    "contains": "--port",
    "regex": "^/opt/shop/bin/",
    "kind": DAEMON,
}


@pytest.fixture
def host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Replay:
    made = Replay(tmp_path, capsys)
    assert made.say(DAEMONS, "write", "--all").code == 0
    return made


@pytest.mark.parametrize("scope", ["self", "subtree", "children"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_raises_no_alarm_and_hides_no_death(host: Replay, condition: str, scope: str) -> None:
    row = f"[[rule]]\n{condition} = {quoted(CONDITIONS[condition])}\nignore = '{scope}'\n"
    host.configure(row)
    assert host.differences(DAEMONS) == []
    assert host.differences(DAEMONS[1:]) == [f"- {CMDLINE}"]
    assert host.differences([]) == [f"- {CMDLINE}", "- /opt/shop/bin/child"]


def test_a_unit_that_becomes_a_job_raises_none_either(host: Replay) -> None:
    """A timer was added for it: by the shipped rules it is ignored from now on."""
    jobs = [each._replace(unit=Unit("shop.service", JOB)) for each in DAEMONS]
    assert host.differences(jobs) == []
    assert len(host.differences([])) == 2


def test_what_nobody_expects_is_ignored_by_it(host: Replay) -> None:
    stranger = process(9, "/opt/shop/bin/other", cgroup=CGROUP)
    assert len(host.differences([*DAEMONS, stranger])) == 1
    host.configure(f"[[rule]]\ncgroup = '{CGROUP}'\nignore = 'self'\n")
    assert host.differences([*DAEMONS, stranger]) == []
