"""Work that may wait for somebody else's lock, for ever if he likes, with a limit.

In: a function, and how far it has got.  Out: its result, or a StuckError; the work then waits on,
in a thread of its own, until the kernel lets it go.
"""

from __future__ import annotations

import time

# "threading" takes a millisecond of each command to import.
from _thread import LockType, allocate_lock, start_new_thread
from typing import Any, Callable, Generic, List, Optional, Tuple, TypeVar

T = TypeVar("T")
_TICK = 0.1  # seconds


class StuckError(Exception):
    """The work stands still.  ``at`` is how far it has got."""

    def __init__(self, at: Any) -> None:
        super().__init__(at)
        self.at = at


class Patience:
    """It lasts for so many ``seconds`` without any progress.  Where it is exhausted, the work may
    still wait: until that is over there is no other, or one stuck process would cost a thread at
    each look."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left: Optional[Tuple[LockType, Any]] = None

    def run(self, work: Callable[[], T], at: Callable[[], Any]) -> T:
        """The result of ``work``; ``at`` tells how far it has got.

        Raises StuckError, and what ``work`` raises.
        """
        if self._left and self._left[0].locked():
            raise StuckError(self._left[1])
        outcome: _Outcome[T] = _Outcome()
        done = allocate_lock()
        done.acquire()
        try:
            start_new_thread(_carry_out, (work, outcome, done))
        except RuntimeError:  # no more threads are allowed
            return work()
        self._wait(done, at)
        return outcome.result()

    def _wait(self, done: LockType, at: Callable[[], Any]) -> None:
        seen, since = at(), time.monotonic()
        while not done.acquire(timeout=_TICK):
            now = time.monotonic()
            if at() != seen:
                seen, since = at(), now
            elif now - since >= self.seconds:
                self._left = (done, seen)
                raise StuckError(seen)


class _Outcome(Generic[T]):
    """What came of the work."""

    def __init__(self) -> None:
        self.results: List[T] = []
        self.errors: List[BaseException] = []

    def result(self) -> T:
        if self.errors:
            raise self.errors[0]
        return self.results[0]


def _carry_out(work: Callable[[], T], outcome: _Outcome[T], done: LockType) -> None:
    try:
        outcome.results.append(work())
    except BaseException as error:  # for whoever waits
        outcome.errors.append(error)
    finally:
        done.release()
