"""What work on a text costs: not what others on the machine do, nor a garbage collection."""

from __future__ import annotations

import time
from typing import Callable


def cost(work: Callable[[str], object], text: str, limit: float) -> float:
    """Processor seconds, the least of three times; if one is within the limit, that."""
    least = limit + 1
    for _ in range(3):
        if least > limit:
            began = time.process_time()
            work(text)
            least = min(least, time.process_time() - began)
    return least
