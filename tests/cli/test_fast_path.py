"""The short way takes a command line apart as argparse does, or leaves it to argparse."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.cli import fast_path
from psdiff_zbx.cli.parser import parse_arguments
from psdiff_zbx.core.agent_config import userparameters
from psdiff_zbx.core.item_keys import METRICS, Metric

FIELDS = ("command", "config", "baseline", "snapshot", "min_age", "roles")
WORDS = st.sampled_from(
    [
        "get",
        "count",
        "version",
        "show",
        "--",
        "cron-1a2b3c4d",
        "--baseline",
        "--config",
        "-x",
        "a b",
    ]
)


def agrees(argv: List[str]) -> bool:
    """Whether it is taken apart, and then as argparse does it."""
    found = fast_path.parse_quickly(argv)
    if found is None:
        return False
    slowly = parse_arguments(argv)
    assert [getattr(found, name) for name in FIELDS] == [getattr(slowly, name) for name in FIELDS]
    assert found.id == getattr(slowly, "id", "")
    return True


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_what_the_userparameter_file_runs_is_taken_apart(metric: Metric) -> None:
    rows = userparameters("psdiff-zbx").splitlines()
    (row,) = [row for row in rows if row.startswith(f"UserParameter={metric.key}")]
    words = row.partition(",psdiff-zbx ")[2].replace('"$1"', "cron-1a2b3c4d").split()
    assert agrees(words)
    assert agrees(["--baseline", "/tmp/b", *words])
    assert agrees(["--config", "/tmp/c", "--baseline", "/tmp/b", *words])
    assert agrees(["--baseline", "/tmp/b", "--baseline", "/tmp/r", "--baseline", "/tmp/s", *words])


@pytest.mark.parametrize(
    "argv",
    [
        ["--baseline", "/b", "--baseline", "/r", "show", "--baseline", "/s"],
        ["--baseline=/b", "get", "--baseline=/r", "--baseline=/s"],
    ],
)
def test_the_first_of_several_baselines_is_the_hosts_own(argv: List[str]) -> None:
    found = parse_arguments(argv)
    assert (found.baseline, found.roles) == (Path("/b"), (Path("/r"), Path("/s")))


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["show"],
        ["get", "x"],
        ["count", "cron-1a2b3c4d"],
        ["get", "--baseline"],
        ["get", "--baseline", "--config"],
        ["get", "--baseline=/tmp/b"],
        ["get", "--min-age", "5"],
        ["get", "--help"],
    ],
)
def test_everything_else_is_left_to_argparse(argv: List[str]) -> None:
    assert fast_path.parse_quickly(argv) is None


@given(st.lists(WORDS, max_size=5))
def test_no_command_line_is_taken_apart_otherwise(argv: List[str]) -> None:
    agrees(argv)
