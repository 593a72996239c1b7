"""Processes to a tree of lines: who is in it, who hangs under whom, in which order.

Everything here walks with loops, not recursion: any user can fork a chain of
processes that is deeper than Python's stack.
"""

from __future__ import annotations

import itertools
from functools import cmp_to_key, lru_cache
from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple

from .line import escape_user, text_of
from .model import EXACT, INIT, ROOT, Line, Process, Tree
from .process_state import ENDED


def family(processes: Sequence[Process], pid: int) -> Set[int]:
    """The pids of a process and of all its descendants."""
    if not any(process.ppid == pid for process in processes):
        return {pid}
    children: Dict[int, List[int]] = {}
    for process in processes:
        children.setdefault(process.ppid, []).append(process.pid)
    found, waiting = {pid}, [pid]
    while waiting:
        new = [child for child in children.get(waiting.pop(), ()) if child not in found]
        found.update(new)
        waiting.extend(new)
    return found


def build(processes: Sequence[Process], own: Optional[int] = None) -> Tree:
    """The tree of what runs, less kernel threads, zombies and the family of pid ``own``.

    Siblings stand in the order of their pids; ``arrange`` brings them into a tree's own order.
    """
    ours = family(processes, own) if own is not None else set()
    alive = {
        process.pid: process
        for process in processes
        if not process.kthread and process.state not in ENDED and process.pid not in ours
    }
    parents = _parents(alive)
    children: Dict[int, List[int]] = {}
    for pid in sorted(parents, reverse=True):
        children.setdefault(parents[pid], []).append(pid)
    return tuple(_walk(alive, children))


def _walk(alive: Dict[int, Process], children: Dict[int, List[int]]) -> Iterable[Line]:
    yield Line(0, ROOT, ROOT)
    text = lru_cache(None)(text_of)  # most have twins
    waiting: List[Tuple[int, int]] = [(child, 1) for child in children.get(0, ())]
    while waiting:
        pid, depth = waiting.pop()
        process = alive[pid]
        cmdline = INIT if pid == 1 else text(process.cmdline, process.name)
        yield Line(depth, cmdline, escape_user(process.user), (process,))
        if pid in children:
            waiting.extend([(child, depth + 1) for child in children[pid]])


def _parents(alive: Dict[int, Process]) -> Dict[int, int]:
    """Each pid's parent.  A process whose parent is gone hangs under pid 1."""
    top = 1 if 1 in alive else 0
    parents = {
        pid: process.ppid if process.ppid in alive or process.ppid == 0 else top
        for pid, process in alive.items()
    }
    parents.update({1: 0} if top else {})
    settled = {0}
    # In a loop, at least one of them is older than its parent.
    for pid in sorted(pid for pid, parent in parents.items() if parent >= pid):
        path: Set[int] = set()
        here = pid
        while here not in path and here not in settled:
            path.add(here)
            here = parents[here]
        if here in path:
            # A loop: a parent ended between two reads and its pid went to a descendant.
            parents[here] = top
        settled |= path
    return parents


def below_init(tree: Tree) -> Tuple[int, int]:
    """Where the first line below INIT stands, or would stand, and its depth; below the root where
    there is no INIT."""
    at = [at for at, line in enumerate(tree) if line.is_frame][-1]
    return at + 1, tree[at].depth + 1


class Branch:
    """A line with its children, while a tree is put in order or changed."""

    __slots__ = ("children", "line")

    def __init__(self, line: Line) -> None:
        self.line = line
        self.children: List[Branch] = []


def arrange(lines: Iterable[Line]) -> Tree:
    """The tree in its own order: siblings by (cmdline, user, children), and equal siblings
    that vary in number made one line."""
    top = grow(lines)
    branches, waiting = [], [top]
    while waiting:
        branch = waiting.pop()
        if len(branch.children) > 1:
            branch.children = _merge(branch.children)
            branches.append(branch)
        waiting.extend(branch.children)
    for branch in reversed(branches):
        _sort(branch.children)
    return tuple(flatten(top))


def grow(lines: Iterable[Line]) -> Branch:
    """The lines as branches of one, which is no line itself."""
    top = Branch(Line(-1, "", ""))
    stack = [top]
    for line in lines:
        while stack[-1].line.depth >= line.depth:
            stack.pop()
        branch = Branch(line)
        stack[-1].children.append(branch)
        stack.append(branch)
    return top


def _merge(siblings: List[Branch]) -> List[Branch]:
    merged: List[Branch] = []
    varying: Dict[Tuple[str, str], Branch] = {}
    for branch in siblings:
        line = branch.line
        first = branch if line.mode == EXACT else varying.setdefault(line.key, branch)
        if first is branch:
            merged.append(branch)
            continue
        both = sorted(first.line.processes + line.processes)
        first.line = first.line._replace(processes=tuple(both))
        first.children.extend(branch.children)
    return merged


def _sort(siblings: List[Branch]) -> None:
    siblings.sort(key=lambda branch: (branch.line[1:3], branch.line.processes[:1]))
    groups = itertools.groupby(tuple(siblings), key=lambda branch: branch.line[1:3])
    siblings[:] = [twin for _, group in groups for twin in _sorted_twins(list(group))]


def _sorted_twins(twins: List[Branch]) -> List[Branch]:
    """Those without children first, then as their children sort."""
    if len(twins) == 1:
        return twins
    parents = [twin for twin in twins if twin.children]
    single = [twin for twin in twins if not twin.children]
    return [*single, *sorted(parents, key=cmp_to_key(_compare_children))]


def _compare_children(one: Branch, other: Branch) -> int:
    """No further than to the first difference, or a deep tree of twins would take for ever."""
    for mine, yours in itertools.zip_longest(_below(one), _below(other), fillvalue=()):
        if mine != yours:
            return -1 if mine < yours else 1
    return 0


def _below(branch: Branch) -> Iterable[Tuple[object, ...]]:
    """The lines below a branch, as something that sorts as nested children would."""
    return (line[:3] for line in itertools.islice(flatten(branch, 0), 1, None))


def flatten(top: Branch, depth: int = -1) -> Iterable[Line]:
    """The lines of a branch, each below its parent."""
    waiting = [(top, depth)]
    while waiting:
        branch, depth = waiting.pop()
        line = branch.line
        if depth >= 0:
            yield line if line.depth == depth else line._replace(depth=depth)
        if branch.children:
            waiting.extend([(child, depth + 1) for child in reversed(branch.children)])
