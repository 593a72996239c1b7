"""Broken states of a host, and who tells what to do about each.

In: nothing.  Out: tables of states.  How a state is mended stands in none of them: that is what
the program has to say.
"""

from __future__ import annotations

from typing import NamedTuple

from psdiff_zbx.agents.remote.rights import ACCEPT

BASELINE = "/var/lib/psdiff-zbx/baseline"
FOLDER = "/etc/zabbix/zabbix_agentd.conf.d"
OURS = f"{FOLDER}/psdiff_zbx.conf"
BESIDE = f"{FOLDER}/a.conf"
MAIN = "/etc/zabbix/zabbix_agentd.conf"
MAIN_2 = "/etc/zabbix/zabbix_agent2.conf"
FOLDER_2 = "/etc/zabbix/zabbix_agent2.d"
OURS_2 = f"{FOLDER_2}/psdiff_zbx.conf"
BESIDE_2 = f"{FOLDER_2}/a.conf"
SECOND = "/etc/zabbix/second.conf"
CONFIG = "/etc/psdiff-zbx/config.toml"
RULES = "/etc/psdiff-zbx/rules.d/own.toml"
ROLE = "/etc/psdiff-zbx/baseline.d/web"
PSK = "/etc/zabbix/psk"
DOCTOR = "psdiff-zbx doctor"
SETUP = "psdiff-zbx setup --agent agentd"


class State(NamedTuple):
    """``breaks`` is a script, ``says`` are words that ``told_by``, a command, then says.

    Where the agent cannot be asked from here, nothing is mended, but what is recommended ``asks``:
    it gets an answer.  ``leaves`` are words of what is then told still, for it is no fault.
    """

    breaks: str
    says: str
    told_by: str = DOCTOR
    asks: bool = False
    leaves: str = ""


def in_unit(line: str) -> str:
    """Adds a line to the unit of zabbix_agentd."""
    folder = "/etc/systemd/system/zabbix-agent.service.d"
    add = f"mkdir -p {folder}; printf '[Service]\\n{line}\\n' > {folder}/x.conf"
    return f"{add}; systemctl daemon-reload; systemctl restart zabbix-agent"


def made(path: str, text: str) -> str:
    """Writes a file that all may read; its folders are open, too."""
    return f"umask 022; mkdir -p $(dirname {path}); printf '{text}' > {path}"


CONFIGURED = made(CONFIG, "extra_min_age = 30\\n")
RULED = made(RULES, '[[rule]]\\nname = "x"\\nkeep = true\\n')
EXPECTED = made(ROLE, "root  {user=root}\\n  INIT  {user=root}\\n")
PAUSED = "psdiff-zbx pause 1h"
TO_OURS = f"> {OURS}"

FILES = {
    "no baseline, but the one before": State(f"rm {BASELINE}", "no baseline at"),
    "no baseline, and none before": State(f"rm {BASELINE}*", "record one with"),
    "a baseline that was cut off": State(f"sed -i '/^# end/d' {BASELINE}", "cut off"),
    "a baseline that zabbix may not read": State(f"chmod 600 {BASELINE}", "Permission denied"),
    "a baseline that all may write": State(f"chmod 666 {BASELINE}", "written by others"),
    "a baseline in a closed folder": State(
        f"chmod 700 $(dirname {BASELINE})", "Permission denied"
    ),
    "a baseline of nobody's": State(f"chown nobody {BASELINE}", "belongs to uid"),
    "a configuration that zabbix may not read": State(
        f"{CONFIGURED}; chmod 600 {CONFIG}", "Permission denied"
    ),
    "a configuration that all may write": State(
        f"{CONFIGURED}; chmod 666 {CONFIG}", "written by others"
    ),
    "rules that zabbix may not read": State(f"{RULED}; chmod 600 {RULES}", "Permission denied"),
    "a role that all may write": State(f"{EXPECTED}; chmod 666 {ROLE}", "written by others"),
    "a pause": State(PAUSED, "paused until"),
    "a damaged pause": State(f"echo x > {BASELINE}.pause", "is no pause"),
    "a pause that zabbix may not read": State(
        f"{PAUSED}; chmod 600 {BASELINE}.pause", "does not see that", leaves="paused until"
    ),
    "a damaged history": State(
        f"echo x >> {BASELINE}.history", "is no step of a history", "psdiff-zbx log"
    ),
    "a long second look": State(
        made(CONFIG, "missing_retry = 12\\n"), "when something is missing"
    ),
    "hidden processes": State("mount -o remount,hidepid=2 /proc", "hides other users' processes"),
    "a program in a closed folder": State("chmod 700 /opt", "zabbix may not enter /opt"),
    "an installation under umask 077": State("chmod -R go-rwx /opt/psdiff-zbx", "must be able"),
    "an upgrade under umask 077": State(
        "chmod -R go-rwx /opt/psdiff-zbx/lib/python3*/site-packages/psdiff_zbx/host",
        "must be able",
    ),
}

AGENTD = {
    "no keys": State(f"rm {OURS}", "includes has the item keys"),
    "keys in two files": State(f"cp {OURS} {BESIDE}", "defined twice"),
    "our file included twice": State(f"echo Include={OURS} >> {MAIN}", "is included twice"),
    "a plugin for zabbix_agentd": State(
        f"psdiff-zbx-agent2 --configuration > {BESIDE}", "plugins are agent 2's"
    ),
    "a lack of keys": State(f"sed -i /psdiff.extra/d {OURS}", "psdiff.extra not among"),
    "another installation": State(
        f"install -Dt /srv /opt/psdiff-zbx/bin/psdiff-zbx; sed -i s,/usr/local/bin,/srv,g {OURS}",
        "which is not this program",
    ),
    "a program that is gone": State(
        f"sed -i s,/usr/local/bin,/opt/old/bin,g {OURS}", "which is not there"
    ),
    "a program that is gone, in a file of one's own": State(
        f"sed s,/usr/local/bin,/opt/old/bin,g {OURS} > {BESIDE}; rm {OURS}", "which is not there"
    ),
    "all keys refused": State(f"echo 'DenyKey=*' > {BESIDE}", "DenyKey=* ("),
    "unsafe parameters": State(
        f"echo UnsafeUserParameters=1 > {BESIDE}", "lets anyone who may ask"
    ),
    "a stopped agent": State("systemctl stop zabbix-agent", "does not run"),
    "an agent that was not restarted": State(
        f"mv {OURS} /tmp; systemctl restart zabbix-agent; sleep 1; mv /tmp/psdiff_zbx.conf {OURS}",
        "Unsupported item key",
    ),
    "another port, and no restart": State(
        f"echo ListenPort=10059 > {BESIDE}", "does not answer at port 10059"
    ),
    "a short timeout": State(
        f"sed -i s/^Timeout=.*/Timeout=2/ {MAIN}; systemctl restart zabbix-agent", "Timeout=2"
    ),
    "an agent that may not read our file": State(f"chmod 600 {OURS}", "does not start again"),
    "an agent that may not read its own": State(f"chmod 600 {MAIN}", "does not start again"),
    "a confined agent": State(in_unit("ProtectProc=invisible"), "has ProtectProc=invisible"),
    **{
        f"accepting under {limit}": State(
            f"{made(f'{FOLDER}/{ACCEPT.agent_file}', '')}; {in_unit(limit)}",
            "from the frontend cannot",
        )
        for limit in (
            "NoNewPrivileges=yes",
            "ReadOnlyPaths=/var/lib",
        )
    },
    "another agent without our keys": State(
        f"printf 'Server=127.0.0.1\\nListenPort=10052\\nPidFile=/tmp/2.pid\\nLogType=console\\n' "
        f"> {SECOND}; systemd-run -qu zabbix-second --service-type=exec -p User=zabbix "
        f"zabbix_agentd -f -c {SECOND}",
        "runs without the item keys",
    ),
    "an agent that agent 2 has replaced": State(
        "systemctl stop zabbix-agent; systemctl start zabbix-agent2", "has its port 10050"
    ),
    "setup finds our keys elsewhere": State(
        f"mv {OURS} {BESIDE}", "already has the key psdiff.get", SETUP
    ),
    "setup finds somebody's file": State(f"echo {TO_OURS}", "not written by psdiff-zbx", SETUP),
    "setup finds no folder": State(f"rm -r {FOLDER}", "no folder", SETUP),
    "setup finds no folder included": State(
        f"rm {OURS}; sed -i /^Include/d {MAIN}", "includes no folder", SETUP
    ),
    "setup would be included twice": State(
        f"echo Include={FOLDER}/ >> {MAIN}", "would be included twice", SETUP
    ),
    "only active checks": State(
        f"echo StartAgents=0 > {BESIDE}; systemctl restart zabbix-agent",
        "StartAgents=0",
        asks=True,
    ),
    "only encrypted questions": State(
        f"openssl rand -hex 32 > {PSK}; chmod 644 {PSK}; printf 'TLSAccept=psk\\n"
        f"TLSConnect=psk\\nTLSPSKIdentity=web 1\\nTLSPSKFile={PSK}\\n' > {BESIDE}; "
        "systemctl restart zabbix-agent; sleep 1",
        "TLSAccept=psk",
        asks=True,
    ),
    "an agent for another server only": State(
        f"sed -i s/^Server=.*/Server=192.0.2.1/ {MAIN}; systemctl restart zabbix-agent; sleep 1",
        "does not allow",
        asks=True,
    ),
}

PLUGIN = {
    "a plugin that may start slowly": State(f"sed -i /^PluginTimeout/d {OURS_2}", "starts slowly"),
    "a plugin that has to start soon": State(
        f"sed -i s/^PluginTimeout=.*/PluginTimeout=5/ {OURS_2}", "PluginTimeout=5"
    ),
    "a plugin that ends the agent for good": State(
        "rm -r /etc/systemd/system/zabbix-agent2.service.d; systemctl daemon-reload",
        "nobody starts it again",
    ),
    "a plugin that is gone": State(
        f"sed -i s,/usr/local/bin,/opt/old/bin,g {OURS_2}", "which is not there, with which"
    ),
    "a plugin and keys in one file": State(
        f"psdiff-zbx userparameters >> {OURS_2}", "and UserParameters"
    ),
    "a plugin whose keys are refused": State(
        f"printf 'LogType=console\\nDenyKey=*\\n' > {BESIDE_2}", "DenyKey=* ("
    ),
}
