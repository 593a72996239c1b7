"""Sends what hosts answer as their active agents would, each at its own moment of the interval.

In: hosts with the ids of their master items.  Out: the server's queue filled in time, and when
each sample went.  https://www.zabbix.com/documentation/7.0/en/manual/appendix/protocols
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.zabbix.server import Server

PAUSE = 1.0
SESSION = "0123456789abcdef0123456789abcdef"


class FeedError(Exception):
    """The server does not take what agents send."""


@dataclass
class Feed:
    """Each call of `until` goes on where the last one ended, up to a moment.

    `answer` makes the value of a host (its number) for a moment (seconds since `began`).
    """

    server: Server
    names: Sequence[str]
    items: Sequence[str]
    began: float
    answer: Callable[[int, float], str]
    sent: int = 0
    bytes: int = 0
    late: float = 0.0
    _due: float = 0.0

    def until(self, end: float, interval: float, meanwhile: Callable[[], None]) -> None:
        """Send what is due up to `end` (seconds since the beginning), each host once in an
        `interval`."""
        while self._due < end:
            while (left := self.began + self._due - time.time()) > 0:
                meanwhile()
                time.sleep(min(left, PAUSE))
            self.late = max(self.late, -left)
            self._send(self.sent % len(self.names), self._due)
            self._due += interval / len(self.names)

    def rest(self, seconds: float) -> None:
        """Nobody sends for a while."""
        time.sleep(seconds)
        self._due += seconds

    def _send(self, host: int, due: float) -> None:
        value = self.answer(host, due)
        clock, nanoseconds = divmod(time.time_ns(), 10**9)
        row = {"id": self.sent + 1, "itemid": int(self.items[host]), "value": value}
        answer = self.server.ask(
            {
                "request": "agent data",
                "session": SESSION,
                "host": self.names[host],
                "version": "7.0.9",
                "data": [{**row, "clock": clock, "ns": nanoseconds}],
            }
        )
        if answer.get("response") != "success" or "failed: 0" not in str(answer.get("info")):
            raise FeedError(f"the server answers {answer!r}")
        self.sent += 1
        self.bytes += len(value.encode())
