"""Which Python runs a program of ours, and whether it will still run tomorrow.

In: the path of a program.  Out: what its first line names.  It starts nothing.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import List, Optional

_FIRST_LINE = 256  # bytes that Linux reads of it: BINPRM_BUF_SIZE in include/uapi/linux/binfmts.h
_DISTRIBUTIONS = ("/usr/bin/", "/usr/libexec/")
_MINOR = re.compile(r"python(3\.\d+)")
_MADE_FOR = re.compile(r"^version(?:_info)? *= *(3\.\d+)", re.MULTILINE)  # pyvenv.cfg


def in_virtual_environment() -> bool:
    """Whether this program runs in one."""
    return sys.prefix != sys.base_prefix


def is_isolated(program: str) -> bool:
    """Whether its first line lets Python run nothing from the environment or a home folder:
    ``#!/usr/bin/python3 -IB``."""
    return any(word[:1] == "-" and "I" in word for word in _first_line(program)[1:])


def interpreter_of(program: str) -> str:
    """The path of the Python that the first line names; empty if it names none."""
    words = _first_line(program)
    return words[0] if words and "python" in words[0] else ""


def interpreter_flaw(python: str) -> Optional[str]:
    """Why this Python may not find the modules, or is not kept up to date by the distribution;
    None if all is well.

    ``/usr/bin/python3`` of a virtual environment becomes 3.13 when a distribution moves on from
    3.11, but its modules stay in ``lib/python3.11``.
    """
    real = os.path.realpath(python)
    if not os.path.exists(real):
        return f"{python} is gone"
    version = _MINOR.match(os.path.basename(real))
    made_for = _made_for(Path(python).parents[1])
    if version and made_for and version[1] != made_for:
        return f"{python} was made for Python {made_for}, and is {version[1]} now"
    if not real.startswith(_DISTRIBUTIONS):
        return f"{real} is not the distribution's Python"
    return None


def _made_for(environment: Path) -> str:
    """The version for which a virtual environment was made; empty if it is none."""
    try:
        found = _MADE_FOR.search(environment.joinpath("pyvenv.cfg").read_text("utf-8", "replace"))
    except OSError:
        return ""
    return found[1] if found else ""


def _first_line(program: str) -> List[str]:
    try:
        with open(program, "rb") as stream:
            line = stream.read(_FIRST_LINE).partition(b"\n")[0]
    except OSError:
        return []
    return line[2:].decode(errors="replace").split() if line.startswith(b"#!") else []
