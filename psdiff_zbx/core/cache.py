"""A memory of this look at the host and the last one."""

from __future__ import annotations

from typing import Any, Dict, Hashable, NamedTuple, TypeVar

T = TypeVar("T")


class Cache:
    """Values by key.  A value that is not asked for during a whole turn is forgotten."""

    def __init__(self) -> None:
        self._new: Dict[Hashable, Any] = {}
        self._old: Dict[Hashable, Any] = {}

    def turn(self) -> None:
        """Begin a new look, and forget what the last one did not ask for."""
        self._old, self._new = self._new, {}

    def get(self, key: Hashable) -> Any:
        """The value of a key, or None."""
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self._new[key] = found
        return found

    def put(self, key: Hashable, value: T) -> T:
        """Remember a value, which must not be None, and return it."""
        self._new[key] = value
        return value


class Memory(NamedTuple):
    """What the plugin remembers between looks: processes by pid, verdicts by what was judged, and
    since when (Unix time) what is extra has been seen.  It is valid under one configuration."""

    processes: Cache
    verdicts: Cache
    extra: Cache


def new_memory() -> Memory:
    """An empty memory."""
    return Memory(Cache(), Cache(), Cache())
