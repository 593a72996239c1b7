"""Let systemd start agent 2 again when it ends with its plugin: a drop-in for the agent's unit.

In: the agent, and the options of setup.  Out: the drop-in, and lines that say so.  It is written
only if the administrator agrees.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

from ..configuration import AgentError
from ..installed import Installed
from ..service_manager import read_units_again, restarts_always
from .files import put, take_out

if TYPE_CHECKING:
    from .setup import Wish

_FILE = "psdiff-zbx.conf"
_TEXT = """\
# psdiff-zbx: agent 2 ends if a plugin does not start in time, or is killed.  Written by
# 'psdiff-zbx setup --agent plugin', removed by 'psdiff-zbx setup --remove'.
[Service]
Restart=always
"""
_WHY = (
    "Agent 2 ends if a plugin does not start in time, or is killed, and its unit does not start",
    "it again in every case.",
)
_QUESTION = "Let systemd start it again (Restart=always)? [y/n] "


def offer_restart(agent: Installed, wish: Wish) -> Iterator[str]:
    """Write the drop-in if the administrator agrees, else say how to get it.  Nothing without
    systemd, or if the unit has ``Restart=always`` already.

    Raises AgentError if it cannot be written.
    """
    if restarts_always(agent):
        return
    yield from _WHY
    if not wish.agrees(_QUESTION):
        yield "To let systemd do so: 'psdiff-zbx setup --agent plugin --yes'"
        return
    file = _file(agent)
    if not wish.dry_run:
        _make_folder(file.parent)
    yield put(file, _TEXT, wish.dry_run)
    if not wish.dry_run:
        read_units_again()


def remove_restart(agent: Installed, dry_run: bool) -> Iterator[str]:
    """Remove the drop-in if it is there.  Raises AgentError if that cannot be done."""
    file = _file(agent)
    if os.path.lexists(file):
        yield take_out(file, dry_run)
        if not dry_run:
            read_units_again()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise AgentError(f"cannot make {folder}: {error.strerror}") from error


def _file(agent: Installed) -> Path:
    return agent.root / f"etc/systemd/system/{agent.unit}.service.d" / _FILE
