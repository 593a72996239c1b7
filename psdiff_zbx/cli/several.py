"""Options that may be given several times, before the command, after it, or both."""

from __future__ import annotations

from argparse import SUPPRESS, Action, Namespace
from typing import Any, List


class Several(Action):
    """Keeps all values of an option.  Where one is asked for, the last one counts.  Those before
    the command and those after it are kept apart: argparse would forget the former."""

    def __call__(self, _: object, found: Namespace, value: object, __: object = None) -> None:
        """Keep one more."""
        name = f"{self.dest}_{'after' if self.default == SUPPRESS else 'before'}"
        setattr(found, self.dest, value)
        setattr(found, name, [*getattr(found, name, ()), value])


def several(arguments: Namespace, dest: str) -> List[Any]:
    """All values that were given, in order."""
    found = vars(arguments)
    return [*found.get(f"{dest}_before", ()), *found.get(f"{dest}_after", ())]
