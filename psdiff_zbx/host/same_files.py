"""Whether two paths name two files of this host.

In: paths as command lines show them.  Out: what the file system says, as far as we may see it.
"""

from __future__ import annotations

import os


def are_two_files(one: str, other: str) -> bool:
    """Whether both are there and are not the same file: ``/bin/x`` and ``/usr/bin/x``, where
    ``/bin`` is a folder of its own.  After an upgrade often neither is."""
    try:
        return not os.path.samefile(one, other)
    except (OSError, ValueError):
        return False
