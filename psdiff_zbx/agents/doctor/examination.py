"""What the agent's user gets on this host without the agent, from the program to the answer.

In: an account, a monitor of what its answers are about, how long an agent waits for them.  Out:
findings, and the answer.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Tuple

from ...core.model import PsdiffError
from ...host.monitor import Monitor
from ..run_as import Account
from . import answer, baseline, host
from .answer import Answer, Patience
from .findings import Finding, any_wrong, wrong

_TIMES = 3


def examined(
    who: Account, monitor: Monitor, patience: Patience
) -> Tuple[List[Finding], Optional[Answer]]:
    """The findings, and the answer where it is a good one."""
    found = [host.program(who)]
    try:
        if any_wrong(found):
            return found, None
        first = _answer(who)
        found += _on_the_way(who, monitor, first.error)
        if any_wrong(found):
            return found, None
        answers = [*_answers(who, first)]
        found.append(answer.timed(answers, monitor.host.config.settings.missing_retry, patience))
        return found, answers[-1] if not answers[-1].error else None
    except (OSError, PsdiffError) as error:
        return [*found, wrong(answer.NAME, error)], None


def _on_the_way(who: Account, monitor: Monitor, error: str) -> Iterator[Finding]:
    """Configuration, baseline and processes; ``error`` is what the user is answered."""
    seen = who.run("snapshot")
    configuration = host.configuration(monitor, who, seen.error)
    yield configuration
    if not configuration.is_wrong:
        yield baseline.stored(monitor, who, error)
        yield host.processes(who, seen.out.count("\n"), seen.error)


def _answers(who: Account, first: Answer) -> Iterator[Answer]:
    """Some; one where something is missing, for then each looks again for a while."""
    yield first
    if not first.error and not first.missing:
        yield from (_answer(who) for _ in range(_TIMES - 1))


def _answer(who: Account) -> Answer:
    ran = who.run("get")
    return answer.parse(ran.out or ran.err, ran.seconds)
