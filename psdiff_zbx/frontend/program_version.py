"""Whether a host's psdiff-zbx is too old for the template."""

from __future__ import annotations

import re
from typing import List

from ..template.items import OLDEST_PROGRAM

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9})*", re.ASCII)


def is_older(version: str, oldest: str = OLDEST_PROGRAM) -> bool:
    """Whether a version is older than another.  What is no version is not.

    >>> is_older("1.9.0", "1.10.0")
    True
    """
    found = _VERSION.fullmatch(version)
    return found is not None and _numbers(version) < _numbers(oldest)


def _numbers(version: str) -> List[int]:
    return [int(number) for number in version.split(".")]
