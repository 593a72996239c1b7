"""Check the answer of psdiff.get, and how long it took.

In: the JSON document, and seconds.  Out: a record of the answer, and a finding.  It asks no agent
itself.
"""

from __future__ import annotations

import json
import math
from statistics import median
from typing import NamedTuple, Optional, Sequence

from ...core.settings import Settings
from ...core.shell_words import shell_word
from ...host import config
from ..installed import Installed
from ..remedies import set_value, then_restart
from .findings import OK, WARNING, WRONG, Finding, wrong

NAME = "answer"
_RETRY = Settings().missing_retry  # seconds
_SPARE = 0.5  # seconds, for a busy moment
_SHORTEST, _LONGEST = 5, 30  # seconds of a Timeout: what we recommend, and what agents accept
_MACRO = "{$PSDIFF.TIMEOUT}"


class Answer(NamedTuple):
    """One answer.  ``seconds`` is how long it took to arrive, ``look`` how long the last look at
    the processes took.  If there is an ``error``, all numbers except ``seconds`` are 0."""

    seconds: float
    error: str = ""
    look: float = 0.0
    processes: int = 0
    missing: int = 0
    extra: int = 0
    expected: int = 0
    paused: int = 0


class Patience(NamedTuple):
    """How long the agent waits.  ``timeout`` is in seconds.  ``stays`` is true if the agent asks
    our plugin, which stays resident: it has no program to start, and it never looks again for
    longer than the timeout allows.  ``agent`` is the agent itself, and ``config`` the path of our
    configuration."""

    timeout: float
    stays: bool
    agent: Optional[Installed] = None
    config: str = str(config.FOLDER / "config.toml")

    def longer(self, seconds: float) -> str:
        """How the agent waits for so many seconds, or as long as an agent may wait."""
        wanted = min(_LONGEST, max(_SHORTEST, math.ceil(seconds)))
        text = f"set Timeout={wanted}"
        if self.agent:
            setting = set_value(self.agent.configuration, "Timeout", wanted)
            text = f"{text}: {then_restart(self.agent, setting)}"
        return f"{text}; a server before 7.0 needs the same, a later one {_MACRO}={wanted}s"

    def sooner(self, seconds: int) -> str:
        """How missing_retry becomes so many seconds."""
        line = rf"s/^\s*missing_retry\s*=.*/missing_retry = {seconds}/"
        return f"set missing_retry to less: 'sed -i \"{line}\" {shell_word(self.config)}'"


def parse_answer(text: str, seconds: float) -> Answer:
    """The record of a ``psdiff.get`` document, or an ``error`` for any other text."""
    try:
        found = json.loads(text)
        if found["error"]:
            return Answer(seconds, str(found["error"]))
        counts = found["missing"]["count"], found["extra"]["count"], len(found["discovery"])
        about = (float(found["seconds"]), found["processes"], *counts, found.get("paused", 0))
        return Answer(seconds, "", *about)
    except (ValueError, TypeError, KeyError):
        return Answer(seconds, f"no document of psdiff.get, but {text.strip()[:200]!r}")


def check_time(answers: Sequence[Answer], retry: float, patience: Patience) -> Finding:
    """Whether answers come in time.  While something is missing, an answer takes up to ``retry``
    seconds more."""
    last, timeout = answers[-1], patience.timeout
    if last.error:
        return wrong(NAME, last.error)
    usual = median(each.look if patience.stays else _once(each, retry) for each in answers)
    longest = usual if patience.stays else usual + max(0.0, retry - last.look)
    now = f"{last.missing} missing, {last.extra} extra"
    text = f"{now}, in {usual:.2f} s of the agent's Timeout={timeout:g}"
    if usual < timeout <= longest:
        text += f", but in {longest:.1f} s when something is missing"
        return Finding(NAME, WRONG, text, _in_time(usual, retry, patience))
    if usual > timeout / 2:
        status = WRONG if usual >= timeout else WARNING
        return Finding(NAME, status, text, patience.longer(3 * usual))
    return Finding(NAME, OK, text)


def _in_time(usual: float, retry: float, patience: Patience) -> str:
    """What is not as it is by default is set back: missing_retry, or the agent's Timeout."""
    room = int(patience.timeout - usual - _SPARE)
    if retry > _RETRY and room >= _RETRY:
        return patience.sooner(room)
    return patience.longer(retry + 3 * usual)


def _once(answer: Answer, retry: float) -> float:
    """How many seconds an answer takes if it does not look again."""
    again = max(0.0, retry - answer.look) if answer.missing else 0.0
    return max(answer.look, answer.seconds - again)
