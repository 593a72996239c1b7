"""`setup --remote-accept` on a host with its distribution's sudo: what it refuses and writes."""

from __future__ import annotations

import pytest

from psdiff_zbx.agents.remote.rights import ACCEPT, START
from tests.booted import packaged
from tests.booted.test_doctor import doctor
from tests.booted.test_setup import answer, do, setup
from tests.zoo.host import Host

pytestmark = pytest.mark.zabbix

AGENT_FILE, AGENT_RULES, SUDOERS = ACCEPT.agent_file, ACCEPT.agent_rules, ACCEPT.sudoers_file

PROGRAM = "/usr/local/bin/psdiff-zbx"
FOLDER = "/etc/zabbix/zabbix_agent2.d"
VENV = "/opt/psdiff-zbx"
PACKAGES = f"{VENV}/lib/python3.11/site-packages"
SETUP = f"{PROGRAM} setup --agent agent2 --remote-accept"


def run(host: Host, command: str) -> list[str]:
    """The lines that a shell's command prints, also where it fails."""
    return host.run("sh", "-c", command, check=False).splitlines()


def ours(host: Host) -> list[str]:
    """What setup has written."""
    places = (
        SUDOERS,
        f"{FOLDER}/{AGENT_FILE}",
        START.sudoers_file,
        f"{FOLDER}/{START.agent_file}",
        f"{FOLDER}/psdiff_zbx.conf",
        "/var/lib/psdiff-zbx",
    )
    return [place for place in places if (host.files / place.lstrip("/")).exists()]


@pytest.mark.parametrize(
    ("before", "command", "after", "text"),
    [
        (
            f"chmod o+w {PACKAGES}/psutil",
            SETUP,
            f"chmod o-w {PACKAGES}/psutil",
            f"{PACKAGES}/psutil can be written by others: that user could become root",
        ),
        (
            f"chmod g+w {VENV}/bin/psdiff-zbx",
            SETUP,
            f"chmod g-w {VENV}/bin/psdiff-zbx",
            f"{VENV}/bin/psdiff-zbx can be written by others",
        ),
        (
            f"chown -h zabbix {VENV}/bin/python3",
            SETUP,
            f"chown -h root {VENV}/bin/python3",
            f"{VENV}/bin/python3 belongs to uid",
        ),
        (
            f"chmod g+w {VENV}/pyvenv.cfg",
            SETUP,
            f"chmod g-w {VENV}/pyvenv.cfg",
            f"{VENV}/pyvenv.cfg can be written by others",
        ),
        (
            "chmod o+w /usr/local/bin",
            SETUP,
            "chmod o-w /usr/local/bin",
            "/usr/local/bin can be written by others",
        ),
        (
            f"rm {PROGRAM}",
            SETUP.replace(PROGRAM, f"{VENV}/bin/psdiff-zbx"),
            f"ln -s {VENV}/bin/psdiff-zbx {PROGRAM}",
            f"which is not in its PATH: run 'ln -sf {VENV}/bin/psdiff-zbx {PROGRAM}'",
        ),
        (
            "true",
            SETUP.replace(PROGRAM, f"{VENV}/bin/python -m psdiff_zbx"),
            "true",
            "'python -m' is not for root",
        ),
        (
            "true",
            f"PYTHONPATH={PACKAGES} /usr/bin/python3 {SETUP}",
            "true",
            "outside a virtual environment Python also runs what is in home folders",
        ),
        (
            "true",
            f"{SETUP} --baseline /root/baseline",
            "true",
            "--remote-accept is for a host's usual files: leave out --baseline",
        ),
        (
            f"echo 'DenyKey=system.run[*]' > {FOLDER}/own.conf",
            SETUP,
            f"rm {FOLDER}/own.conf",
            "own.conf line 1 has 'DenyKey=system.run[*]', which the agent asks before what setup",
        ),
        (
            "mv /usr/sbin/visudo /root",
            SETUP,
            "mv /root/visudo /usr/sbin",
            "no visudo here: accepting from the frontend needs sudo; install it",
        ),
        (
            "true",
            f"runuser -u zabbix -- {SETUP}",
            "true",
            "only root can set up an agent",
        ),
    ],
)
def test_refuses_and_changes_nothing(
    bare: Host, before: str, command: str, after: str, text: str
) -> None:
    run(bare, before)
    (line,) = run(bare, command)
    run(bare, after)
    assert line.startswith("psdiff-zbx: error: ")
    assert text in line
    assert ours(bare) == []


def test_says_what_it_would_do(bare: Host) -> None:
    lines = run(bare, f"{SETUP} --dry-run")
    assert f"Would write {SUDOERS}" in lines
    assert f"Would write {FOLDER}/{AGENT_FILE}" in lines
    assert ours(bare) == []


def test_leaves_a_file_of_sudoers_that_is_not_ours(bare: Host) -> None:
    run(bare, f"echo 'bob ALL=(ALL) ALL' > {SUDOERS}")
    (line,) = run(bare, SETUP)
    run(bare, f"{PROGRAM} setup --agent agent2 --remove")
    left = run(bare, f"cat {SUDOERS}; rm {SUDOERS}")
    assert f"{SUDOERS} was not written by psdiff-zbx" in line
    assert left == ["bob ALL=(ALL) ALL"]
    assert ours(bare) == []


def test_takes_back_a_line_that_sudo_does_not_obey(bare: Host) -> None:
    run(bare, "echo 'zabbix ALL = (ALL) !ALL' > /etc/sudoers.d/zz")
    line = run(bare, SETUP)[-1]
    run(bare, "rm /etc/sudoers.d/zz")
    assert f"sudo ignores {SUDOERS}, which is removed again" in line
    assert not {SUDOERS, f"{FOLDER}/{AGENT_FILE}"} & set(ours(bare))


def test_writes_once_and_removes(bare: Host) -> None:
    files = (SUDOERS, f"{FOLDER}/{AGENT_FILE}")
    assert {f"Wrote {file}" for file in files} < set(run(bare, SETUP))
    python = run(bare, f"head -1 {PROGRAM}")[0].removeprefix("#!")
    assert run(bare, f"cat {SUDOERS}") == [
        f"Defaults!{python} env_reset",
        f"zabbix ALL=(root) NOPASSWD: {python} -I -m psdiff_zbx accept --remote",
    ]
    assert "\n".join(run(bare, f"cat {FOLDER}/{AGENT_FILE}")) == AGENT_RULES.rstrip("\n")
    assert run(bare, f"stat -c '%a %U' {SUDOERS} {FOLDER}/{AGENT_FILE}") == [
        "440 root",
        "644 root",
    ]
    assert {f"No changes to {file}" for file in files} < set(run(bare, SETUP))
    run(bare, f"chmod 666 {SUDOERS} {FOLDER}/{AGENT_FILE}")
    assert {f"Wrote {file}" for file in files} < set(run(bare, SETUP))
    remove = f"{PROGRAM} setup --agent agent2 --remove"
    assert {f"Would remove {file}" for file in files} < set(run(bare, f"{remove} --dry-run"))
    assert {f"Removed {file}" for file in files} < set(run(bare, remove))
    assert not set(files) & set(ours(bare))


# What every Python runs that finds it: a file for each user that has done so.
MODULE = 'import os; open(f"/srv/evil/{os.geteuid()}", "w")'
EVIL = f"""
mkdir -p /srv/evil; chmod 777 /srv/evil
echo '{MODULE}' > /srv/evil/sitecustomize.py
echo 'Defaults env_keep += PYTHONPATH' > /etc/sudoers.d/aa
runuser -u zabbix -- env PYTHONPATH=/srv/evil {PROGRAM} remote 'accept Admin' 2>&1
ls /srv/evil | grep -v py; id -u zabbix
rm -r /srv/evil /etc/sudoers.d/aa
"""


def test_root_runs_nothing_from_the_environment(bare: Host) -> None:
    """Even if an administrator lets sudo keep it."""
    run(bare, SETUP)
    *said, uid, zabbix = run(bare, EVIL)
    run(bare, f"{PROGRAM} setup --agent agent2 --remove")
    assert said == [
        "psdiff-zbx: error: nothing differs from /var/lib/psdiff-zbx/baseline; nothing is accepted"
    ]
    assert uid == zabbix


def test_sudos_line_stays_while_another_agent_needs_it(bare: Host) -> None:
    remove = f"{PROGRAM} setup --remove --agent"
    run(bare, SETUP)
    run(bare, SETUP.replace("agent2", "agentd"))
    assert SUDOERS in ours(bare)
    assert f"Removed {SUDOERS}" not in run(bare, f"{remove} agentd")
    assert f"Removed {SUDOERS}" in run(bare, f"{remove} agent2")
    assert not {SUDOERS, f"{FOLDER}/{AGENT_FILE}"} & set(ours(bare))


def test_the_right_to_start_is_apart(bare: Host) -> None:
    """What is refused for one is refused for the other: it is the same code."""
    files = (START.sudoers_file, f"{FOLDER}/{START.agent_file}")
    setup = SETUP.replace("accept", "start")
    (line,) = run(bare, f"{setup} --baseline /root/baseline")
    assert "--remote-start is for a host's usual files: leave out --baseline" in line
    run(bare, f"chmod o+w {VENV}/bin/psdiff-zbx")
    (line,) = run(bare, setup)
    run(bare, f"chmod o-w {VENV}/bin/psdiff-zbx")
    assert "psdiff-zbx can be written by others: that user could become root" in line
    assert {f"Wrote {file}" for file in files} < set(run(bare, setup))
    assert not {SUDOERS, f"{FOLDER}/{AGENT_FILE}"} & set(ours(bare))
    python = run(bare, f"head -1 {PROGRAM}")[0].removeprefix("#!")
    assert run(bare, f"cat {files[0]}")[1].endswith(f" {python} -I -m psdiff_zbx start --remote")
    (line,) = run(bare, f"runuser -u zabbix -- {PROGRAM} remote 'start Admin' 2>&1")
    assert line == "nothing is missing; nothing is started"
    (line,) = run(bare, f"runuser -u zabbix -- {PROGRAM} remote 'accept Admin' 2>&1")
    assert line.endswith("psdiff-zbx setup --remote-accept")
    removed = run(bare, f"{PROGRAM} setup --agent agent2 --remove")
    assert {f"Removed {file}" for file in files} < set(removed)
    assert not set(files) & set(ours(bare))


def test_is_off_without_it(bare: Host) -> None:
    run(bare, SETUP.replace(" --remote-accept", ""))
    assert not {SUDOERS, f"{FOLDER}/{AGENT_FILE}"} & set(ours(bare))


def test_moving_over_to_the_package(bare: Host) -> None:
    """The last one: after it there is no virtual environment."""
    own = "/usr/bin/psdiff-zbx"
    packaged.put(bare)
    bare.run("systemctl", "start", "zabbix-agent2")
    do(bare, setup(bare, "--agent", "agent2", "--remote-accept"))
    assert packaged.install(bare)[0] == (
        f"psdiff-zbx: {PROGRAM} is another installation; to move over: {own} setup"
    )
    moved = bare.run(own, "setup", "--agent", "agent2").splitlines()
    gone, come = (
        f"{sign} UserParameter=psdiff.get,{path} get"
        for sign, path in (("-", PROGRAM), ("+", own))
    )
    assert {gone, come} <= set(moved)
    assert moved[-3:-1] == [
        "Accepting from the frontend still runs another program; change it, too:",
        f"  {own} setup --remote-accept",
    ]
    assert moved[-1].endswith(f"remove it after that: rm -r {VENV} {PROGRAM}*")
    do(bare, moved)
    bare.run("sh", "-c", moved[-1].rpartition(": ")[2])
    last = bare.run("psdiff-zbx", "setup", "--agent", "agent2", "--remote-accept")
    assert f"Wrote {SUDOERS}\n" in last
    assert answer(bare)["error"] == ""
    assert doctor(bare).not_ok == {}
