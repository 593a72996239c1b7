"""The baseline: there, whole, readable for the agent's user, its age, its rules.

In: a monitor, and what the agent's user is told instead of an answer.  Out: a finding.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from .. import baseline, store
from ..model import Baseline, BaselineError
from ..monitor import Monitor
from ..users import user_name
from .account import Account
from .findings import OK, WARNING, Finding, some, wrong

NAME = "baseline"
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def stored(monitor: Monitor, account: Account, error: str) -> Finding:
    """``error`` is what the user gets in place of an answer; nothing where all is well."""
    try:
        path = store.to_read(monitor.baseline_path)
        data, status = store.read(path)
        found = baseline.parse(data, str(path))
    except BaselineError as problem:
        return wrong(NAME, problem)
    if str(path) in error:
        return wrong(NAME, f"{account.user}: {error}", account.opening(str(path)))
    return _described(path, found, status, monitor.host.config.digest)


def _described(path: Path, found: Baseline, status: os.stat_result, rules: str) -> Finding:
    header = found.header
    written = (header.written if header else 0) or int(status.st_mtime)
    by = header.by if header else user_name(status.st_uid)
    lines, old = some(len(found.tree), "line"), age(time.time() - written)
    text = f"{path}: {lines}, {old} old, by {by}"
    if header is None or header.rules == rules:
        return Finding(NAME, OK, text)
    return Finding(
        NAME,
        WARNING,
        f"{text}; written under other rules than today's, through which it is read",
        "'psdiff-zbx write' makes one under today's rules, and accepts all that runs now",
    )


def age(seconds: float) -> str:
    """``3 days``: in the largest unit of which there is one."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return some(max(0, int(seconds // size)), unit)
