"""Check whether the host is paused, and whether the agent's user sees that.

In: a monitor, and the answer that the agent's user gets.  Out: a finding if there is a pause, or
what should be one.  It changes nothing.
"""

from __future__ import annotations

from typing import Iterator

from ...core.model import BaselineError
from ...core.pause import pause_text
from ...host import baseline_store, pause_file
from ...host.monitor import Monitor
from ..run_as import Account
from .document import Answer
from .findings import WARNING, Finding, wrong

NAME = "pause"


def check_pause(monitor: Monitor, account: Account, answer: Answer) -> Iterator[Finding]:
    """Nothing if nobody has paused the host."""
    try:
        found = monitor.pause()
    except BaselineError as problem:
        yield wrong(NAME, problem)
        return
    if found and not answer.error and answer.paused != found.until:
        path = pause_file.pause_path(baseline_store.to_read(monitor.baseline_path))
        text = f"{pause_text(found)}, but {account.user} does not see that"
        yield wrong(NAME, text, account.opening(str(path)))
    elif found:
        yield Finding(NAME, WARNING, pause_text(found), "'psdiff-zbx pause --end' ends it")
