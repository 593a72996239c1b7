"""Ask the running agent as a Zabbix server asks it.

In: an agent, and the answer that its user got without the agent.  Out: a finding.
"""

from __future__ import annotations

import time
from typing import Optional, Tuple

from ... import __version__
from ...core.model import PsdiffError
from ..installed import Installed
from ..passive_check import NOT_SUPPORTED, ask_agent
from ..service_manager import log_place, service_command
from .document import Answer, parse_answer
from .findings import OK, UNKNOWN, WRONG, Finding

NAME = "keys"
_PORT = "10050"
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_FEW = 0.5  # of the processes: if the agent sees fewer, they are hidden, and have not just ended
_REMOTE = "ask from its server: zabbix_get -s HOST -k psdiff.get"


def check_keys(agent: Installed, direct: Optional[Answer], timeout: float) -> Finding:
    """The finding about the agent's own answer.  ``direct`` is the answer without the agent, None
    if that was not a good one.  ``timeout`` is in seconds."""
    if agent.pid is None:
        remedy = (
            f"start it: {service_command(agent, 'start')}; {log_place(agent)} says why it ended"
        )
        return Finding(NAME, WRONG, f"{agent.title} does not run", remedy)
    silent = _silent(agent)
    if silent:
        return Finding(
            NAME, UNKNOWN, f"{agent.title} cannot be asked from here: {silent}", _REMOTE
        )
    try:
        return _asked(agent, direct, timeout)
    except (OSError, ValueError, PsdiffError) as error:
        port = agent.configuration.value("ListenPort", _PORT)
        reason = getattr(error, "strerror", None) or error
        return _wrong(agent, f"{agent.title} does not answer at port {port}: {reason}")


def _wrong(agent: Installed, text: str) -> Finding:
    return Finding(NAME, WRONG, text, f"restart the agent: {service_command(agent, 'restart')}")


def _silent(agent: Installed) -> str:
    """Why the agent, by its configuration, cannot be asked from this host; empty if it can."""
    accepts = agent.configuration.value("TLSAccept", "unencrypted")
    if "unencrypted" not in accepts:
        return f"TLSAccept={accepts}"
    if agent.kind == "agentd" and agent.configuration.value("StartAgents") == "0":
        return "StartAgents=0, active checks only"
    if agent.kind == "agent2" and not agent.configuration.value("Server"):
        return "no Server=, active checks only"
    return ""


def _address(agent: Installed) -> Tuple[str, int]:
    first = agent.configuration.value("ListenIP", "127.0.0.1").partition(",")[0].strip()
    return _ANY.get(first, first), int(agent.configuration.value("ListenPort", _PORT))


def _asked(agent: Installed, direct: Optional[Answer], timeout: float) -> Finding:
    address = _address(agent)
    version = ask_agent(address, "psdiff.version", timeout)
    if version is None:
        server = agent.configuration.value("Server")
        text = f"{agent.title} hangs up on {address[0]}, which Server={server} does not allow"
        return Finding(NAME, UNKNOWN, text, _REMOTE)
    if version.startswith(NOT_SUPPORTED):  # its files are right: it has not read them yet
        return _wrong(agent, f"{agent.title} says of psdiff.version: {version}")
    began = time.monotonic()
    value = ask_agent(address, "psdiff.get", timeout)
    return compare_answers(
        agent, direct, version, parse_answer(value or "", time.monotonic() - began)
    )


def compare_answers(
    agent: Installed, direct: Optional[Answer], version: str, answer: Answer
) -> Finding:
    """Compare the answer of the agent with the answer that its user got without it."""
    if direct is None and answer.error:
        return Finding(NAME, UNKNOWN, f"{agent.title} answers with the error above")
    if version != __version__:
        text = f"{agent.title} answers psdiff.version with {version}; this is {__version__}"
        return _wrong(agent, text)
    if answer.error:
        return Finding(NAME, WRONG, f"{agent.title}: {answer.error}", _confined(agent))
    if direct and answer.processes < _FEW * direct.processes:
        text = f"{agent.title} sees {answer.processes} of {direct.processes} processes"
        return Finding(NAME, WRONG, text, _confined(agent))
    text = f"{agent.title}: psdiff.get in {answer.seconds:.2f} s, version {version}"
    return Finding(NAME, OK, text)


def _confined(agent: Installed) -> str:
    return (
        f"user {agent.user} alone gets it right, so find what confines the agent: "
        f"'systemctl cat {agent.unit}' (ProtectProc=, namespaces), SELinux, AppArmor"
    )
