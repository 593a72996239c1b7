"""Whether SELinux may hide from the agent what its user may see.

In: an agent, and the finding about its answer.  Out: a finding, or nothing if SELinux is not
enforcing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

from ..installed import Installed
from .findings import OK, WARNING, Finding
from .running_agent import is_late

NAME = "selinux"
_ENFORCE = Path("/sys/fs/selinux/enforce")


def check_selinux(agent: Installed, keys: Finding) -> Iterator[Finding]:
    """A finding if SELinux is enforcing and the agent runs, else nothing.  An answer that is too
    late is not its fault."""
    try:
        enforcing = _ENFORCE.read_text().strip() == "1"
        context = Path(f"/proc/{agent.pid}/attr/current").read_text().rstrip("\0\n")
    except OSError:  # no SELinux, or no agent
        return
    if enforcing and not is_late(keys.text):
        yield describe_context(context, keys)


def describe_context(context: str, keys: Finding) -> Finding:
    """The finding for an agent with this SELinux context:
    ``system_u:system_r:zabbix_agent_t:s0``."""
    if keys.status == OK:
        return Finding(NAME, OK, f"enforcing, and {context} sees what its user sees")
    return Finding(
        NAME,
        WARNING,
        f"enforcing: it may keep {context} from the baseline, the program or other processes, "
        "which only the agent's own answer can tell",
        "'ausearch -m AVC -ts recent' tells what it refused; 'audit2allow -M' makes a module",
    )
