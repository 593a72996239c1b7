"""Accepting from the frontend is set up: files in a folder of ours, commands that stand in for
sudo's.  The real ones: tests/host/test_remote_accept.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from psdiff_zbx.agents.configuration import AgentError
from psdiff_zbx.agents.installed import Installed, find_agents
from psdiff_zbx.agents.remote import install, safety
from psdiff_zbx.agents.remote.rights import ACCEPT, RIGHTS, Right
from psdiff_zbx.agents.setup.setup import Wish
from psdiff_zbx.host import interpreter, trusted_files
from tests.agents.setup.test_setup import DEBIAN, DEBIAN2, tree

Command = Callable[[str, str], None]
WISH = Wish(None, "/opt/psdiff-zbx", rights=RIGHTS, dry_run=False)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Makes a script that is found in place of any command by that name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(safety, "PATH", str(folder))

    def make(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return make


@pytest.fixture
def agents(tmp_path: Path) -> list[Installed]:
    (tmp_path / "etc/sudoers.d").mkdir(parents=True)
    return find_agents(tree(tmp_path, DEBIAN, DEBIAN2), ())


def places(agent: Installed, right: Right = ACCEPT) -> tuple[Path, Path]:
    return agent.root / right.sudoers_file.lstrip("/"), agent.folder / right.agent_file


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.verb)
def test_writes_once_and_removes(agents: list[Installed], command: Command, right: Right) -> None:
    command("sudo", "exit 0")
    agent, files = agents[0], places(agents[0], right)
    dry = WISH._replace(dry_run=True)
    said = [*install.install_remote(right, agent, dry)]
    assert said == [f"Would write {file}" for file in files]
    assert not any(file.exists() for file in files)
    done = [*install.install_remote(right, agent, WISH)]
    assert done == [*(f"Wrote {file}" for file in files), *right.risk]
    texts = [file.read_text() for file in files]
    assert texts == [right.sudoers("zabbix"), right.agent_rules]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o440, 0o644]
    assert [*install.install_remote(right, agent, WISH)][:2] == [
        f"No changes to {file}" for file in files
    ]
    files[0].chmod(0o444)
    assert next(install.install_remote(right, agent, WISH)) == f"Wrote {files[0]}"
    said = [*install.remove_remote(agent, [], True)]
    assert said == [f"Would remove {file}" for file in files]
    assert [*install.remove_remote(agent, [], False)] == [f"Removed {file}" for file in files]
    assert [*install.remove_remote(agent, [], False)] == []


def test_sudos_line_stays_while_another_agent_needs_it(
    agents: list[Installed], command: Command
) -> None:
    command("sudo", "exit 0")
    first, second = agents
    for right, agent in product(RIGHTS, agents):
        list(install.install_remote(right, agent, WISH))
    accept, start = (places(first, right) for right in RIGHTS)
    kept = [f"Removed {accept[1]}", f"Removed {start[1]}"]
    assert [*install.remove_remote(first, [second], False)] == kept
    assert len([*install.remove_remote(second, [first], False)]) == 4


def test_takes_back_a_line_that_sudo_does_not_obey(
    agents: list[Installed], command: Command
) -> None:
    command("sudo", "exit 1")
    files = places(agents[0])
    with pytest.raises(AgentError, match=f"sudo ignores {files[0]}, which is removed"):
        list(install.install_remote(ACCEPT, agents[0], WISH))
    assert not any(file.exists() for file in files)


def test_a_folder_that_is_not_there(agents: list[Installed]) -> None:
    file = places(agents[0])[0]
    file.parent.rmdir()
    file.parent.write_text("")
    with pytest.raises(AgentError, match=f"cannot write {file}: Not a directory"):
        list(install.install_remote(ACCEPT, agents[0], WISH))


@pytest.fixture
def safe(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program as a package has it installed, root's alone."""
    command("psdiff-zbx", "")
    program = tmp_path / "bin" / "psdiff-zbx"
    program.write_text("#!/usr/bin/python3 -IB\n")
    monkeypatch.setattr(trusted_files, "fault", lambda _: None)
    return str(program)


def refused(agent: Installed, program: str, *options: str) -> str:
    with pytest.raises(AgentError) as caught:
        install.check_remote(ACCEPT, agent, WISH._replace(program=program), options)
    return str(caught.value)


def test_what_is_safe_is_not_refused(agents: list[Installed], command: Command, safe: str) -> None:
    command("visudo", '[ "$*" = "-c -f -" ] && grep -q NOPASSWD')
    install.check_remote(ACCEPT, agents[0], WISH._replace(program=safe), ())
    places(agents[0])[0].write_text("bob ALL=(ALL) ALL\n")
    assert "was not written by psdiff-zbx" in refused(agents[0], safe)


def test_the_programs_that_are_refused(
    agents: list[Installed], safe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "leave out --baseline" in refused(agents[0], safe, "--baseline", "/x")
    assert "'python -m' is not for root" in refused(agents[0], f"{sys.executable} -m psdiff_zbx")
    assert refused(agents[0], "/no/such") == (
        f"the frontend's actions let the agent run 'psdiff-zbx', which is {safe} here, not this "
        "one: run 'ln -sf /no/such /usr/local/bin/psdiff-zbx'"
    )
    monkeypatch.setattr(trusted_files, "fault", lambda _: "/opt belongs to uid 7")
    assert refused(agents[0], safe).startswith(
        "/opt belongs to uid 7: that user could become root"
    )
    monkeypatch.setattr(interpreter, "in_virtual_environment", lambda: False)
    monkeypatch.setattr(trusted_files, "fault", lambda _: None)
    assert "no visudo here" in refused(agents[0], safe)
    Path(safe).write_text("#!/usr/bin/python3\n")
    assert refused(agents[0], safe).startswith("outside a virtual environment Python also runs")


def test_what_else_of_the_host_is_refused(
    tmp_path: Path, agents: list[Installed], command: Command, safe: str
) -> None:
    assert refused(agents[0], safe).startswith("no visudo here: accepting from the frontend needs")
    command("visudo", "echo 'stdin:1:1: syntax error' >&2; echo more; exit 1")
    assert refused(agents[0], safe) == (
        f"visudo refuses the line for {ACCEPT.sudoers_file}: stdin:1:1: syntax error"
    )
    file = tmp_path / "etc/zabbix/zabbix_agent2.d/own.conf"
    file.write_text("DenyKey=system.run[*]\n")
    _, agent2 = find_agents(tmp_path, ())
    assert "own.conf line 1 has 'DenyKey=system.run[*]', which the agent asks" in refused(
        agent2, safe
    )
