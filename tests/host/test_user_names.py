"""A user directory that does not answer holds up nothing, and makes no daemon missing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from psdiff_zbx.core.cache import Cache
from psdiff_zbx.core.model import SnapshotError
from psdiff_zbx.host import user_names as module
from psdiff_zbx.host.patience import Patience
from psdiff_zbx.host.user_names import user_names


class Directory:
    """Of these uids it only tells after a while."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.free = threading.Event()
        self.slow: set[int] = set()
        self.asked: list[int] = []

    def name(self, uid: int) -> str:
        self.asked.append(uid)
        if uid in self.slow:
            self.free.wait()
        return f"user{uid}"

    def hang(self, *uids: int) -> None:
        """From now on, and nobody waits for it."""
        self.slow = set(uids)
        self._monkeypatch.setattr(module, "_PATIENCE", Patience(0.1))


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    found = Directory(monkeypatch)
    monkeypatch.setattr(module, "user_name", found.name)
    monkeypatch.setattr(module, "_PATIENCE", Patience(60))
    yield found
    found.free.set()


def test_each_is_asked_for_once_at_a_look(directory: Directory) -> None:
    assert user_names([7, 5, 7, 5, 7], None, {}) == {5: "user5", 7: "user7"}
    assert directory.asked == [5, 7]


def test_who_is_remembered_keeps_his_name(directory: Directory) -> None:
    remembered = Cache()
    first = user_names([5, 7, 9], remembered, {})
    directory.hang(7, 9)
    for _ in range(3):
        remembered.turn()
        assert user_names([5, 7, 9], remembered, {}) == first


def test_who_is_noted_in_the_baseline_has_that_name(directory: Directory) -> None:
    directory.hang(5, 7, 9)
    noted = {"5": "five", "7": "seven", "9": "nine"}
    assert user_names([5, 7, 9], None, noted) == {5: "five", 7: "seven", 9: "nine"}


def test_of_whom_nobody_knows_that_is_said(directory: Directory) -> None:
    directory.hang(7)
    with pytest.raises(SnapshotError, match=r"has not said for 0\.1 s who uid 7 is: .*passwd 7`"):
        user_names([5, 7], Cache(), {"5": "five"})
