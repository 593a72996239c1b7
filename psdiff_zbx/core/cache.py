"""What was found out in this look at the host and in the last one, by its key."""

from __future__ import annotations

from typing import Any, Dict, Hashable, TypeVar

T = TypeVar("T")


class Recent:
    """Remembers for as long as it is asked at every turn, and so does not grow."""

    def __init__(self) -> None:
        self._new: Dict[Hashable, Any] = {}
        self._old: Dict[Hashable, Any] = {}

    def turn(self) -> None:
        """A new look begins: forget what the last one did not ask for."""
        self._old, self._new = self._new, {}

    def get(self, key: Hashable) -> Any:
        """What is known of a key, or None."""
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self._new[key] = found
        return found

    def put(self, key: Hashable, value: T) -> T:
        """Remember a value, which is not None."""
        self._new[key] = value
        return value
