"""Requests answered by several threads, each before its time is over.

In: requests, from one thread.  Out: each one's value, exactly once, from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Callable, List, Optional, Set

from .answers import Answers, Question

THREADS = 8
"""One looks at the host; the others wait for it no longer than their requests may, or answer
from what it saw.  More would only wait for the interpreter's lock."""


@dataclass(frozen=True, eq=False)
class Request:
    """A question with the number under which the agent waits for the answer."""

    id: int
    question: Question

    @property
    def end(self) -> float:
        return self.question.began + self.question.timeout


class Workers:
    """``reply`` gets a request's number and its value."""

    def __init__(
        self, service: Answers, clock: Callable[[], float], reply: Callable[[int, str], None]
    ) -> None:
        self.service = service
        self._clock, self._reply = clock, reply
        self._lock = Lock()
        self._open: Set[Request] = set()
        self._queue: SimpleQueue[Request] = SimpleQueue()
        for _ in range(THREADS):
            Thread(target=self._work, daemon=True).start()

    def ask(self, request: Request) -> None:
        """Returns at once; the answer is a reply."""
        with self._lock:
            self._open.add(request)
        self._queue.put(request)

    def patience(self) -> Optional[float]:
        """Seconds until the next request has to be told that it is too late; None for none."""
        with self._lock:
            ends = [request.end for request in self._open]
        return max(0.0, min(ends) - self._clock()) if ends else None

    def expire(self) -> None:
        """Tell those whose time is over."""
        now = self._clock()
        for request in self._late(now):
            if self._close(request):
                self._reply(request.id, self.service.too_late(request.question))

    def _late(self, now: float) -> List[Request]:
        with self._lock:
            return [request for request in self._open if request.end <= now]

    def _close(self, request: Request) -> bool:
        """Whether the request was still open: it is answered by whoever closes it."""
        with self._lock:
            found = request in self._open
            self._open.discard(request)
        return found

    def _work(self) -> None:
        while True:
            request = self._queue.get()
            if request.end > self._clock():  # else somebody else tells it
                value = self.service.answer(request.question)
                if self._close(request):
                    self._reply(request.id, value)
