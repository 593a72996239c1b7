"""What psdiff-zbx's item keys answer: the shape of it, and the parts that are a stand-in's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.zabbix.agents import Agent
from tests.zabbix.standins import KNOWN, StandIn, lines

NUMBERS = {
    "expected": int,
    "running": int,
    "started": int,
    "cpu": float,
    "rss": int,
    "threads": int,
    "state": str,
}
ENTITY = {
    "{#PSDIFF.ID}": str,
    "{#PSDIFF.NAME}": str,
    "{#PSDIFF.USER}": str,
    "{#PSDIFF.CMDLINE}": str,
    "{#PSDIFF.EXPECTED}": int,
    "{#PSDIFF.MODE}": str,
}
DIFFERENCE = {"count": int, "text": str}
BASELINE = {"path": str, "written": int, "by": str, "lines": int, "digest": str}
DOCUMENT = {
    "version": str,
    "error": str,
    "seconds": float,
    "processes": int,
    "zombies": int,
    "ignored": dict,
    "boot": int,
    "uptime": int,
    "paused": int,
    "recent_start": int,
    "baseline": dict,
    "missing": dict,
    "extra": dict,
    "discovery": list,
    "daemons": dict,
}


def types(record: dict[str, Any]) -> dict[str, type]:
    """The fields of a JSON object with their types."""
    return {name: type(value) for name, value in record.items()}


def document(agent: Agent) -> dict[str, Any]:
    """The value of psdiff.get, which has to be a JSON object and nothing else."""
    found = json.loads(agent.get("psdiff.get"))
    assert isinstance(found, dict)
    return found


def entity(found: dict[str, Any], standin: StandIn) -> dict[str, Any]:
    """What a document's discovery says of a stand-in."""
    wanted = standin.user, standin.cmdline.translate(str.maketrans("{}", "()"))
    fields = "{#PSDIFF.USER}", "{#PSDIFF.CMDLINE}"
    (one,) = [one for one in found["discovery"] if tuple(one[name] for name in fields) == wanted]
    assert isinstance(one, dict)
    return one


def numbers(found: dict[str, Any], standin: StandIn) -> dict[str, Any]:
    """What a document says of the processes of a stand-in's daemon."""
    one = found["daemons"][entity(found, standin)["{#PSDIFF.ID}"]]
    assert isinstance(one, dict)
    return one


def of_daemon(standin: StandIn, standins: Sequence[StandIn]) -> list[StandIn]:
    """The stand-ins that are one daemon with this one."""
    return [other for other in standins if other.line == standin.line]


def count_key(found: dict[str, Any], standin: StandIn) -> str:
    """The key that counts the processes of a stand-in's daemon."""
    return f"psdiff.count[{entity(found, standin)['{#PSDIFF.ID}']}]"


def differences(agent: Agent, word: str = KNOWN) -> dict[str, list[str]]:
    """The lines with `word` that are missing and extra, each both a key's and a field's."""
    found = document(agent)
    texts = agent.get_all("psdiff.missing", "psdiff.extra")
    answer = {}
    for name, sign, text in zip(("missing", "extra"), "-+", texts):
        answer[name] = lines(text, sign, word)
        told = found[name]
        assert lines(told["text"], sign, word) == answer[name]
        assert told["count"] == len(told["text"].splitlines())
    return answer
