"""``psdiff-zbx setup --remove``: remove what setup has written.

In: the options.  Out: lines that say what was done.  Files of others and the baseline stay.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, List, Optional

from ..installed import Installed, choose_agent, find_agents
from ..remote import install
from . import next_steps, restart
from .files import take_out
from .place import own_text, refuse_folder, refuse_others
from .setup import Wish


def remove(wish: Wish) -> Iterator[str]:
    """Remove our files from the agent that is asked for, or from all agents.

    Raises AgentError; if it does so before the first line, nothing has been changed.
    """
    refuse_others(wish.dry_run)
    found = find_agents()
    chosen = [choose_agent(wish.agent, found)] if wish.agent or not found else found
    others = [agent for agent in found if agent not in chosen]
    gone = [(agent, _removable(agent)) for agent in chosen if agent.configuration.folder]
    changed: List[Installed] = []
    for agent, file in gone:
        lines = [take_out(file, wish.dry_run)] if file else []
        lines += install.remove_remote(agent, others, wish.dry_run)
        lines += restart.remove_restart(agent, wish.dry_run)
        yield from lines
        changed += [agent] if lines else []
    yield from next_steps.after_removal(changed, wish.dry_run)


def _removable(agent: Installed) -> Optional[Path]:
    """The path of our file, or None if it does not exist."""
    if not os.path.lexists(agent.file):
        return None
    own_text(agent.file)
    refuse_folder(agent.file.parent)
    return agent.file
