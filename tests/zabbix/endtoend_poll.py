"""Waiting for what has to become true, with a deadline."""

from __future__ import annotations

import contextlib
import time
from typing import Callable

PATIENCE = 30.0
PAUSE = 0.5


def eventually(check: Callable[[], None], patience: float = PATIENCE) -> None:
    """Returns when `check` raises no AssertionError any more; past the deadline it may raise."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError):
            return check()
        time.sleep(PAUSE)
    return check()
