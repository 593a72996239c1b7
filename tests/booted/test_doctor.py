"""The doctor on a real host: all is well, then one thing at a time is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from psdiff_zbx.agents.remote import rights
from tests.zoo.host import ENVIRONMENT, Host, HostError

pytestmark = pytest.mark.zabbix

BASELINE = "/var/lib/psdiff-zbx/baseline"
OURS = "/etc/zabbix/zabbix_agentd.conf.d/psdiff_zbx.conf"
BESIDE = "/etc/zabbix/zabbix_agentd.conf.d/site.conf"
MAIN = "/etc/zabbix/zabbix_agentd.conf"
PLUGIN = "/etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf"
CONFIG = "/etc/psdiff-zbx/config.toml"
CHECKS = [
    *("program", "configuration", "baseline", "processes", "answer"),
    *("zabbix_agentd", "keys"),
]
WAIT = "timeout 30 sh -c 'until zabbix_get -s 127.0.0.1 -p {} -k agent.ping; do {}; done'"
AGAIN = "restart the agent: 'systemctl restart zabbix-agent'"
RESTART = f"systemctl restart zabbix-agent; {WAIT.format(10050, 'sleep 0.1')}"
# Again where 6.0.14 lost its own race with a plugin (tests/zabbix/agents.py).
START_2 = WAIT.format(10051, "systemctl start zabbix-agent2; sleep 1")


class Diagnosis(NamedTuple):
    """How the doctor ended, and what it says of each check."""

    code: int
    checks: dict[str, dict[str, str]]

    def says(self, name: str) -> str:
        return " – ".join((self.checks[name]["text"], self.checks[name]["remedy"]))

    @property
    def not_ok(self) -> dict[str, str]:
        found = self.checks.values()
        return {each["name"]: each["status"] for each in found if each["status"] != "ok"}


def sh(host: Host, script: str) -> str:
    return host.run("sh", "-ec", script)


def doctor(host: Host, command: str = "psdiff-zbx doctor") -> Diagnosis:
    text, _, code = sh(host, f"{command} --json || code=$?; echo $code").rstrip().rpartition("}")
    document: dict[str, Any] = json.loads(f"{text}}}")
    assert document["ok"] == (code.strip() == "")
    return Diagnosis(int(code or 0), {each["name"]: each for each in document["checks"]})


@pytest.fixture(scope="module")
def host(bare: Host) -> Host:
    """With zabbix_agentd set up by hand, as README says."""
    sh(bare, f"psdiff-zbx userparameters > {OURS}; {RESTART}")
    bare.run("psdiff-zbx", "write", "--all")
    return bare


@contextmanager
def broken(host: Host, how: str, undo: str) -> Iterator[None]:
    """Whatever is done inside the block, the host is whole after it."""
    try:
        sh(host, how)
        yield
    finally:
        sh(host, undo)


def test_all_is_well(host: Host) -> None:
    found = doctor(host)
    assert (found.code, list(found.checks), found.not_ok) == (0, CHECKS, {}), found
    assert "as root" not in str(found)
    assert sh(host, "psdiff-zbx doctor").count("\n") == len(CHECKS)


CONFIGURE = f"mkdir -pm 755 /etc/psdiff-zbx; umask 022; cat > {CONFIG}"
RULE = "[[rule]]\nname = 'x'\nkeep = true"
NO_CONFIG = "rm -r /etc/psdiff-zbx"
KEEP, RESTORE = f"cp -p {BASELINE} /root", f"cp -p /root/baseline {BASELINE}"
LACKS = {"baseline": "wrong", "keys": "unknown"}

# What is broken, how it is mended, what is not ok, and some words of it.
HERE = {
    "no baseline": (
        f"{KEEP}; rm {BASELINE}",
        RESTORE,
        LACKS,
        f"no baseline at {BASELINE} – record one with 'psdiff-zbx write'",
    ),
    "damaged baseline": (
        f"{KEEP}; sed -i '/^# end/d' {BASELINE}",
        RESTORE,
        LACKS,
        "cut off, the last line is not '# end' – restore it",
    ),
    "baseline of root's": (
        f"chmod 600 {BASELINE}",
        f"chmod 644 {BASELINE}",
        LACKS,
        f"{BASELINE}: Permission denied – 'chmod go+rX {BASELINE}'",
    ),
    "baseline in a folder of root's": (
        "chmod 700 /var/lib/psdiff-zbx",
        "chmod 755 /var/lib/psdiff-zbx",
        LACKS,
        f"{BASELINE}: Permission denied – 'chmod go+rX /var/lib/psdiff-zbx'",
    ),
    "unsafe configuration": (
        f"{CONFIGURE} <<E\n{RULE}\nE\nchmod 666 {CONFIG}",
        NO_CONFIG,
        {"configuration": "wrong", "keys": "unknown"},
        f"{CONFIG} can be written by others – 'chmod go-w {CONFIG}'",
    ),
    "configuration of root's": (
        f"{CONFIGURE} <<E\n{RULE}\nE\nchmod 600 {CONFIG}",
        NO_CONFIG,
        {"configuration": "wrong", "keys": "unknown"},
        f"zabbix: cannot read {CONFIG}: Permission denied – 'chmod go+rX {CONFIG}'",
    ),
    "configuration in a folder of root's": (
        f"{CONFIGURE} <<E\n{RULE}\nE\nchmod 700 /etc/psdiff-zbx",
        NO_CONFIG,
        {"configuration": "wrong", "keys": "unknown"},
        "Permission denied – 'chmod go+rX /etc/psdiff-zbx'",
    ),
    "wrong rule": (
        f"{CONFIGURE} <<E\n[[rule]]\nmtach = 'x'\nE",
        NO_CONFIG,
        {"configuration": "wrong", "keys": "unknown"},
        f"{CONFIG}: rule 1: unknown key 'mtach' – known are match",
    ),
    "slow rule": (
        f"{CONFIGURE} <<E\n[[rule]]\nregex = '(a|aa)+$'\nignore = 'self'\nE",
        NO_CONFIG,
        {"rules": "warning"},
        f'{CONFIG}, rule 1: "(a|aa)+$" takes long for a command line that any user can make up',
    ),
    "answers too late when something is missing": (
        f"{CONFIGURE} <<E\nmissing_retry = 5\nE",
        NO_CONFIG,
        {"answer": "wrong"},
        "Timeout=3, but in 5.",
    ),
    "hidden processes": (
        "mount -o remount,hidepid=2 /proc",
        "mount -o remount,hidepid=0 /proc",
        {"processes": "wrong", "keys": "unknown"},
        "/proc hides other users' processes (hidepid=invisible) – 'mount -o remount,gid=",
    ),
    "program of root's": (
        "chmod 700 /opt/psdiff-zbx",
        "chmod 755 /opt/psdiff-zbx",
        {"program": "wrong", "keys": "unknown"},
        "zabbix must be able to read it: 'chmod -R go+rX /opt/psdiff-zbx'",
    ),
}
OTHERS = f"sed -i s/^Server=.*/Server=192.0.2.1/ {MAIN}"
UNIT_2 = "/run/systemd/system/zabbix-agent2.service.d"
UNIT = "/run/systemd/system/zabbix-agent.service.d"
ACCEPT = f"/etc/zabbix/zabbix_agentd.conf.d/{rights.ACCEPT.agent_file}"
CONFINE = f"mkdir {UNIT}; printf '[Service]\\n{{}}\\n' > {UNIT}/x.conf"
RELOAD = f"systemctl daemon-reload; {RESTART}"
AGENT = {
    "not included": (
        f"mv {OURS} /root",
        f"mv /root/psdiff_zbx.conf {OURS}",
        {"zabbix_agentd": "wrong"},  # agent 2 does not know of psdiff either, and does not run
        f"no file that {MAIN} includes has the item keys – 'psdiff-zbx setup --agent agentd'",
    ),
    "defined twice": (
        f"cp {OURS} {BESIDE}",
        f"rm {BESIDE}",
        {"zabbix_agentd": "wrong"},
        f"psdiff.get is defined twice, with which the agent does not start: {OURS} line 4 and",
    ),
    "included twice": (
        f"cp {MAIN} /root; echo Include={OURS} >> {MAIN}",
        f"cp /root/zabbix_agentd.conf {MAIN}",
        {"zabbix_agentd": "wrong"},
        f"{OURS} is included twice, with which the agent does not start: {MAIN} line ",
    ),
    "a plugin for zabbix_agentd": (
        f"psdiff-zbx-agent2 --configuration > {BESIDE}",
        f"rm {BESIDE}",
        {"zabbix_agentd": "wrong"},
        "is for a plugin, with which the agent does not start: plugins are agent 2's – 'sed -i",
    ),
    "a lack of keys": (
        f"cp {OURS} /root; sed -i /psdiff.extra/d {OURS}",
        f"cp /root/psdiff_zbx.conf {OURS}",
        {"zabbix_agentd": "warning"},
        "psdiff.extra not among the UserParameters",
    ),
    "another installation": (
        f"cp {OURS} /root; sed -i s,/usr/local/bin,/srv,g {OURS}",
        f"cp /root/psdiff_zbx.conf {OURS}",
        {"zabbix_agentd": "wrong"},
        "runs /srv/psdiff-zbx get, which is not there – 'psdiff-zbx setup --agent agentd', then",
    ),
    "all keys refused": (
        f"printf 'AllowKey=agent.*\\nDenyKey=*\\n' > {BESIDE}",
        f"rm {BESIDE}",
        {"access": "wrong"},
        f"DenyKey=* ({BESIDE} line 2) refuses psdiff.get, psdiff.discovery",
    ),
    "one key refused": (
        f"echo 'DenyKey=psdiff.count[*]' > {BESIDE}",
        f"rm {BESIDE}",
        {"access": "warning"},
        "refuses psdiff.count[id] – allow them before that line: 'sed -i ",
    ),
    "unsafe parameters": (
        f"echo UnsafeUserParameters=1 > {BESIDE}",
        f"rm {BESIDE}",
        {"parameters": "warning"},
        "UnsafeUserParameters=1 lets anyone who may ask the agent run any command – psdiff's",
    ),
    "only encrypted questions": (
        f"echo TLSAccept=psk > {BESIDE}",
        f"rm {BESIDE}",
        {"keys": "unknown"},
        "cannot be asked from here: TLSAccept=psk – 'zabbix_get -s 127.0.0.1 -p 10050 ",
    ),
    "only active checks": (
        f"echo StartAgents=0 > {BESIDE}",
        f"rm {BESIDE}",
        {"keys": "unknown"},
        "StartAgents=0, active checks only",
    ),
    "a stopped agent": (
        "systemctl stop zabbix-agent",
        RESTART,
        {"keys": "wrong"},
        "zabbix_agentd does not run – start it: 'systemctl start zabbix-agent'; 'journalctl",
    ),
    "an agent that was not restarted": (
        f"mv {OURS} /root; {RESTART}; mv /root/psdiff_zbx.conf {OURS}",
        RESTART,
        {"keys": "wrong"},
        f"ZBX_NOTSUPPORTED: Unsupported item key. – {AGAIN}",
    ),
    "an agent that is another's": (
        f"cp {MAIN} /root; {OTHERS}; systemctl restart zabbix-agent; sleep 1",
        f"cp /root/zabbix_agentd.conf {MAIN}; {RESTART}",
        {"keys": "unknown"},
        "hangs up on 127.0.0.1, which Server=192.0.2.1 does not allow",
    ),
    "an agent that nobody hears": (
        f"echo ListenPort=10059 > {BESIDE}",
        f"rm {BESIDE}",
        {"keys": "wrong"},
        f"does not answer at port 10059: Connection refused – {AGAIN}",
    ),
    "a confined agent": (
        f"mkdir {UNIT}; printf '[Service]\\nProtectProc=invisible\\n' > {UNIT}/x.conf; {RELOAD}",
        f"rm -r {UNIT}; {RELOAD}",
        {"keys": "wrong"},
        "zabbix-agent has ProtectProc=invisible: 'mkdir -p /etc/systemd/system/",
    ),
    **{
        f"accepting under {limit}": (
            f"touch {ACCEPT}; {CONFINE.format(limit)}; {RELOAD}",
            f"rm -r {ACCEPT} {UNIT}; {RELOAD}",
            {"limits": "wrong"},
            f"accepting from the frontend cannot work: zabbix-agent has {words}",
        )
        for limit, words in {
            "NoNewPrivileges=yes": "NoNewPrivileges= – 'mkdir -p ",
            "CapabilityBoundingSet=CAP_SETUID": (
                "CapabilityBoundingSet= without CAP_SETGID – 'mkdir -p "
            ),
            "ReadOnlyPaths=/var/lib": ("/var/lib/psdiff-zbx mounted read-only – 'mkdir -p "),
            "LimitFSIZE=100M": "LimitFSIZE=104857600 – 'mkdir -p ",
        }.items()
    },
}
CASES = {**HERE, **AGENT}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named(host: Host, case: str) -> None:
    how, undo, not_ok, words = CASES[case]
    with broken(host, how, undo):
        found = doctor(host)
    assert found.not_ok == not_ok, found
    assert words in found.says(next(iter(not_ok))), found
    assert found.code == ("wrong" in not_ok.values())


@pytest.mark.parametrize("case", [case for case in AGENT if "does not start" in AGENT[case][3]])
def test_an_agent_that_does_not_start_does_not(host: Host, case: str) -> None:
    how, undo, *_ = AGENT[case]
    start = ("zabbix_agentd", "-c", MAIN, "-t", "agent.ping")
    host.run(*start)
    with broken(host, how, undo), pytest.raises(HostError, match="zabbix_agentd"):
        host.run(*start)


@pytest.mark.parametrize(("seconds", "status"), [(0.6, "warning"), (1.2, "wrong")])
def test_a_slow_program_is_named(host: Host, seconds: float, status: str) -> None:
    program = "\\n".join(
        (
            "#!/opt/psdiff-zbx/bin/python",
            f"import sys, time; time.sleep({seconds})",
            "from psdiff_zbx.cli.main import main; sys.exit(main())",
        )
    )
    how = f"printf '{program}\\n' > /opt/slow; chmod 755 /opt/slow; echo Timeout=1 > {BESIDE}"
    with broken(
        host, f"{how}; {CONFIGURE} <<E\nmissing_retry = 0\nE", f"rm {BESIDE}; {NO_CONFIG}"
    ):
        found = doctor(host, "/opt/slow doctor")
    assert found.checks["answer"]["status"] == status, found
    assert "s of the agent's Timeout=1 – set Timeout=5: 'sed -i " in found.says("answer")


def test_a_difference_is_not_wrong(host: Host) -> None:
    with broken(host, "systemctl stop cron", "systemctl start cron"):
        found = doctor(host)
    assert (found.code, found.not_ok) == (0, {}), found
    assert found.says("answer").startswith("1 missing, 0 extra, in 0.")


def test_processes_hidden_from_all_but_a_group_of_the_agents(host: Host) -> None:
    how = "mount -o remount,hidepid=2,gid=$(id -g zabbix) /proc"
    with broken(host, how, "mount -o remount,hidepid=0,gid=0 /proc"):
        found = doctor(host)
    assert (found.code, found.not_ok) == (0, {}), found
    assert re.search("zabbix sees all .*, with /proc mounted gid=.*", found.says("processes"))


def test_others_than_root_are_told_what_they_cannot_know(host: Host) -> None:
    found = doctor(host, "runuser -u nobody -- psdiff-zbx doctor")
    assert (found.code, found.not_ok) == (0, {"user": "unknown"}), found
    assert found.says("user").startswith("examined as nobody")


def test_both_agents_and_the_plugin(host: Host) -> None:
    how = (
        f"psdiff-zbx-agent2 --configuration > {PLUGIN}; "
        f"echo ListenPort=10051 >> {PLUGIN}; mkdir {UNIT_2}; "
        f"printf '[Service]\\nRestart=always\\n' > {UNIT_2}/x.conf; "
        f"systemctl daemon-reload; {START_2}"
    )
    with broken(host, how, f"systemctl stop zabbix-agent2; rm -r {PLUGIN} {UNIT_2}"):
        lines = sh(host, "psdiff-zbx doctor").splitlines()
        alone = doctor(host, "psdiff-zbx doctor --agent plugin")
    assert [line.split()[:2] for line in lines[-4:]] == [
        ["ok", "zabbix_agentd"],
        ["ok", "keys"],
        ["ok", "zabbix_agent2"],
        ["ok", "keys"],
    ], lines
    assert (alone.code, alone.not_ok) == (0, {}), alone
    assert f"item keys by plugin in {PLUGIN}" in alone.says("zabbix_agent2")


SECOND = "/etc/zabbix/second.conf"
SECOND_LINES = "Server=127.0.0.1\\nListenPort=10052\\nLogType=console\\nPidFile=/tmp/second.pid\\n"


def test_two_agents_of_one_kind(host: Host) -> None:
    start = (
        "systemd-run -qu zabbix-second -p User=zabbix -p PrivateTmp=yes "
        f"zabbix_agentd -f -c {SECOND}; {WAIT.format(10052, 'sleep 0.1')}"
    )
    stop = f"systemctl stop zabbix-second; rm {SECOND}"
    with broken(host, f"printf '{SECOND_LINES}' > {SECOND}; {start}", stop):
        (line,) = sh(host, "psdiff-zbx doctor").splitlines()[len(CHECKS) :]
    assert line == (
        f"unknown  zabbix_agentd  zabbix_agentd by {SECOND} runs without the item keys – "
        f"if Zabbix asks this one: 'echo Include={OURS} >> {SECOND}', then "
        "'systemctl restart zabbix-second'"
    )
    include = f"Include={OURS}"
    with broken(host, f"printf '{SECOND_LINES}{include}' > {SECOND}; {start}", stop):
        keys, answer = sh(host, "psdiff-zbx doctor").splitlines()[len(CHECKS) :]
    assert keys.endswith(f"item keys by UserParameters in {OURS}, for zabbix_agentd by {SECOND}")
    assert answer.startswith(f"ok       keys           zabbix_agentd by {SECOND}: psdiff.get in ")


def test_plugin_and_userparameters_exclude_each_other(host: Host) -> None:
    how = f"psdiff-zbx-agent2 --configuration > {PLUGIN}; psdiff-zbx userparameters >> {PLUGIN}"
    with broken(host, how, f"rm {PLUGIN}"):
        found = doctor(host, "psdiff-zbx doctor --agent agent2")
        with pytest.raises(HostError):
            host.run("zabbix_agent2", "-c", "/etc/zabbix/zabbix_agent2.conf", "-t", "psdiff.get")
    assert (found.code, found.not_ok) == (1, {"zabbix_agent2": "wrong"}), found
    remedy = "with which the agent does not start – 'psdiff-zbx setup --agent plugin', then "
    assert remedy in found.says("zabbix_agent2")


def test_no_agent_at_all(host: Host) -> None:
    hide = "for each in zabbix_agentd zabbix_agent2; do mv /usr/sbin/$each /root; done"
    show = f"mv /root/zabbix_agentd /root/zabbix_agent2 /usr/sbin/; {RESTART}"
    with broken(host, f"systemctl stop zabbix-agent; {hide}", show):
        found = doctor(host)
    assert found.not_ok == {"agent": "wrong"}, found
    assert "no Zabbix agent here" in found.says("agent")


def test_a_terminal_is_not_wider_than_it_is(host: Host) -> None:
    command = "stty cols 80; exec psdiff-zbx doctor"
    line = ("script", "-qec", command, "/dev/null")
    with broken(host, f"chmod 600 {BASELINE}", f"chmod 644 {BASELINE}"):
        said = host.run("env", f"PATH={ENVIRONMENT['PATH']}", "TERM=xterm", *line, check=False)
    rows = said.replace("\r", "").replace("\x1b[31m", "").replace("\x1b[32m", "").splitlines()
    assert "\x1b[31mwrong" in said
    assert max(len(row.replace("\x1b[0m", "").replace("\x1b[2m", "")) for row in rows) <= 80, said
