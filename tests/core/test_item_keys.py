"""The table of item keys, and how each is answered."""

from __future__ import annotations

import json
from typing import Dict, Tuple

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.core.agent_config import userparameters
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.item_keys import METRICS
from psdiff_zbx.core.model import UnknownDaemonError
from tests.builders import state, tree

LOOK = state(compare(tree("/usr/sbin/cron -f\nnginx"), tree("nginx\nx")))
BY_KEY = {metric.key: metric for metric in METRICS}
ANSWERS: Dict[str, Tuple[str, str]] = {
    "psdiff.count": ("cron-45c3353f", "0"),
    "psdiff.missing": ("", "-     /usr/sbin/cron -f  {user=root}"),
    "psdiff.extra": ("", "+     x  {user=root}"),
}


@pytest.mark.parametrize("key", ANSWERS)
def test_a_key_is_answered(key: str) -> None:
    parameter, expected = ANSWERS[key]
    answer = BY_KEY[key].answer
    assert answer is not None
    assert answer(LOOK, parameter) == expected


@pytest.mark.parametrize("key", ["psdiff.get", "psdiff.discovery"])
def test_a_key_is_answered_with_json(key: str) -> None:
    answer = BY_KEY[key].answer
    assert answer is not None
    found = json.loads(answer(LOOK, ""))
    rows = found["discovery"] if key == "psdiff.get" else found
    assert [row["{#PSDIFF.CMDLINE}"] for row in rows] == ["/usr/sbin/cron -f", "nginx"]


def test_the_version_needs_no_look_at_the_host() -> None:
    assert BY_KEY["psdiff.version"].answer is None
    assert BY_KEY["psdiff.version"].constant == __version__


def test_an_id_that_is_none_is_an_error() -> None:
    answer = BY_KEY["psdiff.count"].answer
    assert answer is not None
    with pytest.raises(UnknownDaemonError):
        answer(LOOK, "$1")


def test_the_keys_are_those_of_the_documentation() -> None:
    assert [metric.full_key for metric in METRICS] == [
        "psdiff.get",
        "psdiff.discovery",
        "psdiff.count[ID]",
        "psdiff.missing",
        "psdiff.extra",
        "psdiff.version",
    ]
    assert all(metric.title for metric in METRICS)


def test_the_agents_file_runs_the_program_for_each_key() -> None:
    rows = userparameters("/usr/bin/psdiff-zbx").split("\n")
    assert rows[-1] == ""
    assert [row for row in rows[:-1] if not row.startswith("#")] == [
        "UserParameter=psdiff.get,/usr/bin/psdiff-zbx get",
        "UserParameter=psdiff.discovery,/usr/bin/psdiff-zbx discover",
        'UserParameter=psdiff.count[*],/usr/bin/psdiff-zbx count -- "$1"',
        "UserParameter=psdiff.missing,/usr/bin/psdiff-zbx missing",
        "UserParameter=psdiff.extra,/usr/bin/psdiff-zbx extra",
        "UserParameter=psdiff.version,/usr/bin/psdiff-zbx version",
    ]
