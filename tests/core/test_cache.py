"""What is remembered from one look to the next, and for how long."""

from __future__ import annotations

from psdiff_zbx.core.cache import Cache


def test_what_is_asked_for_at_every_turn_is_kept() -> None:
    known = Cache()
    assert known.put("a", 1) == 1
    for _ in range(3):
        known.turn()
        assert known.get("a") == 1


def test_what_is_not_asked_for_is_forgotten() -> None:
    known = Cache()
    known.put("a", 1)
    known.turn()
    known.turn()
    assert known.get("a") is None
