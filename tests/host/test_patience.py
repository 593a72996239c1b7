"""Work that may wait for ever does not hold up who asked for it."""

from __future__ import annotations

import threading

import pytest

from psdiff_zbx.host import patience
from psdiff_zbx.host.patience import Patience, StuckError
from tests.live.program import poll


def test_the_result_is_that_of_the_work() -> None:
    assert Patience(60).run(lambda: 42, lambda: None) == 42


def test_an_error_is_that_of_the_work() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience(60).run(lambda: 1 // 0, lambda: None)


def test_work_that_gets_on_may_take_its_time() -> None:
    steps = iter(range(1000))
    pause = threading.Event()

    def work() -> str:
        pause.wait(0.7)
        return "done"

    assert Patience(0.2).run(work, lambda: next(steps)) == "done"


def test_who_stands_still_is_named_until_it_is_over() -> None:
    free, limit = threading.Event(), Patience(0.1)
    for _ in range(3):
        before = threading.active_count()
        with pytest.raises(StuckError) as caught:
            limit.run(free.wait, lambda: "pid 7")
        assert caught.value.at == "pid 7"
        assert threading.active_count() <= before + 1
    free.set()
    assert poll(lambda: _answers(limit))


def _answers(limit: Patience) -> bool:
    try:
        return limit.run(lambda: True, lambda: None)
    except StuckError:
        return False


def test_where_no_thread_is_allowed_it_works_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(patience, "start_new_thread", refuse)
    assert Patience(60).run(threading.get_ident, lambda: None) == threading.get_ident()
