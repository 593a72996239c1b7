"""Check the baseline: that it exists, is whole, and that the agent's user can read it.

In: a monitor, and the error that the agent's user gets.  Out: a finding, with the baseline's size,
age, author and rules.  It changes nothing.
"""

from __future__ import annotations

import time

from ...core.duration import in_largest_unit
from ...core.model import Baseline, BaselineError, Source
from ...host.monitor import Monitor
from ..run_as import Account
from .findings import OK, WARNING, Finding, some, wrong

NAME = "baseline"


def check_baseline(monitor: Monitor, account: Account, error: str) -> Finding:
    """``error`` is what the agent's user gets instead of an answer; empty if all is well."""
    try:
        source, found = monitor.baseline()
    except BaselineError as problem:
        return wrong(NAME, problem)
    if source.path in error:
        return wrong(NAME, f"{account.user}: {error}", account.opening(source.path))
    return _described(source, found, monitor.host.config.digest)


def _described(source: Source, found: Baseline, rules: str) -> Finding:
    lines, old = some(source.lines, "line"), age(time.time() - source.written)
    text = f"{source.path}: {lines}, {old} old, by {source.by}"
    if found.header is None or found.header.rules == rules:
        return Finding(NAME, OK, text)
    return Finding(
        NAME,
        WARNING,
        f"{text}; written under other rules than today's, through which it is read",
        "'psdiff-zbx write' makes one under today's rules, and accepts all that runs now",
    )


def age(seconds: float) -> str:
    """A number of seconds in its largest unit: ``3 days``."""
    return some(*in_largest_unit(seconds))
