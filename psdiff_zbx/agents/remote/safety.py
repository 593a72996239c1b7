"""Whether one of the frontend's rights would be safe on this host, and would work.

In: the right, the program, the agent, the sudoers line.  Out: nothing, or an AgentError.  It
changes nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import List

from ...host import interpreter, trusted_files
from ..configuration import AgentError
from ..installed import Installed
from ..run_as import PATH
from . import commands
from .rights import PROGRAM, Right


def refuse_program(line: str) -> None:
    """Raise AgentError unless root would run the program that runs now, and only root can change
    it."""
    words = shlex.split(line)
    own = os.path.realpath(words[0])
    if len(words) > 1:
        raise AgentError("install psdiff-zbx as the README says: 'python -m' is not for root")
    found = shutil.which(PROGRAM, path=PATH) or ""
    if os.path.realpath(found) != own:
        first = f"which is {found} here, not this one" if found else "which is not in its PATH"
        raise AgentError(
            f"the frontend's actions let the agent run '{PROGRAM}', {first}: "
            f"run 'ln -sf {own} /usr/local/bin/{PROGRAM}'"
        )
    if not interpreter.in_virtual_environment() and not interpreter.is_isolated(own):
        raise AgentError(
            "outside a virtual environment Python also runs what is in home folders: install "
            "the package of psdiff-zbx, or a virtual environment, as the README says"
        )
    why = trusted_files.fault([found, own, *_loaded()])
    if why:
        raise AgentError(
            f"{why}: that user could become root; let only root write it, then try again"
        )


def _loaded() -> List[str]:
    """The interpreter, and where it finds modules."""
    environment = [sys.prefix] if interpreter.in_virtual_environment() else []
    return [sys.executable, *environment, *filter(None, sys.path)]


def refuse_rules(right: Right, installed: Installed, path: str) -> None:
    """Raise AgentError if a rule of the administrator's comes before ours and denies the
    actions."""
    found = commands.denied_by(right, installed.kind, installed.configuration, path)
    if found:
        raise AgentError(
            f"{found.place} has '{found.name}={found.value}', which the agent asks before what "
            f"setup would write: move it to the end of {installed.configuration.path}"
        )


def refuse_sudoers(right: Right, text: str) -> None:
    """Raise AgentError if visudo(8) refuses the text."""
    words = (sudo_program(right, "visudo"), "-c", "-f", "-")
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().partition("\n")[0]
        raise AgentError(f"visudo refuses the line for {right.sudoers_file}: {said}")


def sudo_program(right: Right, name: str) -> str:
    """The path of one of sudo's commands.  Raises AgentError if sudo is not installed."""
    found = shutil.which(name, path=PATH)
    if not found:
        raise AgentError(f"no {name} here: {right.what} needs sudo; install it")
    return found
