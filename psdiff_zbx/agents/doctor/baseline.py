"""Check the baseline: that it exists, is whole, and that the agent's user can read it.

In: a monitor, and the error that the agent's user gets.  Out: a finding, with the baseline's size,
age, author and rules, and the files of the host's roles.  It changes nothing.
"""

from __future__ import annotations

import time
from typing import Sequence

from ...core.duration import in_largest_unit
from ...core.model import Baseline, BaselineError, Source
from ...core.roles import Part
from ...host import role_files
from ...host.monitor import Monitor
from ..run_as import Account
from .findings import OK, Finding, some, wrong

NAME = "baseline"


def check_baseline(monitor: Monitor, account: Account, error: str) -> Finding:
    """``error`` is what the agent's user gets instead of an answer; empty if all is well."""
    try:
        (source, found), roles = monitor.baseline(), monitor.roles()
    except BaselineError as problem:
        return wrong(NAME, problem)
    places = role_files.watched_files(monitor.config_path, monitor.role_paths)
    closed = [path for path in (source.path, *map(str, places)) if path in error]
    if closed:
        return wrong(NAME, f"{account.user}: {error}", account.opening(max(closed, key=len)))
    return _described(source, found, roles, monitor.host.config.digest)


def _described(source: Source, found: Baseline, roles: Sequence[Part], rules: str) -> Finding:
    lines, old = some(source.lines, "line"), age(time.time() - source.written)
    text = f"{source.path}: {lines}, {old} old, by {source.by}"
    more = [f"{role.path}: {some(len(role.baseline.tree), 'line')}" for role in roles]
    text = "; and of roles ".join([text, ", ".join(more)]) if more else text
    if found.header is not None and found.header.rules != rules:
        text = f"{text}; written under other rules, read through today's"
    return Finding(NAME, OK, text)


def age(seconds: float) -> str:
    """A number of seconds in its largest unit: ``3 days``."""
    return some(*in_largest_unit(seconds))
