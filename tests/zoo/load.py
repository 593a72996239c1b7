"""What keeps the zoo busy: many visitors, each again and again until the time is over.

Runs on the files and on the network of the host, but not among its processes.
In: `python3 -m tests.zoo.load SECONDS`.  Out, as JSON: how often each succeeded and
failed, and which units were told what.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time
from typing import Callable, Optional

from tests.zoo.visitors import HERE, ONCE, ORDERS, OVER, VISITORS


class Tally:
    """How one visitor fares."""

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.done, self.failed, self.why = 0, 0, ""

    def count(self, error: Optional[Exception]) -> None:
        if error is None:
            self.done += 1
        else:
            self.failed, self.why = self.failed + 1, str(error)


def again_and_again(work: Callable[[], None], pause: float, tally: Tally) -> None:
    """Until it is over; what fails, as during a restart, is counted."""
    while not OVER.is_set():
        error: Optional[Exception] = None
        try:
            work()
        except Exception as failure:  # each library has its own
            error = failure
        tally.count(error)
        OVER.wait(pause * random.uniform(0.5, 1.5))


def listens(port: int) -> bool:
    """Whether somebody is there to be visited."""
    with socket.socket() as line:
        return not line.connect_ex((HERE, port))


def main(seconds: float) -> None:
    """Start everything, wait, and say how it went."""
    for work in ONCE:
        work()
    welcome = {name: visitor for name, visitor in VISITORS.items() if listens(visitor[2])}
    tallies = {name: Tally() for name in welcome}
    for name, (work, pause, _) in welcome.items():
        arguments = (work, pause, tallies[name])
        threading.Thread(target=again_and_again, args=arguments, daemon=True).start()
    OVER.wait(seconds)
    OVER.set()
    time.sleep(1)
    visitors = {name: vars(tally) for name, tally in tallies.items()}
    print(json.dumps({"visitors": visitors, "orders": ORDERS}), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
