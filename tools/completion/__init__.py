"""Completion scripts for shells, from what ``--help`` says.

In: the commands as records, a shell's name.  Out: the text of a script, which needs nothing but
the shell itself and never starts the program.
"""

from __future__ import annotations

from typing import Callable, Mapping

from tools.completion import bash, fish, zsh
from tools.description import Program

_SHELLS: Mapping[str, Callable[[Program], str]] = {
    "bash": bash.script,
    "zsh": zsh.script,
    "fish": fish.script,
}


def script(program: Program, shell: str) -> str:
    """What the shell is to read; ``shell`` is one of those that ``completion`` takes."""
    return _SHELLS[shell](program)
