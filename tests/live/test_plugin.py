"""The real plugin under a stand-in for the agent: what it answers, and what does not kill it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import psdiff_zbx
from psdiff_zbx.core.item_keys import METRICS
from tests.live.plugin_host import (
    CONFIGURE,
    EXPORT,
    REGISTER,
    TERMINATE,
    VALIDATE,
    PluginHost,
    frame,
    options_tree,
)
from tests.live.program import Program, ids, poll
from tests.live.standins import StandIns, only

VERSION = psdiff_zbx.__version__
LONG = 30  # seconds; a look that waits
QUICK = 10.0  # seconds; an end that waits for no look
# Bytes, for 100,000 requests after as many to warm up, in which each thread's part of the heap
# finds its size: a leak of 32 bytes for each would be more.  The kernel gives memory in huge pages
# of 2 MiB, so one of them may come (a growth of just 2,097,152 bytes was seen).
GROWTH = 3 << 20
KEYS = ("psdiff.get", "psdiff.discovery", "psdiff.missing", "psdiff.extra")


@pytest.fixture
def host(lonely: Program, word: str, standins: StandIns) -> Program:
    """A host of two daemons with their baseline, and one process more."""
    lonely.config.write_text("missing_retry = 0\n" + only(word))
    standins.sleeper(f"/opt/{word}/alpha")
    standins.sleeper(f"/opt/{word}/beta")
    lonely.write()
    standins.sleeper(f"/opt/{word}/stray")
    return lonely.with_options(*lonely.own, "--min-age", "0")


@pytest.fixture
def plugin(host: Program, tmp_path: Path) -> Iterator[PluginHost]:
    """The plugin that serves it, with a new look for each key."""
    with PluginHost(tmp_path) as running:
        running.configure(options(host, 0))
        yield running


def options(program: Program, cache_time: int) -> dict[str, object]:
    files = {"Baseline": program.baseline, "Config": program.config}
    return {**files, "MinAge": 0, "CacheTime": cache_time}


def steady(text: str) -> Any:
    """A document without what differs from one look to the next."""
    found = json.loads(text)
    if isinstance(found, dict):
        for name in ("seconds", "processes", "zombies", "ignored", "uptime", "recent_start"):
            found.pop(name, None)
        for numbers in found.get("daemons", {}).values():
            numbers.pop("cpu")
            numbers.pop("rss")
    return found


def said(program: Program, command: str, *words: str) -> str:
    """What the command prints, as an agent takes it."""
    return program.run(command, *words).out.rstrip()


def assert_as_the_commands(plugin: PluginHost, program: Program) -> None:
    """Each key has the value that the UserParameter's command has."""
    commands = {metric.key: metric.command for metric in METRICS if not metric.parameter}
    printed = program.each([command] for command in commands.values())
    for key, result in zip(commands, printed):
        value, expected = plugin.value(key), result.out.rstrip()
        if key == "psdiff.get":
            value, expected = steady(value), steady(expected)
        assert value == expected


def test_registering(tmp_path: Path) -> None:
    with PluginHost(tmp_path, initial=True) as plugin:
        answer = plugin.call(REGISTER, version="6.0.13")
        names, texts = answer["metrics"][::2], answer["metrics"][1::2]
        assert (answer["name"], answer["interfaces"], answer.get("error")) == (
            "PsdiffZbx",
            3,
            None,
        )
        keys = {*KEYS, "psdiff.count", "psdiff.version"}
        assert (set(names), len(names)) == (keys, len(keys))
        assert all(text[0].isupper() and text.endswith(".") for text in texts)
        good = plugin.call(VALIDATE, private_options=options_tree({"MinAge": 5}))
        assert not good.get("error")
        plugin.send(TERMINATE)
        assert plugin.ends(QUICK) == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Bsaeline": "/x"}, "Bsaeline: no such option; known are Baseline, Config"),
        ({"MinAge": "soon"}, "MinAge: 'soon' is no number of seconds"),
        ({"CacheTime": "-1"}, "CacheTime: '-1' is no number of seconds"),
        ({"Baseline": "baseline"}, "Baseline: 'baseline' is no absolute path"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, given: dict[str, object], expected: str) -> None:
    with PluginHost(tmp_path, initial=True) as plugin:
        error = plugin.call(VALIDATE, private_options=options_tree(given))["error"]
        assert error.startswith(f"Plugins.PsdiffZbx.{expected}")
        assert "\n" not in error


def test_answers_are_those_of_the_commands(
    plugin: PluginHost, host: Program, standins: StandIns
) -> None:
    assert_as_the_commands(plugin, host)
    daemons = list(ids(host.run("discover")).values())
    for daemon, result in zip(daemons, host.each(["count", each] for each in daemons)):
        assert plugin.value("psdiff.count", daemon) == result.out.rstrip() == "1"
    standins.stop(standins.running[0])
    assert plugin.value("psdiff.missing").count("\n") == 0
    assert_as_the_commands(plugin, host)
    assert said(host, "missing") != ""


@pytest.mark.parametrize("given", [[], [""], ["nothing"], ["--help"], ["é b"], ["x" * 3000]])
def test_an_unknown_id_is_the_error_of_the_command(
    plugin: PluginHost, host: Program, given: list[str]
) -> None:
    value = plugin.value("psdiff.count", *given)
    assert value == said(host, "count", "--", *(given or [""]))
    assert value.startswith("psdiff: error: no daemon ")


def test_only_the_first_parameter_of_count_is_used(plugin: PluginHost, host: Program) -> None:
    daemon = next(iter(ids(host.run("discover")).values()))
    assert plugin.value("psdiff.count", daemon, "b", "@") == "1"


@pytest.mark.parametrize(
    ("key", "parameters", "error"),
    [
        ("psdiff.nope", [], "Unknown metric psdiff.nope"),
        ("", [], "Unknown metric "),
        ("psdiff.get", [""], "Parameters are not allowed."),
        ("psdiff.version", ["a"], "Parameters are not allowed."),
        ("psdiff.count", ["a$'"], 'Character "$" is not allowed'),
        ("psdiff.count", ["a\nb"], "Character 0x0a is not allowed"),
    ],
)
def test_what_the_agent_refuses_of_a_userparameter_is_refused(
    plugin: PluginHost, key: str, parameters: list[str], error: str
) -> None:
    assert plugin.ask(key, *parameters) == {"error": error}
    assert plugin.value("psdiff.version") == VERSION


def test_many_at_once_get_one_look(host: Program, tmp_path: Path) -> None:
    with PluginHost(tmp_path) as plugin:
        plugin.configure(options(host, 60))
        answers = plugin.ask_all([("psdiff.get", ())] * 200 + [("psdiff.extra", ())] * 200)
        assert len({answer["value"] for answer in answers[:200]}) == 1
        assert {answer["value"] for answer in answers[200:]} == {said(host, "extra")}


def test_the_cache_time(host: Program, tmp_path: Path, word: str, standins: StandIns) -> None:
    with PluginHost(tmp_path) as plugin:
        plugin.configure(options(host, 1))
        before = plugin.value("psdiff.get")
        asked = time.monotonic()
        standins.sleeper(f"/opt/{word}/newcomer")
        again = plugin.value("psdiff.get")
        if time.monotonic() < asked + 0.5:  # else a slow machine has made us late
            assert again == before
        time.sleep(max(0.0, asked + 1.2 - time.monotonic()))
        assert "newcomer" in plugin.value("psdiff.extra")


# For a timeout of one second: the answer leaves before it is over.
NO_ANSWER = re.compile(r"no answer within 0\.[5-9]\d* seconds")


def slow(host: Program, word: str, standins: StandIns) -> None:
    """A host at which a look takes LONG: it looks again for what is missing."""
    host.config.write_text(f"missing_retry = {LONG}\n" + only(word))
    standins.stop(standins.running[0])


@pytest.mark.parametrize("by_request", [True, False])
def test_an_answer_comes_before_the_timeout(
    plugin: PluginHost, host: Program, word: str, standins: StandIns, by_request: bool
) -> None:
    slow(host, word, standins)
    if not by_request:
        plugin.configure(options(host, 0), seconds=1)
    began = time.monotonic()
    found = plugin.document(**({"timeout": 1} if by_request else {}))
    assert 0.5 < time.monotonic() - began < LONG / 2, "not by the timeout"
    assert found.get("missing", {}).get("count") == 1 or NO_ANSWER.search(found["error"])


def test_a_slow_look_does_not_hold_up_others(
    plugin: PluginHost, host: Program, word: str, standins: StandIns
) -> None:
    slow(host, word, standins)
    waiting = plugin.send(EXPORT, key="psdiff.get", timeout=4)
    assert plugin.value("psdiff.version") == VERSION
    assert plugin.ask("psdiff.get", "x") == {"error": "Parameters are not allowed."}
    assert plugin.receive()["id"] == waiting, "those asked later are answered earlier"


def test_without_options_it_serves_the_host(tmp_path: Path) -> None:
    with PluginHost(tmp_path) as plugin:
        plugin.send(CONFIGURE, global_options={"Timeout": 3}, private_options=None)
        assert plugin.document()["version"] == VERSION
    with PluginHost(tmp_path) as plugin:
        assert plugin.document()["version"] == VERSION


def test_wrong_options_at_the_start_are_every_keys_error(tmp_path: Path) -> None:
    with PluginHost(tmp_path) as plugin:
        plugin.configure({"MinAge": "soon"})
        text = "Plugins.PsdiffZbx.MinAge: 'soon' is no number of seconds from 0 to 86400"
        assert plugin.document()["error"] == text
        assert plugin.value("psdiff.missing") == f"psdiff: error: {text}"
        assert [each for each in plugin.told() if text in each] == [text]


BAD_FRAMES = {
    "unknown type of frame": frame(b"{}", kind=2),
    "no JSON": frame(b"{"),
    "no UTF-8": frame(b"\xff\xfe"),
    "no object": frame(b"[1]"),
    "empty": frame(b""),
    "no type": frame(b'{"id":1}'),
    "a text for a type": frame(b'{"id":1,"type":"6"}'),
    "a huge number": frame(b'{"id":1,"type":' + b"9" * 5000 + b"}"),
    "deep": frame(b"[" * 200_000),
    "unknown message": frame(b'{"id":1,"type":99}'),
    "an answer": frame(b'{"id":1,"type":7,"value":"x"}'),
    "period": frame(b'{"id":1,"type":11}'),
    "start": frame(b'{"id":1,"type":4}'),
    "odd configuration": frame(b'{"id":1,"type":8,"global_options":3,"private_options":"x"}'),
    "huge": frame(b" " * (5 << 20)),
    "huge of an unknown type": frame(b"x" * (5 << 20), kind=77),
}


@pytest.mark.parametrize("data", BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_a_bad_frame_is_survived(tmp_path: Path, data: bytes) -> None:
    with PluginHost(tmp_path) as plugin:
        plugin.raw(data * 2)
        assert plugin.value("psdiff.version") == VERSION
        assert plugin.rss() < 100 << 20


@pytest.mark.parametrize(
    "fields",
    [{}, {"key": 5}, {"key": "psdiff.count", "parameters": {"a": 1}}, {"key": ["psdiff.get"]}],
)
def test_an_odd_request_is_refused(plugin: PluginHost, fields: dict[str, object]) -> None:
    assert plugin.call(EXPORT, **fields)["error"]
    assert plugin.value("psdiff.version") == VERSION


def test_a_parameter_that_is_no_text_is_an_unknown_id(plugin: PluginHost) -> None:
    answer = plugin.call(EXPORT, key="psdiff.count", parameters=[5], timeout="soon")
    assert answer["value"].startswith("psdiff: error: no daemon '5'")


def test_requests_in_pieces(plugin: PluginHost) -> None:
    record = json.dumps({"id": 9, "type": EXPORT, "key": "psdiff.version"}).encode()
    for byte in frame(record):
        plugin.raw(bytes([byte]))
    assert plugin.receive() == {"id": 9, "type": EXPORT + 1, "value": VERSION}


@pytest.mark.parametrize("length", [1, 7, 8, 20])
def test_it_ends_where_the_agent_does_in_the_middle_of_a_frame(
    plugin: PluginHost, length: int
) -> None:
    plugin.raw(frame(b'{"id":1,"type":6,"key":"psdiff.version"}')[:length])
    plugin.hang_up()
    assert plugin.ends(QUICK) == 0


def test_it_ends_with_an_agent_that_does_not_wait_for_answers(plugin: PluginHost) -> None:
    for _ in range(50):
        plugin.send(EXPORT, key="psdiff.get")
    plugin.hang_up()
    assert plugin.ends(QUICK) == 0


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_at_terminate(
    plugin: PluginHost, host: Program, word: str, standins: StandIns, busy: bool
) -> None:
    if busy:
        slow(host, word, standins)
        plugin.send(EXPORT, key="psdiff.get", timeout=30)
    plugin.send(TERMINATE)
    assert plugin.ends(QUICK) == 0


def test_signals_do_not_end_it(plugin: PluginHost) -> None:
    names = ("HUP", "INT", "QUIT", "USR1", "USR2", "PIPE", "ALRM", "TERM", "XCPU", "XFSZ", "IO")
    ends = [getattr(signal, f"SIG{name}") for name in names]
    assert plugin.value("psdiff.version") == VERSION
    for number in [*ends, *range(signal.SIGRTMIN, signal.SIGRTMAX + 1)] * 3:
        os.kill(plugin.process.pid, number)
    assert plugin.document()["error"] == ""
    assert plugin.process.poll() is None


def test_a_baseline_that_disappears_and_returns(plugin: PluginHost, host: Program) -> None:
    assert_as_the_commands(plugin, host)
    away = host.baseline.with_name("away")
    for _ in range(2):
        host.baseline.rename(away)
        assert_as_the_commands(plugin, host)
        assert "no baseline" in plugin.document()["error"]
        away.rename(host.baseline)
        assert plugin.document()["error"] == ""
    assert_as_the_commands(plugin, host)
    told = plugin.told()[1:]
    assert [record["severity"] for record in plugin.logs[1:]] == [2, 0, 2, 0]
    assert all("no baseline" in text for text in told)
    assert [text.startswith("resolved: ") for text in told] == [False, True, False, True]


def test_a_baseline_that_changes(plugin: PluginHost, host: Program, word: str) -> None:
    assert "stray" in plugin.value("psdiff.extra")
    host.write()
    assert plugin.value("psdiff.extra") == ""
    assert f"/opt/{word}/stray" in plugin.value("psdiff.discovery")
    assert_as_the_commands(plugin, host)


def test_a_baseline_that_is_damaged(plugin: PluginHost, host: Program) -> None:
    whole = host.baseline.read_bytes()
    host.baseline.write_bytes(whole.replace(b"# end\n", b""))
    assert plugin.document()["error"] != ""
    assert_as_the_commands(plugin, host)
    host.baseline.write_bytes(whole)
    assert plugin.document()["error"] == ""


def test_a_configuration_that_changes(plugin: PluginHost, host: Program, word: str) -> None:
    assert "stray" in plugin.value("psdiff.extra")
    whole = host.config.read_text()
    settings, _, rules = whole.partition("\n")
    rule = f'[[rule]]\nregex = "{word}/stray"\nignore = "self"\nreason = "not ours"\n'
    host.config.write_text(f"{settings}\n{rule}{rules}")
    assert plugin.value("psdiff.extra") == ""
    assert_as_the_commands(plugin, host)
    host.config.write_text("[[rule]\n")
    assert str(host.config) in plugin.document()["error"]
    assert_as_the_commands(plugin, host)
    host.config.write_text(whole)
    assert poll(lambda: plugin.document()["error"] == "")
    assert_as_the_commands(plugin, host)


def test_what_it_tells_at_the_start(plugin: PluginHost, host: Program) -> None:
    assert plugin.told() == [f"psdiff-zbx {VERSION} watches {host.baseline}"]
    assert [record["severity"] for record in plugin.logs] == [0]


def test_memory_does_not_grow_over_50_000_requests(host: Program, tmp_path: Path) -> None:
    daemon = next(iter(ids(host.run("discover")).values()))
    mix = [
        *((key, ()) for key in KEYS),
        ("psdiff.version", ()),
        ("psdiff.count", (daemon,)),
        ("psdiff.count", ("nothing",)),
        ("psdiff.count", ("a$b",)),
        ("psdiff.nope", ()),
        ("psdiff.get", ("x",)),
    ]
    chance = random.Random(1)
    with PluginHost(tmp_path, measured=False) as plugin:
        plugin.configure(options(host, 1))
        bad = frame(b"{") + frame(b'{"id":1,"type":99}') + struct.pack("<II", 2, 3) + b"xyz"
        for number in range(-250, 250):
            if number == 0:
                warm = plugin.rss()
            plugin.raw(bad)
            answers = plugin.ask_all(chance.choices(mix, k=200))
            assert all("value" in answer or "error" in answer for answer in answers)
        grown = plugin.rss() - warm
        assert grown < GROWTH, f"{grown} bytes"
