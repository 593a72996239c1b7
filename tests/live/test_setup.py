"""setup as root types it, with agents that do not run.  With those that do: tests/host."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from psdiff_zbx.core.agent_config import plugin_configuration, userparameters
from tests.live.bare_host import FOLDERS, START, BareHost
from tests.live.program import error_of

BASELINE = "/var/lib/psdiff-zbx/baseline"
AGENTD = f"{FOLDERS['agentd']}/psdiff_zbx.conf"
AGENT2 = f"{FOLDERS['agent2']}/psdiff_zbx.conf"


def setup(host: BareHost, *words: str) -> list[str]:
    return host.run("setup", *words).ok().lines


def refused(host: BareHost, *words: str) -> str:
    """The one line of an error, with nothing changed."""
    before = host.everything()
    error = error_of(host.run(*words), "setup")
    assert host.everything() == before
    return error


def test_from_nothing_to_an_answer_and_back(host: BareHost) -> None:
    host.add("agentd")
    began = host.everything()
    found = "Found zabbix_agentd by /etc/zabbix/zabbix_agentd.conf, user zabbix"
    assert setup(host, "--dry-run") == [
        found,
        f"Would write {AGENTD}",
        f"Would write {BASELINE}, which would expect no daemon",
        "Would ask for an answer as user zabbix",
    ]
    assert host.everything() == began

    told = setup(host)
    assert told[:3] == [found, f"Wrote {AGENTD}", f"Wrote {BASELINE}, which expects no daemon"]
    assert told[3].startswith("User zabbix gets a good answer: 0 daemons expected, 0 missing, ")
    program = str(host.bin / "psdiff-zbx")
    assert told[4] == f"Now start the agent: {START.format('agentd')} && {program} write"
    assert host.text(AGENTD) == userparameters(program)
    assert host.text(BASELINE).startswith("# psdiff-zbx baseline 1\n")

    before = host.everything()
    again = setup(host)
    assert again[1] == f"No changes to {AGENTD}"
    assert again[2].startswith(f"Baseline {BASELINE} of 20")
    assert again[4] == f"Now start the agent: {START.format('agentd')}"
    assert host.everything() == before

    stays = f"The baseline stays; to remove it: rm -r {Path(BASELINE).parent}"
    assert setup(host, "--remove", "--dry-run") == [f"Would remove {AGENTD}", stays]
    assert host.everything() == before
    assert setup(host, "--remove") == [f"Removed {AGENTD}", stays]
    assert setup(host, "--remove") == ["Nothing to remove", stays]
    assert set(host.everything("/etc")) == set(began)


def test_from_userparameters_to_the_plugin(host: BareHost) -> None:
    host.add("agent2", "Hostname=web 1\n")
    setup(host)
    assert host.text(AGENT2) == userparameters(str(host.bin / "psdiff-zbx"))
    told = setup(host, "--agent", "plugin")
    plugin = plugin_configuration(str(host.bin / "psdiff-zbx-agent2"))
    assert host.text(AGENT2) == plugin
    (path,) = [line for line in plugin.splitlines() if line.startswith("Plugins.")]
    assert f"+ {path}" in told
    assert sum(line.startswith("- UserParameter=") for line in told) == 6
    assert told[-1] == "  psdiff-zbx push --url https://zabbix.example --user Admin --link 'web 1'"


def test_an_agent_that_runs_and_options_for_each_look(host: BareHost) -> None:
    host.add("agentd")
    host.daemon("/usr/local/sbin/zabbix_agentd", "60")
    words = ("--min-age", "0", "--baseline", "/var/lib/own baseline")
    told = host.run(*words, "setup").ok().lines
    assert "+     /usr/local/sbin/zabbix_agentd 60  {user=root}" in told
    command = f"{host.bin}/psdiff-zbx --baseline {shlex.quote(words[3])} --min-age 0"
    assert host.text(AGENTD) == userparameters(command)
    assert host.path(words[3]).exists()
    assert not host.path(BASELINE).exists()
    (restart,) = [line for line in told if line.startswith("Now ")]
    assert restart.startswith("Now restart the agent: zabbix_agentd, process ")
    assert setup(host, "--remove") == [f"Removed {AGENTD}", restart]


def test_without_systemd_nobody_is_asked_to_start_the_agent_again(host: BareHost) -> None:
    host.add("agent2")
    host.script("systemctl", "touch /var/lib/trap; echo on-abnormal")
    assert "systemd" not in "\n".join(setup(host, "--agent", "plugin", "--yes"))
    assert not host.path("/var/lib/trap").exists()


def test_all_is_in_its_place_but_the_agents_user_may_not_read_it(host: BareHost) -> None:
    host.add("agentd")
    host.path("/etc/psdiff-zbx").mkdir(mode=0o700)
    done = host.run("setup")
    assert done.code == 3
    assert done.lines[-1].startswith("Wrote "), "what has been done is said"
    assert done.err.startswith(
        "psdiff-zbx: error: everything is installed, but user zabbix gets: "
    )
    assert done.err.count("\n") == 1


def test_what_cannot_be_set_up(host: BareHost) -> None:
    assert refused(host, "setup").startswith("no Zabbix agent here")
    assert refused(host, "setup", "--remove").startswith("no Zabbix agent here")
    host.add("agentd", "User=postgres\n")
    assert refused(host, "setup").startswith("no user postgres")
    host.add("agent2")
    assert refused(host, "setup").startswith("zabbix_agentd and zabbix_agent2 are both here")
    agent2 = ("setup", "--agent", "agent2")
    assert "leave out --snapshot" in refused(host, "--snapshot", "/etc/passwd", *agent2)

    other = host.path(f"{FOLDERS['agent2']}/other.conf")
    other.write_text("UserParameter=psdiff.get,psdiff get\n")
    assert f"{FOLDERS['agent2']}/other.conf line 1 already has" in refused(host, *agent2)
    other.unlink()

    host.path(AGENT2).write_text("# mine\n")
    assert "was not written by psdiff-zbx" in refused(host, *agent2)
    assert "was not written by psdiff-zbx" in refused(host, *agent2, "--remove")
    host.path(AGENT2).unlink()

    host.path(BASELINE).parent.mkdir()
    host.path(BASELINE).write_text("# psdiff-zbx baseline 1\nrubbish")
    assert BASELINE in refused(host, *agent2)
    host.path(BASELINE).unlink()

    host.run_in("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", FOLDERS["agent2"]).ok()
    assert refused(host, *agent2) == (
        f"cannot write to {FOLDERS['agent2']}: the file system is read-only"
    )


def test_only_root_sets_up(host: BareHost) -> None:
    host.add("agentd")
    program = str(host.bin / "psdiff-zbx")
    before = host.everything()
    for what in ("setup", "--remove"):
        words = dict.fromkeys(("setup", what))
        done = host.run_in(program, *words, as_zabbix=True)
        assert "only root can set up an agent" in error_of(done, "setup")
    looked = host.run_in(program, "setup", "--dry-run", as_zabbix=True).ok().lines
    assert looked[1] == f"Would write {AGENTD}"
    assert host.everything() == before


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "the frontend's actions let the agent run 'psdiff-zbx', which is"),
        (("--baseline", "/var/lib/baseline"), "leave out --baseline"),
    ],
)
def test_accepting_from_the_frontend_is_refused(
    host: BareHost, options: tuple[str, ...], why: str
) -> None:
    host.add("agentd")
    assert why in refused(host, *options, "setup", "--remote-accept")
