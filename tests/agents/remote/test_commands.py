"""What `setup --remote-accept` writes, and what an administrator's own rules make of it."""

from __future__ import annotations

import sys
from typing import Optional

import pytest

from psdiff_zbx.agents.configuration import AgentError, Configuration, Files, read_configuration
from psdiff_zbx.agents.remote.commands import (
    AGENT_FILE,
    AGENT_RULES,
    denied_by,
    is_our_line,
    sudoers,
)
from psdiff_zbx.host import interpreter

MAIN, FOLDER = "/etc/zabbix/agent.conf", "/etc/zabbix/agent.d"
OURS = f"{FOLDER}/{AGENT_FILE}"
INCLUDE = f"Include={FOLDER}/*.conf"
DENY = "DenyKey=system.run[*]"


def configuration(*main: str, **others: str) -> Configuration:
    """The main file's lines, and texts of other files in the folder."""
    texts = {f"{FOLDER}/{name}.conf": text for name, text in others.items()}
    texts[MAIN] = "\n".join(main)
    names = [path.rpartition("/")[2] for path in texts if path != MAIN]
    return read_configuration(
        MAIN, Files(texts.__getitem__, lambda where: names if where == FOLDER else None)
    )


@pytest.mark.parametrize(
    ("main", "others", "agentd", "agent2"),
    [
        ((INCLUDE,), {}, None, None),
        ((INCLUDE, DENY), {}, None, None),
        ((INCLUDE, "DenyKey=*"), {"a": "DenyKey=vfs.*\n"}, None, None),
        ((DENY, INCLUDE), {}, f"{MAIN} line 1", f"{MAIN} line 1"),
        (("", "", DENY, INCLUDE), {}, f"{MAIN} line 3", None),
        (("EnableRemoteCommands=0", INCLUDE), {}, f"{MAIN} line 1", f"{MAIN} line 1"),
        (("EnableRemoteCommands=1", INCLUDE), {}, None, None),
        (("AllowKey=system.run[*]", DENY, INCLUDE), {}, None, None),
        ((INCLUDE,), {"a": DENY}, f"{FOLDER}/a.conf line 1", f"{FOLDER}/a.conf line 1"),
        ((INCLUDE,), {"z": f"\n\n{DENY}"}, f"{FOLDER}/z.conf line 3", None),
        ((INCLUDE,), {"z": DENY}, f"{FOLDER}/z.conf line 1", f"{FOLDER}/z.conf line 1"),
        ((DENY, INCLUDE), {"psdiff_zbx_accept": AGENT_RULES}, f"{MAIN} line 1", f"{MAIN} line 1"),
        ((INCLUDE, DENY), {"psdiff_zbx_accept": AGENT_RULES}, None, None),
    ],
)
def test_a_rule_that_is_asked_before_ours(
    main: tuple[str, ...], others: dict[str, str], agentd: Optional[str], agent2: Optional[str]
) -> None:
    found = configuration(*main, **others)
    for kind, expected in (("agentd", agentd), ("agent2", agent2)):
        rule = denied_by(kind, found, OURS)
        assert (rule.place if rule else None) == expected, kind


def test_an_old_file_of_ours_does_not_count() -> None:
    found = configuration(INCLUDE, DENY, psdiff_zbx_accept=f"{DENY}\n")
    assert denied_by("agentd", found, OURS) is None


@pytest.mark.parametrize("user", ["zabbix", "_zabbix", "zabbix-agent", "z.2"])
def test_sudoers_permits_one_command_without_a_wildcard(user: str) -> None:
    python = sys.executable
    assert sudoers(user) == (
        f"Defaults!{python} env_reset\n"
        f"{user} ALL=(root) NOPASSWD: {python} -I -m psdiff_zbx accept --remote\n"
    )


@pytest.mark.parametrize("path", ["/opt/a b/python", "/opt/a,b", "/opt/*/python", "/opt/a=b", "é"])
def test_a_path_that_sudoers_would_read_otherwise(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", path)
    with pytest.raises(AgentError, match="is no path for /etc/sudoers"):
        sudoers("zabbix")


@pytest.mark.parametrize(
    "user", ["", "ALL", "ZABBIX", "%zabbix", "#998", "ALL,b", "a b", "a\nb", "a=b", "+x", "!a"]
)
def test_a_name_that_sudoers_would_read_otherwise(user: str) -> None:
    with pytest.raises(AgentError, match="is no user name for /etc/sudoers"):
        sudoers(user)


def test_what_an_administrator_wrote_is_not_ours() -> None:
    text = sudoers("zabbix")
    assert is_our_line(text)
    assert is_our_line(sudoers("other") + text)
    assert not is_our_line(f"# mine\n{text}")
    assert not is_our_line(f"{text}bob ALL=(ALL) ALL\n")


def test_a_package_runs_its_program_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is isolated by its own first line."""
    monkeypatch.setattr(interpreter, "in_virtual_environment", lambda: False)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/psdiff-zbx", "remote", "accept Admin"])
    text = sudoers("zabbix")
    assert text == (
        "Defaults!/usr/bin/psdiff-zbx env_reset\n"
        "zabbix ALL=(root) NOPASSWD: /usr/bin/psdiff-zbx accept --remote\n"
    )
    assert is_our_line(text)
