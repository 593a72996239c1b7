"""Whether accepting from the frontend would be safe on this host, and would work.

In: the program, the agent, the sudoers line.  Out: nothing, or an AgentError.  It changes nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import site
import subprocess
import sys

from ...host import trusted_files
from ..configuration import AgentError
from ..installed import Installed
from ..run_as import PATH
from . import commands
from .commands import LINKED_PROGRAM, SUDOERS


def refuse_program(line: str) -> None:
    """Raise AgentError unless root would run the program that runs now, and only root can change
    it."""
    words = shlex.split(line)
    own = os.path.realpath(words[0])
    if len(words) > 1:
        raise AgentError("install psdiff-zbx as the README says: 'python -m' is not for root")
    if os.path.realpath(LINKED_PROGRAM) != own:
        raise AgentError(
            f"the frontend's actions run {LINKED_PROGRAM} on every host: "
            f"run 'ln -s {own} {LINKED_PROGRAM}'"
        )
    if site.ENABLE_USER_SITE:
        raise AgentError(
            "outside a virtual environment Python also runs what is in home folders: install "
            "psdiff-zbx in one, as the README says"
        )
    why = trusted_files.fault(
        [LINKED_PROGRAM, sys.executable, sys.prefix, *filter(None, sys.path)]
    )
    if why:
        raise AgentError(
            f"{why}: that user could become root; let only root write it, then try again"
        )


def refuse_rules(installed: Installed, path: str) -> None:
    """Raise AgentError if a rule of the administrator's comes before ours and denies the
    actions."""
    found = commands.denied_by(installed.kind, installed.configuration, path)
    if found:
        raise AgentError(
            f"{found.place} has '{found.name}={found.value}', which the agent asks before what "
            f"setup would write: move it to the end of {installed.configuration.path}"
        )


def refuse_sudoers(text: str) -> None:
    """Raise AgentError if visudo(8) refuses the text."""
    words = (sudo_program("visudo"), "-c", "-f", "-")
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().partition("\n")[0]
        raise AgentError(f"visudo refuses the line for {SUDOERS}: {said}")


def sudo_program(name: str) -> str:
    """The path of one of sudo's commands.  Raises AgentError if sudo is not installed."""
    found = shutil.which(name, path=PATH)
    if not found:
        raise AgentError(f"no {name} here: accepting from the frontend needs sudo; install it")
    return found
