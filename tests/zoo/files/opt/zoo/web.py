"""The application behind haproxy."""

import time
from collections.abc import Iterable
from typing import Any, Callable


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A page that takes a moment."""
    time.sleep(0.01)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]
