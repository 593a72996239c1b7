"""``explain``, as a person runs it."""

from __future__ import annotations

import json
import os
import platform
import pty
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live.program import Program, error_of, poll
from tests.live.recordings import MISSING
from tests.live.standins import StandIns, only

ME = pwd.getpwuid(os.geteuid()).pw_name
RULE = """
[[rule]]
match = "/opt/{0}/proxy "
cut = " -sf "
reason = "a reload appends the pids of the old processes"
"""


def test_a_process_is_explained(lonely: Program, standins: StandIns, word: str) -> None:
    name = f"/opt/{word}/proxy"
    lonely.configure(RULE.format(word).replace(" -sf ", " 900") + only(word))
    process = standins.sleeper(name)
    lonely.write()
    found = lonely.run("explain", process.pid).ok().lines
    assert found[2].startswith("kind     ")
    assert [*found[:2], *found[3:5]] == [
        f"process  {process.pid} sleep, child of {os.getpid()}",
        f"read     {name} 900  {{user={ME}}}",
        'rule     cut = " 900"',
        f"         a reload appends the pids of the old processes ({lonely.config}, rule 1)",
    ]
    assert f"shown    {name}  {{user={ME}}}" in found
    assert found[-1].startswith("verdict  expected: 1 expected, 1 running (proxy-")


def test_a_rule_of_ones_own_is_checked(lonely: Program, word: str) -> None:
    lonely.configure(RULE.format(word) + only(word))
    asked = f"/opt/{word}/proxy -f x --password=hunter2 -sf 12 13"
    found = lonely.run("explain", "--cmdline", asked, "--user", "haproxy").ok().lines
    assert found[:4] == [
        f"read     /opt/{word}/proxy -f x --password=******** -sf 12 13  {{user=haproxy}}",
        'rule     cut = " -sf "',
        f"         a reload appends the pids of the old processes ({lonely.config}, rule 1)",
        "rule     keep = true",
    ]
    assert found[-2] == f"shown    /opt/{word}/proxy -f x --password=********  {{user=haproxy}}"
    assert found[-1].startswith("verdict  shown: but it cannot be compared: no baseline at ")


HALF_ENDED = """
import ctypes, sys, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print("ready", flush=True)
if sys.argv[1] != "-":
    ctypes.CDLL(None).syscall(int(sys.argv[1]), 0)  # exit(2) ends the calling thread alone
"""
EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]


@pytest.mark.parametrize("state", ["T", "Zl"])
def test_a_daemon_that_only_seems_to_run_is_told(
    lonely: Program, standins: StandIns, word: str, state: str
) -> None:
    lonely.configure(only(word))
    daemon = [sys.executable, "-c", HALF_ENDED, str(EXIT) if state == "Zl" else "-", word]
    process = standins.start(daemon, sys.executable, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    if state == "T":
        process.send_signal(signal.SIGSTOP)
    poll(lambda: _letter(process.pid) == state[0])
    lonely.write()
    numbers = _daemon(lonely)
    told = lonely.run("explain", process.pid).ok().lines
    standins.stop(process)
    assert numbers["running"] == 1
    assert numbers["state"] == {"T": "stopped", "Zl": "main thread ended"}[state]
    assert any(line.startswith(f"state    {state}: ") for line in told)
    numbers = _daemon(lonely)
    assert (numbers["running"], numbers["state"]) == (0, "not running")


def _daemon(program: Program) -> Any:
    (numbers,) = program.run("get").ok().json()["daemons"].values()
    return numbers


def _letter(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_pid_1_is_explained(lonely: Program) -> None:
    found = lonely.run("explain", 1).ok().lines
    assert found[-1] == "verdict  shown: pid 1 is INIT on every host"


def test_a_process_that_does_not_run_is_an_error(lonely: Program) -> None:
    error = error_of(lonely.run("explain", 4194305), "explain")
    assert error == "no process 4194305; 'psdiff-zbx explain --all' lists those that run"


@pytest.mark.parametrize(
    "words", [(), ("1", "--all"), ("--all", "--cmdline", "x"), ("1", "cron"), ("--user", "x")]
)
def test_it_is_asked_about_one_thing(lonely: Program, words: tuple[str, ...]) -> None:
    result = lonely.run("explain", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1


def test_the_table_tells_of_all(full: Program) -> None:
    rows = full.run("explain", "--all").ok().lines
    assert rows[0] == "PID  USER  VERDICT   RULES  COMMAND"
    assert rows[1:3] == [
        "  1  root  shown     -      /sbin/init",
        "100  root  expected  -        /opt/b",
    ]
    assert rows[3:] == [
        "101  root  extra     -        /opt/c",
        "  -  root  missing   -      /opt/a -x",
    ]
    assert MISSING == "- /opt/a -x  {user=root}"


@pytest.mark.parametrize(
    ("variable", "value", "coloured"),
    [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)],
)
def test_colours_are_for_terminals(
    full: Program, variable: str, value: str, coloured: bool
) -> None:
    shown = on_a_terminal(full, ["explain", "--all"], {"TERM": "xterm", variable: value})
    assert ("\x1b[31mextra" in shown) is coloured
    assert "\x1b" not in full.run("explain", "--all", env={"TERM": "xterm"}).out


def on_a_terminal(program: Program, words: list[str], env: dict[str, str]) -> str:
    outer, inner = pty.openpty()
    line, environment = program.words(*words), program.environment(env)
    done = subprocess.run(line, env=environment, stdout=inner, stderr=inner, check=False)
    os.close(inner)
    with open(outer, "rb", buffering=0) as terminal:
        text = terminal.read(65536) or b""
    assert done.returncode == 0
    return text.decode()


def test_a_snapshot_on_standard_input_is_read_once(full: Program) -> None:
    row = {**json.loads((full.folder / "now").read_text().splitlines()[0]), "name": "init"}
    rest = (full.folder / "now").read_text().splitlines()[1:]
    text = "\n".join([json.dumps(row), *rest]).encode()
    piped = full.with_options(*full.own, "--snapshot", "-")
    assert piped.run("explain", 101, stdin=text).ok().lines[-1] == (
        "verdict  extra: not in the baseline"
    )
