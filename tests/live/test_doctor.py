"""The doctor as root calls it, to agents that do not run.  To those that do: tests/booted and
tests/zabbix."""

from __future__ import annotations

from tests.live.bare_host import FOLDERS, START, BareHost
from tests.live.program import Result

BASELINE = "/var/lib/psdiff-zbx/baseline"
AGENTD = f"{FOLDERS['agentd']}/psdiff_zbx.conf"


def statuses(result: Result) -> dict[str, str]:
    """Of each check, with nothing on stderr and the exit code that fits."""
    rows = [line.split(None, 2) for line in result.lines]
    rows = [row for row in rows if row[1] != "python"]  # it is not always the distribution's
    found = {name: status for status, name, _ in rows}
    assert len(found) == len(rows), result
    result.ok(1 if "wrong" in found.values() else 0)
    return found


def said(result: Result, name: str) -> str:
    """What a check says, and what to do."""
    (row,) = [line for line in result.lines if line.split()[1] == name]
    return row.split(None, 2)[2]


def test_from_nothing_to_an_agent_that_has_to_be_started(host: BareHost) -> None:
    nothing = host.run("doctor")
    assert statuses(nothing) == {
        "program": "ok",
        "configuration": "ok",
        "baseline": "wrong",
        "processes": "ok",
        "agent": "wrong",
    }
    assert said(nothing, "agent").startswith("no Zabbix agent here")
    host.add("agentd", "Timeout=30\n")
    found = host.run("doctor")
    assert statuses(found)["zabbix_agentd"] == "wrong"
    assert "has the item keys – 'psdiff-zbx setup --agent agentd'" in said(found, "zabbix_agentd")

    host.run("setup").ok()
    found = host.run("doctor")
    assert statuses(found) == {
        "program": "ok",
        "configuration": "ok",
        "baseline": "ok",
        "processes": "ok",
        "answer": "ok",
        "zabbix_agentd": "ok",
        "keys": "wrong",
    }
    assert said(found, "program").startswith(f"zabbix runs {host.bin}/psdiff-zbx, version ")
    assert said(found, "zabbix_agentd") == f"item keys by UserParameters in {AGENTD}"
    assert said(found, "keys").startswith(
        f"zabbix_agentd does not run – start it: {START.format('agentd')}; "
    )

    document = host.run("doctor", "--json").ok(1).json()
    assert document["ok"] is False
    assert [(each["name"], each["status"]) for each in document["checks"]] == [
        *statuses(found).items()
    ]


def test_a_plugin_is_asked_with_its_own_files(host: BareHost) -> None:
    host.add("agent2", "Timeout=30\n")
    host.run("--baseline", "/var/lib/own", "setup", "--agent", "plugin").ok()
    found = host.run("doctor")
    assert said(found, "baseline").startswith("/var/lib/own: 2 lines, ")
    assert said(found, "zabbix_agent2").startswith("item keys by plugin in ")
    assert statuses(found)["answer"] == "ok"


def test_what_may_be_wrong_with_the_files(host: BareHost) -> None:
    host.add("agentd", "Timeout=many\n")
    host.run("setup").ok()
    baseline = host.path(BASELINE)
    baseline.chmod(0o600)
    found = host.run("doctor")
    assert statuses(found)["baseline"] == "wrong"
    assert said(found, "baseline").endswith(f"'chmod go+rX {BASELINE}'")
    baseline.chmod(0o644)

    etc = host.path("/etc/psdiff-zbx")
    (etc / "rules.d").mkdir(parents=True)
    rules = etc / "rules.d" / "own.toml"
    rules.write_text('[[rule]]\nname = "nginx"\nignore = "self"\n')
    found = host.run("doctor")
    assert said(found, "configuration") == "/etc/psdiff-zbx/rules.d/own.toml: 1 own rule"
    assert statuses(found)["baseline"] == "ok"
    assert said(found, "baseline").endswith("written under other rules, read through today's")

    rules.chmod(0o600)
    found = host.run("doctor")
    assert statuses(found)["configuration"] == "wrong"
    assert said(found, "configuration").endswith("'chmod go+rX /etc/psdiff-zbx/rules.d/own.toml'")
    rules.write_text("rubbish")
    found = host.run("doctor")
    assert "/etc/psdiff-zbx/rules.d/own.toml" in said(found, "configuration")
    assert statuses(found)["configuration"] == "wrong"


def test_a_damaged_baseline(host: BareHost) -> None:
    host.add("agentd")
    host.run("setup").ok()
    host.path(BASELINE).write_text("# psdiff-zbx baseline 1\nrubbish")
    found = host.run("doctor")
    assert statuses(found)["baseline"] == "wrong"
    assert BASELINE in said(found, "baseline")
    assert "answer" not in statuses(found)


def test_processes_that_are_hidden(host: BareHost) -> None:
    host.add("agentd", "Timeout=30\n")
    host.run("setup").ok()
    host.run_in("mount", "-o", "remount,hidepid=2", "/proc").ok()
    found = host.run("doctor")
    assert statuses(found)["processes"] == "wrong"
    assert said(found, "processes").startswith("zabbix: ")
    host.run_in("mount", "-o", "remount,hidepid=2,gid=65534", "/proc").ok()
    found = host.run("doctor")
    assert statuses(found)["processes"] == "ok"
    assert ", with /proc mounted gid=65534,hidepid=" in said(found, "processes")


def test_a_program_that_the_agents_user_does_not_reach(host: BareHost) -> None:
    host.add("agentd")
    host.bin.chmod(0o700)
    found = host.run("doctor")
    assert statuses(found)["program"] == "wrong"
    opening = f"zabbix may not enter {host.bin}: 'chmod o+x {host.bin}'"
    assert said(found, "program").endswith(opening)


def test_nobody_but_root_can_try_as_zabbix(host: BareHost) -> None:
    host.add("agentd")
    host.run("setup").ok()
    host.path("/etc/passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nbob:x:65534:65534::/:/bin/sh\n"
    )
    found = host.run_in(str(host.bin / "psdiff-zbx"), "doctor", as_zabbix=True)
    assert statuses(found)["user"] == "unknown"
    assert "examined as bob" in said(found, "user")
