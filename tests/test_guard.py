"""What is written in two places is the same in both."""

from __future__ import annotations

from pathlib import Path

import pytest

from psdiff_zbx.cli.parser import parse_arguments
from psdiff_zbx.core.agent_config import userparameters
from psdiff_zbx.core.item_keys import METRICS, Metric
from tests.conftest import REAL
from tests.files import TOP
from tools.generate import generated


@pytest.mark.parametrize("path", generated(), ids=lambda path: str(path.relative_to(TOP)))
def test_a_generated_file_is_as_the_package_writes_it_today(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated()[path]


def test_the_userparameter_file_is_among_them() -> None:
    text = (TOP / "userparameters" / "psdiff_zbx.conf").read_text(encoding="utf-8")
    assert text == userparameters("psdiff-zbx")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: str(metric.key))
def test_a_metrics_command_is_one_of_the_command_line(metric: Metric) -> None:
    parameter = ["--", "cron-45c3353f"] if metric.parameter else []
    arguments = parse_arguments([metric.command, *parameter])
    assert arguments.command == metric.command
    assert getattr(arguments, "id", None) == (parameter[1] if parameter else None)


def test_each_key_has_a_command_of_its_own() -> None:
    assert len({metric.command for metric in METRICS}) == len(METRICS)
    assert len({metric.key for metric in METRICS}) == len(METRICS)


def test_make_real_runs_the_folders_in_which_tests_may_be_real() -> None:
    rows = TOP.joinpath("Makefile").read_text(encoding="utf-8").splitlines()
    folders = next(row for row in rows if row.startswith("REAL = ")).split()[2:]
    assert tuple(f"{folder}/" for folder in folders) == REAL


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    sizes = {
        path: len(path.read_text().split("\n")) - 1 for path in (TOP / "psdiff_zbx").rglob("*.py")
    }
    generated_rows = TOP / "psdiff_zbx" / "core" / "rules" / "shipped.py"
    assert not {path for path, lines in sizes.items() if lines > 250 and path != generated_rows}
