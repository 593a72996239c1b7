"""Files that end: no pipe that nobody writes to, no device, none that grows for ever."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Tuple, Union

_LARGEST = 64 << 20  # bytes; a baseline of 100,000 daemons has some ten million


def read_regular(path: Union[str, Path]) -> Tuple[bytes, os.stat_result]:
    """The bytes of a file, and its status when they were read.  Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {_LARGEST >> 20} MiB")
    return data, status
