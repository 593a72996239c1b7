"""A word in a recommended command means its text, whatever a process calls its configuration."""

from __future__ import annotations

import subprocess

import pytest

from psdiff_zbx.core.shell_words import shell_word

HOSTILE = [
    "a b",
    "$(id)",
    "`id`",
    'a"; id; "',
    "\\",
    "a\\$b",
    "*",
    "~",
    "a\nb",
    "!!",
    "x'y",
    "",
    "#",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_takes_it_for_the_text(text: str) -> None:
    command = f"printf %s {shell_word(text)}"
    done = subprocess.run(("sh", "-c", command), capture_output=True, text=True, check=True)
    assert done.stdout == text


@pytest.mark.parametrize("text", [each for each in HOSTILE if "'" not in each and "!" not in each])
def test_it_can_stand_in_single_quotes(text: str) -> None:
    assert "'" not in shell_word(text)


def test_a_plain_path_stays_as_it_is() -> None:
    assert shell_word("/etc/zabbix/zabbix_agentd.conf") == "/etc/zabbix/zabbix_agentd.conf"
