"""One line more or less in a baseline: ``manual add`` and ``manual remove``.

In: the expected tree, a user, a command line, the rules.  Out: the tree after it, and the change.
"""

from __future__ import annotations

from typing import Callable, Mapping, Tuple

from .line import escape, escape_user
from .merged_usr import finder
from .model import EXACT, Comparison, Line, PsdiffError, Tree, UnknownDaemonError
from .pick import surroundings
from .removal import without
from .rules.rule import Subject
from .rules.ruleset import Rules
from .tree import arrange, below_init

Edited = Tuple[Tree, Comparison]


def _add(tree: Tree, user: str, cmdline: str, rules: Rules) -> Edited:
    """One more of a daemon: beside its equals, or below INIT."""
    subject = Subject(escape(cmdline).strip(" "), escape_user(user))
    verdict = rules.judge(subject)
    places = [at for at, line in enumerate(tree) if line.key == (subject.user, verdict.cmdline)]
    if not (verdict.cmdline and subject.user):
        raise UnknownDaemonError("a daemon needs a user and a command line")
    if verdict.mode != EXACT and places:
        raise PsdiffError(f"'{verdict.cmdline}' is expected already, in any number")
    at, depth = (places[0], tree[places[0]].depth) if places else below_init(tree)
    line = Line(depth, verdict.cmdline, subject.user)
    return arrange((*tree[:at], line, *tree[at:])), Comparison((), (), (line,))


def _remove(tree: Tree, user: str, cmdline: str, rules: Rules) -> Edited:
    """One less of a daemon, the one with the least below it; that moves up."""
    subject = Subject(escape(cmdline).strip(" "), escape_user(user))
    find = finder(line.key for line in tree if not line.is_frame)
    for wanted in (subject.cmdline, rules.judge(subject).cmdline):
        key = find((subject.user, wanted))
        places = [at for at, line in enumerate(tree) if line.key == key and not line.is_frame]
        if places:
            at = min(places, key=surroundings(tree, set()).size.__getitem__)
            return arrange(without(tree, {at})), Comparison((), (tree[at],), ())
    raise UnknownDaemonError(
        f"the baseline holds no '{rules.visible(subject.cmdline)}' of user {subject.user}; "
        "nothing is changed"
    )


EDITS: Mapping[str, Callable[[Tree, str, str, Rules], Edited]] = {"add": _add, "remove": _remove}
