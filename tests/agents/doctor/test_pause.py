"""What the doctor says of a pause."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import List

import pytest

from psdiff_zbx.agents.doctor.document import Answer
from psdiff_zbx.agents.doctor.findings import WARNING, WRONG, Finding
from psdiff_zbx.agents.doctor.pause import check_pause
from psdiff_zbx.agents.run_as import Account
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.pause_file import pause_path, read_pause
from psdiff_zbx.host.pauses import Pauses
from tests.files import write

ZABBIX = Account("zabbix", os.geteuid(), (), ())
BASELINE = "root  {user=root}\n  INIT  {user=root}\n"


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    return write(tmp_path / "baseline", BASELINE)


def findings(baseline: Path, answer: Answer) -> List[Finding]:
    return list(check_pause(Monitor(baseline_path=baseline), ZABBIX, answer))


def test_nobody_has_paused(baseline: Path) -> None:
    assert findings(baseline, Answer(0.1)) == []


def test_a_pause_is_named(baseline: Path) -> None:
    text = Pauses(baseline).begin(3600, "new kernel")
    pause = read_pause(baseline)
    assert pause is not None
    named = [Finding("pause", WARNING, text, "'psdiff-zbx pause --end' ends it")]
    assert findings(baseline, Answer(0.1, paused=pause.until)) == named
    assert findings(baseline, Answer(0.1, error="no baseline")) == named


def test_a_pause_that_the_agents_user_does_not_see(baseline: Path) -> None:
    text = Pauses(baseline).begin(3600, "")
    (found,) = findings(baseline, Answer(0.1))
    assert found[:3] == ("pause", WRONG, f"{text}, but zabbix does not see that")
    assert found.remedy.startswith("'chmod go+rX ")


def test_a_pause_that_does_not_count(baseline: Path) -> None:
    path = write(pause_path(baseline), f'{{"until": {int(time.time()) + 60}}}')
    assert findings(baseline, Answer(0.1)) == [
        Finding(
            "pause",
            WRONG,
            f"{path} is no pause, so nothing is paused",
            "'psdiff-zbx pause --end' removes it",
        )
    ]
