"""The one table of what Zabbix can ask for: item key, command, and how a state answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from . import __version__, words
from .model import State


@dataclass(frozen=True)
class Metric:
    """One item key.  ``answer`` gets a state and the key's parameter; it is None for what
    can be told without looking at the host, and then ``constant`` is the value."""

    key: str
    command: str
    title: str
    answer: Optional[Callable[[State, str], str]]
    parameter: Optional[str] = None
    constant: str = ""

    @property
    def full_key(self) -> str:
        """The key as users read it: ``psdiff.count[ID]``."""
        return f"{self.key}[{self.parameter}]" if self.parameter else self.key


def _count(state: State, daemon_id: str) -> str:
    return str(words.count(state, daemon_id))


def _discovery(state: State, _: str) -> str:
    return words.to_json(words.discovery(state))


def _document(state: State, _: str) -> str:
    return words.document(state)


def _missing(state: State, _: str) -> str:
    return words.missing(state)


def _extra(state: State, _: str) -> str:
    return words.extra(state)


METRICS: Tuple[Metric, ...] = (
    Metric("psdiff.get", "get", "everything, as one JSON document", _document),
    Metric("psdiff.discovery", "discover", "the expected daemons, as LLD JSON", _discovery),
    Metric("psdiff.count", "count", "how many processes of one daemon run", _count, "ID"),
    Metric("psdiff.missing", "missing", "the missing lines", _missing),
    Metric("psdiff.extra", "extra", "the extra lines", _extra),
    Metric("psdiff.version", "version", "the program's version", None, constant=__version__),
)

_COMMENT = (
    "# psdiff-zbx: the daemons of this host, compared with their baseline.",
    "# Put this file where zabbix_agentd or zabbix_agent2 includes it from; restart the agent.",
    "# 'psdiff-zbx userparameters' prints it with the path at which the program is installed.",
)


def userparameters(program: str) -> str:
    """The UserParameter file, for zabbix_agentd and zabbix_agent2 alike."""
    return "\n".join([*_COMMENT, *(_row(metric, program) for metric in METRICS), ""])


def _row(metric: Metric, program: str) -> str:
    if metric.parameter:
        return f'UserParameter={metric.key}[*],{program} {metric.command} -- "$1"'
    return f"UserParameter={metric.key},{program} {metric.command}"
