"""Completion scripts for shells, made from what ``--help`` says.

In: the commands as records, and the name of a shell.  Out: the text of a script.  The script needs
only the shell itself, and starts the program for the ids and the names of daemons alone.
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
    """The completion script for ``bash``, ``zsh`` or ``fish``."""
    return _SHELLS[shell](program)
