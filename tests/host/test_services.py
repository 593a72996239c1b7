"""systemd and init scripts, by stand-ins of their commands; the real ones: tests/booted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable

import pytest

from psdiff_zbx.core.start import StartError
from psdiff_zbx.host.services import manager, scripts, systemd
from psdiff_zbx.host.services.manager import (
    ACTIVE,
    FAILED,
    REFUSED,
    STARTING,
    STOPPED,
    Status,
)
from psdiff_zbx.host.services.scripts import Scripts
from psdiff_zbx.host.services.systemd import Systemd

Command = Callable[[str, str], Path]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Makes a script that is found in place of any command by that name."""
    monkeypatch.setattr(manager, "PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(name: str, script: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


SHOWN = {
    "LoadState=loaded\nActiveState=active\nSubState=running\nJob=0": Status(ACTIVE),
    "LoadState=loaded\nActiveState=active\nSubState=exited": Status(ACTIVE),
    "LoadState=loaded\nActiveState=reloading\nSubState=reload": Status(ACTIVE),
    "LoadState=loaded\nActiveState=active\nSubState=running\nJob=12": Status(STARTING),
    "LoadState=loaded\nActiveState=inactive\nSubState=dead\nJob=12": Status(STARTING),
    "LoadState=loaded\nActiveState=activating\nSubState=start": Status(STARTING),
    "LoadState=loaded\nActiveState=inactive\nSubState=dead\nJob=": Status(STOPPED),
    "LoadState=loaded\nActiveState=deactivating\nSubState=stop": Status(STOPPED),
    "LoadState=loaded\nActiveState=failed\nResult=signal": Status(FAILED, "signal"),
    "LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=exit-code": Status(
        FAILED, "exit-code, and systemd will try again"
    ),
    "LoadState=masked\nActiveState=inactive\nJob=0": Status(
        REFUSED, "is masked: systemctl unmask x.service"
    ),
    "LoadState=masked\nActiveState=active\nJob=0": Status(
        REFUSED, "is masked: systemctl unmask x.service"
    ),
    "LoadState=not-found\nActiveState=inactive": Status(
        REFUSED,
        "is no unit of this host: once the daemon runs, "
        "'psdiff-zbx accept --units' notes its unit",
    ),
    "LoadState=bad-setting\nActiveState=inactive": Status(
        REFUSED, "has a wrong file: systemctl status x.service"
    ),
    "": Status(REFUSED, "is not known: "),
}


@pytest.mark.parametrize(("shown", "status"), SHOWN.items(), ids=list(SHOWN))
def test_the_state_of_a_unit(command: Command, shown: str, status: Status) -> None:
    command("systemctl", f"cat <<'END'\n{shown}\nEND")
    assert Systemd().status("x.service") == status


def test_systemd_that_does_not_answer(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command("systemctl", "echo 'Failed to connect to bus' >&2; exit 1")
    assert Systemd().status("x.service") == Status(
        REFUSED, "is not known: Failed to connect to bus"
    )
    assert Systemd().status("cron") == Status(REFUSED, "is no service of systemd")
    monkeypatch.setattr(manager, "_PATIENCE", 0.1)
    path = command("systemctl", "exec sleep 5")
    with pytest.raises(StartError, match=f"{path} has not answered for 0.1 s"):
        Systemd().status("x.service")
    path.unlink()
    monkeypatch.setattr(manager, "PATH", str(path.parent))
    with pytest.raises(StartError, match="no systemctl here; nothing is started"):
        Systemd().status("x.service")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (STOPPED, ["start --no-block --no-ask-password -- x.service"]),
        (ACTIVE, ["restart --no-block --no-ask-password -- x.service"]),
        (
            FAILED,
            ["reset-failed -- x.service", "start --no-block --no-ask-password -- x.service"],
        ),
    ],
)
def test_a_start_is_asked_for(
    command: Command, tmp_path: Path, before: str, words: list[str]
) -> None:
    command("systemctl", f'echo "$@" >> {tmp_path}/asked')
    assert Systemd().start("x.service", Status(before)) == ""
    assert (tmp_path / "asked").read_text().splitlines() == words


def test_a_start_that_is_refused(command: Command) -> None:
    command("systemctl", "echo 'Failed to start x.service:\nOperation refused.' >&2; exit 1")
    assert Systemd().start("x.service", Status(STOPPED)) == "Operation refused."


def test_a_unit_of_a_user_who_is_not_here(command: Command) -> None:
    command("systemctl", "echo ActiveState=active")
    with pytest.raises(StartError, match="no user nobody-at-all here"):
        Systemd().status("nobody-at-all/x.service")


def test_last_words_are_the_units_own_if_it_had_any(command: Command) -> None:
    command(
        "journalctl",
        'case "$*" in *_SYSTEMD_UNIT=x.service) echo own;; *UNIT=*) echo about;; esac',
    )
    assert Systemd().last_words("x.service", 0) == ["own"]
    command("journalctl", 'case "$*" in *\\ UNIT=x.service) echo about;; esac')
    assert Systemd().last_words("x.service", 0) == ["about"]
    command("journalctl", "exit 1")
    assert Systemd().last_words("x.service", 0) == []


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Scripts]:
    """Makes the init script `x`."""
    monkeypatch.setattr(scripts, "_SCRIPTS", str(tmp_path))

    def make(text: str) -> Scripts:
        (tmp_path / "x").write_text(f"#!/bin/sh\ncase $1 in\n{text}\nesac\n")
        (tmp_path / "x").chmod(0o755)
        return Scripts(lambda name: (f"{tmp_path}/{name}",))

    return make


def ended(found: Scripts) -> Status:
    deadline = time.monotonic() + 5
    while found.status("x").state == STARTING and time.monotonic() < deadline:
        time.sleep(0.01)
    return found.status("x")


def test_an_init_script(script: Callable[[str], Scripts], tmp_path: Path) -> None:
    run = f"{tmp_path}/run"
    found = script(f"start) echo up; touch {run};; status) test -e {run} || exit 3;; *) exit 9;;")
    assert found.status("x") == Status(STOPPED)
    assert found.start("x", Status(STOPPED)) == ""
    assert ended(found) == Status(ACTIVE)
    assert found.last_words("x", 0) == ["up"]
    assert found.start("x", Status(ACTIVE)) == ""  # restart
    assert ended(found) == Status(FAILED, "exit code 9")


def test_an_init_script_that_fails(script: Callable[[str], Scripts]) -> None:
    found = script('start) seq 9; echo; env | grep -c "^[A-Z]*=" >&2; exit 2;;')
    found.start("x", Status(STOPPED))
    assert ended(found) == Status(FAILED, "exit code 2")
    assert found.last_words("x", 0)[:2] == ["8", "9"]


@pytest.mark.parametrize("name", ["y", "jane/x.service", "..", "x.service"])
def test_what_has_no_script(script: Callable[[str], Scripts], name: str) -> None:
    assert script("").status(name).state == REFUSED


def test_nothing_of_our_environment_is_handed_on(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_PRELOAD_NOT", "evil")
    path = command("systemctl", "env | sed s/^/ActiveState=/")
    environment = manager.asked((str(path),)).stdout
    assert "evil" not in environment
    assert "LC_ALL=C" in environment


def test_which_manager_a_host_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "SYSTEMD", str(tmp_path))
    assert manager.this_manager() == Systemd()
    monkeypatch.setattr(manager, "SYSTEMD", "/no/such")
    assert isinstance(manager.this_manager(), Scripts)
    assert systemd is not None
