"""What AllowKey and DenyKey do, asked of the real agents: see tests/test_access.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agents.test_allow_key import PATTERNS
from tests.zabbix.agents import KINDS, Agent
from tests.zabbix.packages import VERSIONS

pytestmark = pytest.mark.zabbix

DENIED = ("ZBX_NOTSUPPORTED: Unsupported item key.", "ZBX_NOTSUPPORTED: Unknown metric ")
AGENTS = [(kind, version) for version in VERSIONS for kind in KINDS]


def put(folder: Path, name: str, text: str) -> Path:
    """A file for the agents to include."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return path


def is_denied(answer: str) -> bool:
    return answer.startswith(DENIED)


@pytest.mark.parametrize(("kind", "version"), AGENTS)
def test_the_agents_match_patterns_as_we_do(kind: str, version: str, folder: Path) -> None:
    words = [f"key{number}" for number in range(len(PATTERNS))]
    rows = [
        (pattern.replace("NAME", word), key.replace("NAME", word), expected)
        for word, (pattern, key, expected) in zip(words, PATTERNS)
    ]
    ends = ("", ".get", ".count")
    lines = [f"UserParameter={word}{end}[*],echo yes" for word in words for end in ends]
    lines += [f"DenyKey={pattern}" for pattern, _, _ in rows]
    with Agent(kind, version, put(folder, "patterns.conf", "\n".join(lines) + "\n")) as agent:
        found = [(pattern, key, is_denied(agent.get(key))) for pattern, key, _ in rows]
    assert [row for row in found if row not in rows] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("number", "agentd", "agent2"), [(6, "yes", "yes"), (7, "yes", "yes"), (8, "yes", "")]
)
def test_agent_2_goes_by_the_lines_numbers(
    version: str, number: int, agentd: str, agent2: str, folder: Path
) -> None:
    """The included file comes first, and the DenyKey stands on line 7 of the main file."""
    text = "\n" * (number - 1) + "AllowKey=system.run[echo yes]\n"
    include = put(folder, "run.conf", text)
    for kind, expected in (("agentd", agentd), ("agent2", agent2)):
        with Agent(kind, version, include, "DenyKey=system.run[*]") as agent:
            found = agent.get("system.run[echo yes]")
        assert ("" if is_denied(found) else found) == expected
