"""What `setup --remote-accept` and `--remote-start` write, and what an administrator's own rules
make of it."""

from __future__ import annotations

import sys
from typing import Optional

import pytest

from psdiff_zbx.agents.configuration import AgentError, Configuration, Files, read_configuration
from psdiff_zbx.agents.remote.commands import denied_by
from psdiff_zbx.agents.remote.rights import ACCEPT, RIGHTS, START, Right
from psdiff_zbx.host import interpreter

MAIN, FOLDER = "/etc/zabbix/agent.conf", "/etc/zabbix/agent.d"
OURS = f"{FOLDER}/{ACCEPT.agent_file}"
ACCEPT_RULES = ACCEPT.agent_rules
each_right = pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.verb)
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
    ("main", "others", "agentd", "agent2", "start"),
    [
        ((INCLUDE,), {}, None, None, None),
        ((INCLUDE, DENY), {}, None, None, f"{MAIN} line 2"),
        ((INCLUDE, "DenyKey=*"), {"a": "DenyKey=vfs.*\n"}, None, None, f"{MAIN} line 2"),
        ((INCLUDE, "", "", DENY), {}, None, None, None),
        ((DENY, INCLUDE), {}, f"{MAIN} line 1", f"{MAIN} line 1", f"{MAIN} line 1"),
        (("", "", DENY, INCLUDE), {}, f"{MAIN} line 3", None, f"{MAIN} line 3"),
        (("EnableRemoteCommands=0", INCLUDE), {}, *[f"{MAIN} line 1"] * 3),
        (("EnableRemoteCommands=1", INCLUDE), {}, None, None, None),
        (("AllowKey=system.run[*]", DENY, INCLUDE), {}, None, None, None),
        ((INCLUDE,), {"a": DENY}, *[f"{FOLDER}/a.conf line 1"] * 3),
        (
            (INCLUDE,),
            {"z": f"\n\n{DENY}"},
            f"{FOLDER}/z.conf line 3",
            None,
            f"{FOLDER}/z.conf line 3",
        ),
        ((INCLUDE,), {"z": DENY}, *[f"{FOLDER}/z.conf line 1"] * 3),
        ((DENY, INCLUDE), {"psdiff_zbx_accept": ACCEPT_RULES}, *[f"{MAIN} line 1"] * 3),
        ((INCLUDE, DENY), {"psdiff_zbx_accept": ACCEPT_RULES}, None, None, f"{MAIN} line 2"),
    ],
)
def test_a_rule_that_is_asked_before_ours(
    main: tuple[str, ...],
    others: dict[str, str],
    agentd: Optional[str],
    agent2: Optional[str],
    start: Optional[str],
) -> None:
    """To start takes four lines of ours, and agent 2 goes by their numbers."""
    found = configuration(*main, **others)
    for right, kind, expected in (
        (ACCEPT, "agentd", agentd),
        (ACCEPT, "agent2", agent2),
        (START, "agentd", agentd),
        (START, "agent2", start),
    ):
        rule = denied_by(right, kind, found, f"{FOLDER}/{right.agent_file}")
        assert (rule.place if rule else None) == expected, (right.verb, kind)


def test_an_old_file_of_ours_does_not_count() -> None:
    found = configuration(INCLUDE, DENY, psdiff_zbx_accept=f"{DENY}\n")
    assert denied_by(ACCEPT, "agentd", found, OURS) is None


@pytest.mark.parametrize("kind", ["agentd", "agent2"])
def test_each_right_is_as_it_is_beside_the_other(kind: str) -> None:
    found = configuration(
        INCLUDE, psdiff_zbx_accept=ACCEPT_RULES, psdiff_zbx_start=START.agent_rules
    )
    for right in RIGHTS:
        assert denied_by(right, kind, found, f"{FOLDER}/{right.agent_file}") is None


@each_right
@pytest.mark.parametrize("user", ["zabbix", "_zabbix", "zabbix-agent", "z.2"])
def test_sudoers_permits_one_command_without_a_wildcard(right: Right, user: str) -> None:
    python = sys.executable
    assert right.sudoers(user) == (
        f"Defaults!{python} env_reset\n"
        f"{user} ALL=(root) NOPASSWD: {python} -I -m psdiff_zbx {right.verb} --remote\n"
    )


@pytest.mark.parametrize("path", ["/opt/a b/python", "/opt/a,b", "/opt/*/python", "/opt/a=b", "é"])
def test_a_path_that_sudoers_would_read_otherwise(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", path)
    for right in RIGHTS:
        with pytest.raises(AgentError, match="is no path for /etc/sudoers"):
            right.sudoers("zabbix")


@each_right
@pytest.mark.parametrize(
    "user", ["", "ALL", "ZABBIX", "%zabbix", "#998", "ALL,b", "a b", "a\nb", "a=b", "+x", "!a"]
)
def test_a_name_that_sudoers_would_read_otherwise(right: Right, user: str) -> None:
    with pytest.raises(AgentError, match="is no user name for /etc/sudoers"):
        right.sudoers(user)


def test_what_an_administrator_wrote_is_not_ours() -> None:
    for right, other in (RIGHTS, RIGHTS[::-1]):
        text = right.sudoers("zabbix")
        assert right.is_ours(text)
        assert right.is_ours(right.sudoers("other") + text)
        assert not right.is_ours(f"# mine\n{text}")
        assert not right.is_ours(f"{text}bob ALL=(ALL) ALL\n")
        assert not right.is_ours(other.sudoers("zabbix"))


@each_right
def test_a_package_runs_its_program_itself(right: Right, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is isolated by its own first line."""
    monkeypatch.setattr(interpreter, "in_virtual_environment", lambda: False)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/psdiff-zbx", "remote", f"{right.verb} Admin"])
    text = right.sudoers("zabbix")
    assert text == (
        "Defaults!/usr/bin/psdiff-zbx env_reset\n"
        f"zabbix ALL=(root) NOPASSWD: /usr/bin/psdiff-zbx {right.verb} --remote\n"
    )
    assert right.is_ours(text)
