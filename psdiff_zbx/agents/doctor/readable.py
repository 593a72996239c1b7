"""Whether the agent's user may read the agent's own files.

In: an agent.  Out: findings; none if all is well, or if nobody but root can tell.  An agent that
runs has read its files when it started; one that may not read them now does not start again.
"""

from __future__ import annotations

import os
from typing import Iterator

from ...core.shell_words import shell_word
from ..configuration import Configuration
from ..installed import Installed
from ..remedies import own_file, typed
from ..run_as import Account, AccountError, account
from .findings import WRONG, Finding

NAME = "files"


def check_readable(agent: Installed) -> Iterator[Finding]:
    """One finding for each file or folder that is closed."""
    if os.geteuid():
        return
    try:
        who = account(agent.user, ())
    except AccountError:  # another check says so
        return
    for path in _files(agent.configuration):
        if not who.may_read(path):
            text = f"{who.user} may not read {path}, so that {agent.name} does not start again"
            yield Finding(NAME, WRONG, text, typed(_opening(agent, who, path)))


def _opening(agent: Installed, who: Account, path: str) -> str:
    """Files of others may hold passwords: those are opened to the agent's group alone."""
    closed = shell_word(who.closed_folder([path]) or path)
    if path == own_file(agent):
        return f"chmod go+rX {closed}"
    return f"chgrp {who.group} {closed} && chmod g+rX {closed}"


def _files(found: Configuration) -> Iterator[str]:
    places = [found.path, *(each.folder for each in found.includes)]
    places += [each.path for each in found.settings]
    yield from dict.fromkeys(places)
