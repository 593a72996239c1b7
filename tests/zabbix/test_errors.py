"""What cannot be answered: psdiff-zbx says why, in one line, and so does the agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.zabbix.agents import Agent
from tests.zabbix.answers import count_key, document, types
from tests.zabbix.standins import StandIn

pytestmark = pytest.mark.zabbix

ERROR = re.compile(r"psdiff: error: [^\n]+")


@contextmanager
def broken(baseline: Path, how: str) -> Iterator[None]:
    """A baseline which user zabbix cannot use inside the block."""
    whole = baseline.read_bytes()
    try:
        if how == "removed":
            baseline.unlink()
        elif how == "unreadable":
            baseline.chmod(0o600)
        else:
            baseline.write_bytes(whole.replace(b"# end\n", b""))
        yield
    finally:
        baseline.write_bytes(whole)
        baseline.chmod(0o644)


@pytest.mark.parametrize(
    "key",
    [
        "psdiff.count[cron-00000000]",
        "psdiff.count[]",
        "psdiff.count",
        "psdiff.count[--help]",
        "psdiff.count[-]",
        "psdiff.count[a b]",
        "psdiff.count[é]",
    ],
)
def test_an_unknown_id_is_an_error(agent: Agent, key: str) -> None:
    assert ERROR.fullmatch(agent.get(key))


@pytest.mark.parametrize("parameter", ["getty@tty1", "$(id)", "a;id", "a'b"])
def test_the_agent_refuses_other_characters(agent: Agent, parameter: str) -> None:
    answer = agent.get(f'psdiff.count["{parameter}"]')
    assert re.match(r'ZBX_NOTSUPPORTED: (Special characters|Character ").* not allowed', answer)


@pytest.mark.parametrize("how", ["removed", "unreadable", "damaged"])
def test_without_a_baseline_every_key_says_why(
    agent: Agent, baseline: Path, standins: list[StandIn], how: str
) -> None:
    count = count_key(document(agent), standins[0])
    with broken(baseline, how):
        found = document(agent)
        assert types(found) == {"version": str, "error": str, "seconds": float}
        assert str(baseline) in found["error"]
        for key in ("psdiff.missing", "psdiff.extra", "psdiff.discovery", count):
            assert ERROR.fullmatch(agent.get(key))
            assert agent.get(key) == f"psdiff: error: {found['error']}"
        assert agent.get("psdiff.version") == found["version"]
    assert document(agent)["error"] == ""
