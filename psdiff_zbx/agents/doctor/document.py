"""Check the answer of psdiff.get, and how long it took.

In: the JSON document, and seconds.  Out: a record of the answer, and a finding.  It asks no agent
itself.
"""

from __future__ import annotations

import json
from statistics import median
from typing import NamedTuple, Sequence

from .findings import OK, WARNING, WRONG, Finding, wrong

NAME = "answer"


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
    longer than the timeout allows."""

    timeout: float
    stays: bool


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
        return Finding(NAME, WRONG, text, f"set missing_retry, now {retry:g}, to less")
    if usual > timeout / 2:
        return Finding(NAME, WRONG if usual >= timeout else WARNING, text, _longer(usual))
    return Finding(NAME, OK, text)


def _once(answer: Answer, retry: float) -> float:
    """How many seconds an answer takes if it does not look again."""
    again = max(0.0, retry - answer.look) if answer.missing else 0.0
    return max(answer.look, answer.seconds - again)


def _longer(seconds: float) -> str:
    wanted = min(30, max(5, round(3 * seconds)))  # an agent's Timeout is at most 30
    return (
        f"set Timeout={wanted} for the agent and a server before 7.0; from 7.0 on, "
        f"{{$PSDIFF.TIMEOUT}} to {wanted}s"
    )
