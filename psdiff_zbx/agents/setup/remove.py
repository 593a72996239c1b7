"""``psdiff-zbx setup --remove``: what setup has put in, taken out.

In: what is wished for.  Out: lines that say what was done.  What is not ours it leaves alone, and
the baseline too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, List, Optional

from ..installed import Installed, choose_agent, find_agents
from ..remote import install
from . import next_steps
from .files import take_out
from .place import own_text, refuse_folder, refuse_others
from .setup import Wish


def remove(wish: Wish) -> Iterator[str]:
    """Take out what setup has put in, of the agent that is asked for or of all; the baseline
    stays.  Raises AgentError with nothing changed."""
    refuse_others(wish.dry_run)
    found = find_agents()
    chosen = [choose_agent(wish.agent, found)] if wish.agent or not found else found
    others = [agent for agent in found if agent not in chosen]
    gone = [(agent, _removable(agent)) for agent in chosen if agent.configuration.folder]
    changed: List[Installed] = []
    for agent, file in gone:
        lines = [take_out(file, wish.dry_run)] if file else []
        lines += install.remove(agent, others, wish.dry_run)
        yield from lines
        changed += [agent] if lines else []
    yield from next_steps.after_removal(changed, wish.dry_run)


def _removable(agent: Installed) -> Optional[Path]:
    """The file of ours, if it is there."""
    if not os.path.lexists(agent.file):
        return None
    own_text(agent.file)
    refuse_folder(agent.file.parent)
    return agent.file
