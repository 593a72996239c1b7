"""The launcher of the plugin, without psdiff_zbx: what it answers, and what it knows of it."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from psdiff_zbx.core.agent_config import PLUGIN
from psdiff_zbx.core.item_keys import METRICS, failure_value
from psdiff_zbx.plugin import main, protocol
from psdiff_zbx.plugin.answers import METRIC_OF
from tests.files import TOP

FILE = TOP / "launchers" / "psdiff-zbx-agent2"
ERROR = "ModuleNotFoundError: No module named 'psdiff_zbx'"


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    """Its functions."""
    loader = SourceFileLoader("launcher", str(FILE))
    spec = spec_from_loader("launcher", loader)
    assert spec is not None
    made = module_from_spec(spec)
    loader.exec_module(made)
    return made


def test_knows_what_the_modules_say(launcher: ModuleType) -> None:
    assert launcher.NAME == PLUGIN
    assert {metric.key: metric.description for metric in METRICS} == launcher.KEYS
    assert launcher.HEEDED == main._HEEDED
    assert launcher.INTERFACES == protocol.EXPORTER | protocol.CONFIGURATOR


@pytest.mark.parametrize("key", METRIC_OF)
def test_says_errors_as_the_modules_do(launcher: ModuleType, key: str) -> None:
    told, usual = launcher.error_value(key, "why"), failure_value(METRIC_OF[key], "why", 0)
    if key == launcher.DOCUMENT:
        assert json.loads(told) == {**json.loads(usual), "version": "unknown"}
    else:
        assert told == usual


def spoken(launcher: ModuleType, *messages: protocol.Message) -> list[protocol.Message]:
    """What it answers to these messages."""

    class Stream(io.BytesIO):
        answers = b""

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.answers += data
            return len(data)

    stream = Stream(b"".join(map(protocol.encode, messages)))
    launcher.serve(stream, "why")
    found = [*protocol.Decoder().feed(stream.answers)]
    return [each for each in found if isinstance(each, protocol.Message)]


def test_answers_each_request_until_the_end(launcher: ModuleType) -> None:
    asked = {"key": "psdiff.count", "parameters": ["cron-45c3353f"]}
    answers = spoken(
        launcher,
        protocol.Message(protocol.REGISTER, 1, {"version": "6.4.0"}),
        protocol.Message(protocol.VALIDATE, 2, {"private_options": None}),
        protocol.Message(protocol.CONFIGURE, 3, {}),
        protocol.Message(protocol.START, 4, {}),
        protocol.Message(protocol.EXPORT, 5, asked),
        protocol.Message(protocol.TERMINATE, 6, {}),
        protocol.Message(protocol.EXPORT, 7, asked),
    )
    metrics = [(metric.key, metric.description) for metric in METRICS]
    assert answers == [
        protocol.registered(1, PLUGIN, metrics),
        protocol.validated(2, ""),
        protocol.exported(5, "psdiff: error: why"),
    ]


def test_passes_over_what_is_no_message(launcher: ModuleType) -> None:
    frames = b"".join(struct.pack("<II", 1, len(each)) + each for each in (b"{", b"[]", b"\xff"))
    assert [*launcher.requests(io.BytesIO(frames))] == []


def copied(folder: Path) -> tuple[str, ...]:
    """It alone, run by a Python that has no psdiff_zbx."""
    path = folder / "bin" / FILE.name
    path.parent.mkdir()
    path.write_bytes(FILE.read_bytes())
    return (sys._base_executable, "-I", "-S", str(path))  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [("--version",), ("/nowhere/agent.sock", "true")])
def test_says_why_to_people(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = subprocess.run((*copied(tmp_path), *words), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    why = ERROR if len(words) == 1 else "/nowhere/agent.sock: No such file or directory"
    assert done.stderr.startswith("psdiff-zbx-agent2: error: ")
    assert why in done.stderr
