"""The plugin as somebody meets it who runs it by hand."""

from __future__ import annotations

import sys

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.core.agent_config import plugin_configuration
from psdiff_zbx.plugin.main import main


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "argv", ["/opt/bin/psdiff-zbx-agent2"])
    return "/opt/bin/psdiff-zbx-agent2"


@pytest.mark.parametrize("words", [[], ["x"], ["--nope"], ["x", "y"], ["x", "true", "y"]])
def test_by_hand_it_says_what_it_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Plugins.PsdiffZbx.System.Path=/opt/bin/psdiff-zbx-agent2 " in err


def test_help_is_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "Plugins.PsdiffZbx.System.Path=/opt/bin/psdiff-zbx-agent2 " in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"psdiff-zbx-agent2 {__version__}\n"


def test_configuration_is_the_file_with_its_own_path(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--configuration"]) == 0
    assert capsys.readouterr().out == plugin_configuration(program)


@pytest.mark.parametrize("words", [[], ["-x"]])
def test_without_arguments_of_main_those_of_the_process_count(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["psdiff-zbx-agent2", *words])
    assert main() == 2
    assert capsys.readouterr().out == ""
