"""Which of several equal lines of a tree to show: those whose neighbours are shown, too.

In: a tree, and how many lines of each key to pick.  Out: these lines.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Set, Tuple

from .model import Key, Line, Tree

Places = Dict[Key, List[int]]
"""Where the lines of each key stand in a tree."""


class Surroundings(NamedTuple):
    """Of each line: where its parent stands, how many lines are below it, and how many of
    those are chosen."""

    parent: List[int]
    size: List[int]
    below: List[int]


def pick_lines(tree: Tree, places: Places, numbers: Mapping[Key, int]) -> Tuple[Line, ...]:
    """``numbers[key]`` lines of each key, in tree order: where only some of several equal
    lines are to be chosen, those whose children or parent are chosen too."""
    asked = {key: number for key, number in numbers.items() if number > 0}
    chosen = {
        at for key, number in asked.items() if number >= len(places[key]) for at in places[key]
    }
    partly = [key for key, number in asked.items() if number < len(places[key])]
    if partly:
        around = surroundings(tree, chosen)
        # Parents before their children, so that these can follow.
        for key in sorted(partly, key=lambda key: -max(around.size[at] for at in places[key])):
            ranked = sorted(
                places[key],
                key=lambda at: (-around.below[at] - (around.parent[at] in chosen), at),
            )
            chosen.update(ranked[: asked[key]])
    return tuple(tree[at] for at in sorted(chosen))


def surroundings(tree: Tree, chosen: Set[int]) -> Surroundings:
    """What is above and below each line, of which the ``chosen`` ones are told by place."""
    parent, path = [], [-1]
    for at, line in enumerate(tree):
        while path[-1] >= 0 and tree[path[-1]].depth >= line.depth:
            path.pop()
        parent.append(path[-1])
        path.append(at)
    size, below = [0] * len(tree), [0] * len(tree)
    for at in range(len(tree) - 1, 0, -1):
        size[parent[at]] += size[at] + 1
        below[parent[at]] += below[at] + (at in chosen)
    return Surroundings(parent, size, below)
