"""Ask the running agent as a Zabbix server asks it.

In: an agent, and the answer that its user got without the agent.  Out: a finding.
"""

from __future__ import annotations

import time
from typing import Mapping, Optional, Sequence, Tuple

from ... import __version__
from ...core.model import PsdiffError
from ...core.shell_words import shell_word
from ..installed import Installed
from ..passive_check import NOT_SUPPORTED, ask_agent
from ..remedies import service_text, set_in_unit, setup_command, then_restart
from ..service_manager import log_place, unit_property
from .document import Answer, Patience, parse_answer
from .findings import OK, UNKNOWN, WRONG, Finding

NAME = "keys"
_PORT = "10050"
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
_FEW = 0.5  # of the processes: if the agent sees fewer, they are hidden, and have not just ended
_PATIENT = 5  # seconds of a Timeout that is too short by itself
_SLACK = 1.0  # seconds: the agent itself says first that it was too late
_OPTIONS = "--tls-connect "
_CONFINING: Mapping[str, str] = {
    "ProtectProc": "default",
    "PrivateUsers": "no",
    "ProcSubset": "all",
}
"""What of a unit hides processes, and its value that does not: systemd.exec(5)."""
_LATE = ("Timeout while executing", "Timeout occurred", "timed out")


def check_keys(
    agent: Installed,
    direct: Optional[Answer],
    patience: Patience,
    others: Sequence[Installed] = (),
) -> Finding:
    """The finding about the agent's own answer.  ``direct`` is the answer without the agent, None
    if that was not a good one.  ``others`` are this host's other agents."""
    if agent.pid is None:
        return _stopped(agent, others)
    silent = _silent(agent)
    if silent:
        text = f"{agent.title} cannot be asked from here: {silent[0]}"
        return Finding(NAME, UNKNOWN, text, silent[1])
    try:
        return _asked(agent, direct, patience)
    except (OSError, ValueError, PsdiffError) as error:
        text = f"{agent.title} does not answer at port {_port(agent)}"
        reason = str(getattr(error, "strerror", None) or error)
        return _wrong(agent, f"{text}: {reason}", patience)


def _stopped(agent: Installed, others: Sequence[Installed]) -> Finding:
    """An agent whose port another one has cannot be started: it has been replaced."""
    instead = [each for each in others if each.pid and _port(each) == _port(agent)]
    if not instead:
        remedy = f"start it: {service_text(agent, 'start')}; {log_place(agent)} says why it ended"
        return Finding(NAME, WRONG, f"{agent.title} does not run", remedy)
    other = instead[0]
    text = f"{agent.title} does not run, and {other.title} has its port {_port(agent)}"
    commands = [f"psdiff-zbx setup --agent {agent.kind} --remove"]
    if not _has_keys(other):
        commands.append(setup_command(agent, other.kind))
    return Finding(NAME, WRONG, text, then_restart(other, *commands))


def _has_keys(agent: Installed) -> bool:
    found = agent.configuration
    return bool(found.plugin_options or found.key_origins("psdiff.get"))


def _wrong(agent: Installed, text: str, patience: Patience) -> Finding:
    again = f"restart the agent: {service_text(agent)}"
    remedy = patience.longer(_PATIENT) if is_late(text) else again
    return Finding(NAME, WRONG, text, remedy)


def is_late(text: str) -> bool:
    """Whether an error says that an answer took too long."""
    return any(words in text for words in _LATE)


def _silent(agent: Installed) -> Optional[Tuple[str, str]]:
    """Why the agent, by its configuration, cannot be asked from this host, and who can ask; None
    if it can."""
    value = agent.configuration.value
    accepts = value("TLSAccept", "unencrypted")
    if agent.kind == "agentd" and value("StartAgents") == "0":
        return "StartAgents=0, active checks only", _by_itself(agent)
    if agent.kind == "agent2" and not value("Server"):
        return "no Server=, active checks only", _by_itself(agent)
    if "unencrypted" not in accepts:
        return f"TLSAccept={accepts}", _encrypted(agent, accepts)
    return None


def _by_itself(agent: Installed) -> str:
    """An agent that nobody asks can be run once more, to answer one key: as its user, for root is
    refused nothing."""
    conf = shell_word(agent.configuration.path)
    program = f"{shell_word(agent.program)} -c {conf}"
    once = f"runuser -u {shell_word(agent.user)} -- {program} -t psdiff.get"
    return f"'{once}' shows what it sends; the template is that for active checks"


def _encrypted(agent: Installed, accepts: str) -> str:
    """As the server asks it; with certificates only the server has what that takes."""
    if "psk" not in accepts:
        return f"ask from its server, with its certificate: zabbix_get {_OPTIONS}cert …"
    value = agent.configuration.value
    identity, file = value("TLSPSKIdentity"), value("TLSPSKFile")
    secret = f"--tls-psk-identity {shell_word(identity)} --tls-psk-file {shell_word(file)}"
    address, port = _address(agent)
    ask = f"zabbix_get -s {shell_word(address)} -p {port} -k psdiff.get {_OPTIONS}psk {secret}"
    return f"'{ask}' asks it"


def _port(agent: Installed) -> str:
    return agent.configuration.value("ListenPort", _PORT)


def _address(agent: Installed) -> Tuple[str, int]:
    first = agent.configuration.value("ListenIP", "127.0.0.1").partition(",")[0].strip()
    return _ANY.get(first, first), int(agent.configuration.value("ListenPort", _PORT))


def _asked(agent: Installed, direct: Optional[Answer], patience: Patience) -> Finding:
    address, timeout = _address(agent), patience.timeout
    version = ask_agent(address, "psdiff.version", timeout)
    if version is None:
        server = agent.configuration.value("Server")
        text = f"{agent.title} hangs up on {address[0]}, which Server={server} does not allow"
        return Finding(NAME, UNKNOWN, text, f"its server can ask it; here {_by_itself(agent)}")
    if version.startswith(NOT_SUPPORTED):  # its files are right: it has not read them yet
        return _wrong(agent, f"{agent.title} says of psdiff.version: {version}", patience)
    began = time.monotonic()
    value = ask_agent(address, "psdiff.get", timeout + _SLACK)
    answer = parse_answer(value or "", time.monotonic() - began)
    return compare_answers(agent, direct, version, answer, patience)


def compare_answers(
    agent: Installed, direct: Optional[Answer], version: str, answer: Answer, patience: Patience
) -> Finding:
    """Compare the answer of the agent with the answer that its user got without it."""
    if direct is None and answer.error:
        return Finding(NAME, UNKNOWN, f"{agent.title} answers with the error above")
    if version != __version__:
        text = f"{agent.title} answers psdiff.version with {version}; this is {__version__}"
        return _wrong(agent, text, patience)
    if is_late(answer.error):
        return _wrong(agent, f"{agent.title}: {answer.error}", patience)
    if answer.error:
        return Finding(NAME, WRONG, f"{agent.title}: {answer.error}", _confined(agent))
    if direct and answer.processes < _FEW * direct.processes:
        text = f"{agent.title} sees {answer.processes} of {direct.processes} processes"
        return Finding(NAME, WRONG, text, _confined(agent))
    text = f"{agent.title}: psdiff.get in {answer.seconds:.2f} s, version {version}"
    return Finding(NAME, OK, text)


def _confined(agent: Installed) -> str:
    for name, free in _CONFINING.items():
        found = unit_property(agent, name)
        if found not in ("", free):
            return f"{agent.unit} has {name}={found}: '{set_in_unit(agent, f'{name}={free}')}'"
    return (
        f"user {agent.user} alone gets it right, so find what confines the agent: "
        f"'systemctl cat {shell_word(agent.unit)}' (namespaces), SELinux, AppArmor"
    )
