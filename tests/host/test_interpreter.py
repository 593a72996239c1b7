"""Which Python runs a program, and what is wrong with it, in folders of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from psdiff_zbx.host import interpreter


@pytest.mark.parametrize(
    ("first", "python", "isolated"),
    [
        ("#!/usr/bin/python3 -IB", "/usr/bin/python3", True),
        ("#! /usr/bin/python3 -B -I", "/usr/bin/python3", True),
        ("#!/opt/psdiff-zbx/bin/python3", "/opt/psdiff-zbx/bin/python3", False),
        ("#!/bin/sh -I", "", True),
        ("import sys", "", False),
        ("", "", False),
    ],
)
def test_the_first_line_tells(tmp_path: Path, first: str, python: str, isolated: bool) -> None:
    program = tmp_path / "psdiff-zbx"
    program.write_text(f"{first}\nrun()\n")
    assert interpreter.interpreter_of(str(program)) == python
    assert interpreter.is_isolated(str(program)) == isolated


def test_a_program_that_is_gone() -> None:
    assert interpreter.interpreter_of("/no/such") == ""
    assert not interpreter.is_isolated("/no/such")


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That of a virtual environment made for 3.11, whose distribution has 3.11 and 3.13."""
    usr, venv = tmp_path / "usr/bin", tmp_path / "opt/psdiff-zbx"
    usr.mkdir(parents=True)
    (venv / "bin").mkdir(parents=True)
    for version in ("3.11", "3.13"):
        (usr / f"python{version}").touch()
    (usr / "python3").symlink_to("python3.11")
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n")
    (venv / "bin/python3").symlink_to(usr / "python3")
    monkeypatch.setattr(interpreter, "_DISTRIBUTIONS", (f"{usr}/",))
    return venv / "bin/python3"


def test_an_environment_of_todays_python(python: Path) -> None:
    assert interpreter.interpreter_flaw(str(python)) is None


def test_a_distribution_that_moves_on(python: Path, tmp_path: Path) -> None:
    default = tmp_path / "usr/bin/python3"
    default.unlink()
    default.symlink_to("python3.13")
    assert interpreter.interpreter_flaw(str(default)) is None
    flaw = interpreter.interpreter_flaw(str(python))
    assert flaw == f"{python} was made for Python 3.11, and is 3.13 now"
    default.unlink()
    assert interpreter.interpreter_flaw(str(python)) == f"{python} is gone"


def test_another_python(python: Path, tmp_path: Path) -> None:
    own = tmp_path / "python3.12"
    own.touch()
    flaw = interpreter.interpreter_flaw(str(own))
    assert flaw == f"{own} is not the distribution's Python"
