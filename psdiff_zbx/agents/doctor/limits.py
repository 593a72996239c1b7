"""Find what the agent's unit takes from accepting from the frontend, where that is set up.

In: a running agent.  Out: findings; none if all is well.  What counts is what the kernel says of
the running agent, for a unit has many ways to say the same: systemd.exec(5).
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator, Optional, Tuple

from ...host.baseline_store import SYSTEM
from ...host.mounts import mounts
from ..installed import Installed
from ..remedies import set_in_unit
from .findings import WRONG, Finding

_TO_ROOT = (("CAP_SETGID", 6), ("CAP_SETUID", 7))  # what sudo needs: capabilities(7)
_READ_ONLY = "ro"
_UNLIMITED = "unlimited"
_WIDTH = 26  # of the names in /proc/PID/limits

Limit = Optional[Tuple[str, str, str]]
"""What the unit has, the line that it needs instead, and what else there is to do."""


def check_limits(agent: Installed, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """What keeps sudo from becoming root, or root from writing the baseline."""
    if agent.pid is None:
        return
    for look in (_privileges, _read_only, _size):
        try:
            limit = look(proc, str(agent.pid))
        except OSError:  # it has just ended, or only root may look
            return
        if limit:
            text = f"accepting from the frontend cannot work: {agent.unit} has {limit[0]}"
            line, more = limit[1:]
            yield Finding("limits", WRONG, text, f"'{set_in_unit(agent, line)}'{more}")


def _privileges(proc: Path, pid: str) -> Limit:
    status = dict(_fields((proc / pid / "status").read_text(errors="replace")))
    if status["NoNewPrivs"] == "1":
        more = "; unset what implies it, too: RestrictSUIDSGID=, ProtectKernelTunables= and others"
        return "NoNewPrivileges=", "NoNewPrivileges=no", more
    bounding = int(status["CapBnd"], 16)
    lacking = " and ".join(name for name, bit in _TO_ROOT if not bounding >> bit & 1)
    line = f"CapabilityBoundingSet={lacking.replace(' and ', ' ')}"
    return (f"CapabilityBoundingSet= without {lacking}", line, "") if lacking else None


def _read_only(proc: Path, pid: str) -> Limit:
    folder = SYSTEM.parent
    above = [each for each in mounts(str(proc), pid) if _is_at(folder, Path(each.point))]
    nearest = max(above, key=lambda each: len(each.point))
    if _READ_ONLY not in nearest.flags:
        return None
    return f"{folder} mounted read-only", f"ReadWritePaths={folder}", ""


def _size(proc: Path, pid: str) -> Limit:
    rows = (proc / pid / "limits").read_text().splitlines()
    soft: Dict[str, str] = {row[:_WIDTH].strip(): row[_WIDTH:].split()[0] for row in rows}
    size = soft["Max file size"]
    return None if size == _UNLIMITED else (f"LimitFSIZE={size}", "LimitFSIZE=infinity", "")


def _is_at(path: Path, point: Path) -> bool:
    return path == point or point in path.parents


def _fields(text: str) -> Iterator[Tuple[str, str]]:
    for line in text.splitlines():
        name, _, value = line.partition(":")
        yield name, value.strip()
