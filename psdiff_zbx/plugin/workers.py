"""Answer requests in several threads, each before its time is over.

In: requests, from one thread.  Out: one value for each request, from any thread.
"""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Callable, List, NamedTuple, Optional, Set

from .answers import Answers, Question

THREADS = 8
"""At most.  One thread looks at the host.  The others wait for it, no longer than their requests
may, or answer from what it saw.  More threads would only wait for the interpreter's lock."""


class Request(NamedTuple):
    """A question, and the number under which the agent waits for the answer."""

    id: int
    question: Question

    @property
    def end(self) -> float:
        """When its time is over, by the clock of ``began``."""
        return self.question.began + self.question.timeout


class Workers:
    """Threads that answer requests, no more than have had to answer at once: each keeps half a
    megabyte.  ``reply`` gets the number of a request and its value."""

    def __init__(
        self, service: Answers, clock: Callable[[], float], reply: Callable[[int, str], None]
    ) -> None:
        """Raises RuntimeError if no thread can be started."""
        self.service = service
        self._clock, self._reply = clock, reply
        self._lock = Lock()
        self._open: Set[Request] = set()
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._threads = self._unanswered = 0
        self._start()

    def _start(self) -> None:
        Thread(target=self._work, daemon=True).start()
        self._threads += 1

    def ask(self, request: Request) -> None:
        """Queue a request.  It returns at once, and ``reply`` gets the answer."""
        with self._lock:
            self._open.add(request)
            self._unanswered += 1
            is_short = self._threads < min(self._unanswered, THREADS)
        if is_short:
            with suppress(RuntimeError):  # then those that there are answer it
                self._start()
        self._queue.put(request)

    def patience(self) -> Optional[float]:
        """Seconds until the time of the next open request is over; None if none is open."""
        with self._lock:
            ends = [request.end for request in self._open]
        return max(0.0, min(ends) - self._clock()) if ends else None

    def expire(self) -> None:
        """Reply to all requests whose time is over."""
        now = self._clock()
        for request in self._late(now):
            if self._close(request):
                self._reply(request.id, self.service.too_late(request.question))

    def _late(self, now: float) -> List[Request]:
        with self._lock:
            return [request for request in self._open if request.end <= now]

    def _close(self, request: Request, answered: int = 0) -> bool:
        """Whether the request was still open.  The thread that closes it replies to it."""
        with self._lock:
            self._unanswered -= answered
            found = request in self._open
            self._open.discard(request)
        return found

    def _work(self) -> None:
        while True:
            request = self._queue.get()
            if request.end > self._clock():
                value = self.service.answer(request.question)
            else:
                value = self.service.too_late(request.question)
            if self._close(request, answered=1):
                self._reply(request.id, value)
