"""Which keys the agents' AllowKey and DenyKey let through.

PATTERNS is asked of the real agents in tests/zabbix/test_access.py: `NAME` is a word of the
row's own there, and a UserParameter.
"""

from __future__ import annotations

import pytest

from psdiff_zbx.agents.allow_key import allows, deciding, matches
from psdiff_zbx.agents.configuration import Setting

PATTERNS = [
    ("NAME", "NAME", True),
    ("NAME", "NAME[]", False),
    ("NAME", "NAME[a]", False),
    ("NAME[]", "NAME", False),
    ("NAME[]", "NAME[]", True),
    ("NAME[]", 'NAME[""]', True),
    ("NAME[]", "NAME[a]", False),
    ("NAME[]", "NAME[,]", False),
    ("NAME[*]", "NAME", False),
    ("NAME[*]", "NAME[]", True),
    ("NAME[*]", "NAME[a]", True),
    ("NAME[*]", "NAME[a,b,c]", True),
    ("NAME[a]", "NAME[a]", True),
    ("NAME[a]", "NAME[A]", False),
    ("NAME[a]", "NAME[a,]", False),
    ("NAME[a]", "NAME[a,b]", False),
    ("NAME[a]", 'NAME["a"]', True),
    ("NAME[a]", 'NAME[ "a" ]', True),
    ("NAME[a]", "NAME[ a]", True),
    ("NAME[a]", "NAME[[a]]", True),
    ('NAME["a"]', "NAME[a]", True),
    ('NAME["a,b"]', 'NAME["a,b"]', True),
    ('NAME["a,b"]', "NAME[a,b]", False),
    ("NAME[a,*]", "NAME[a]", True),
    ("NAME[a,*]", "NAME[a,]", True),
    ("NAME[a,*]", "NAME[a,b]", True),
    ("NAME[a,*]", "NAME[a,b,c]", True),
    ("NAME[a,*]", "NAME[b,c]", False),
    ("NAME[a,*]", "NAME[]", False),
    ("NAME[a,b,*]", "NAME[a]", False),
    ("NAME[*,b]", "NAME[a,b]", True),
    ("NAME[*,b]", "NAME[a,a,b]", False),
    ("NAME[*a*]", "NAME[bab]", True),
    ("NAME[*a*]", "NAME[bab,]", False),
    ("NAME[*a*,*]", "NAME[bab]", True),
    ("NAME[*a*,*]", "NAME[bab,c,d]", True),
    ("NAME[a.c]", "NAME[abc]", False),
    ("NAME[a*c]", 'NAME["a\tc"]', True),
    ("NAME.*", "NAME.get", True),
    ("NAME.*", "NAME", False),
    ("NAME.*", "NAME.count[a]", False),
    ("NAME.*[*]", "NAME.count[a]", True),
    ("NAME.*[*]", "NAME.count", False),
    ("NAME*", "NAME", True),
    ("*NAME", "NAME", True),
]


@pytest.mark.parametrize(("pattern", "key", "expected"), PATTERNS)
def test_a_pattern(pattern: str, key: str, expected: bool) -> None:
    assert matches(pattern, key) is expected


@pytest.mark.parametrize("key", ["a", "a[]", "a.b[c,d]"])
def test_a_star_is_every_key(key: str) -> None:
    assert matches("*", key)


def lines(*texts: str) -> list[Setting]:
    """Settings of one file, from its first line on; "" is a line that is none."""
    pairs = [(number, text.partition("=")) for number, text in enumerate(texts, 1) if text]
    return [Setting(name, value, "/etc/z.conf", number) for number, (name, _, value) in pairs]


@pytest.mark.parametrize("kind", ["agentd", "agent2"])
@pytest.mark.parametrize(
    ("texts", "key", "expected"),
    [
        ((), "psdiff.get", True),
        ((), "system.run[id]", False),
        (("AllowKey=system.run[id]",), "system.run[id]", True),
        (("AllowKey=system.run[id]",), "system.run[id,nowait]", False),
        (("AllowKey=system.run[id]",), "system.run[ls]", False),
        (("DenyKey=vfs.*[*]",), "system.run[id]", False),
        (("AllowKey=psdiff.*", "DenyKey=*"), "psdiff.get", True),
        (("AllowKey=psdiff.*", "DenyKey=*"), "psdiff.count[a]", False),
        (("DenyKey=*", "AllowKey=psdiff.*"), "psdiff.get", False),
    ],
)
def test_the_first_that_matches(
    kind: str, texts: tuple[str, ...], key: str, expected: bool
) -> None:
    assert allows(kind, lines(*texts), key) is expected


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False)])
def test_the_old_name_for_remote_commands(value: str, expected: bool) -> None:
    found = lines(f"EnableRemoteCommands={value}", "AllowKey=system.run[id]", "DenyKey=*")
    assert allows("agentd", found, "system.run[id]") is expected


@pytest.mark.parametrize(
    ("main", "included", "agentd", "agent2"),
    [
        (("DenyKey=*",), ("AllowKey=psdiff.get",), False, True),
        (("DenyKey=*",), ("", "AllowKey=psdiff.get"), False, False),
        (("", "", "DenyKey=*"), ("", "AllowKey=psdiff.get"), False, True),
    ],
)
def test_agent_2_goes_by_the_lines_numbers(
    main: tuple[str, ...], included: tuple[str, ...], agentd: bool, agent2: bool
) -> None:
    found = [*lines(*main), *lines(*included)]
    assert allows("agentd", found, "psdiff.get") is agentd
    assert allows("agent2", found, "psdiff.get") is agent2


def test_the_line_that_decides() -> None:
    found = lines("Server=127.0.0.1", "DenyKey=psdiff.*", "DenyKey=*")
    assert deciding("agentd", found, "psdiff.get") == found[1]
    assert deciding("agentd", found, "psdiff.count[a]") == found[2]
    assert deciding("agentd", found[:1], "psdiff.get") is None
