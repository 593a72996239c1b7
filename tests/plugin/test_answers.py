"""Questions and answers, whatever the host does; and the threads that answer."""

from __future__ import annotations

import json
import threading
import time
from typing import Callable, Dict, List, Optional, Tuple

import pytest

from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.item_keys import METRICS
from psdiff_zbx.core.model import BaselineError, State
from psdiff_zbx.plugin.answers import (
    METRIC_OF,
    Answers,
    Question,
    RefusedError,
    asked,
)
from psdiff_zbx.plugin.workers import THREADS, Request, Workers
from tests.builders import state, tree

LOOK = state(compare(tree("/usr/sbin/cron -f\nnginx"), tree("nginx\nx")))
Told = List[Tuple[int, str]]


def question(key: str, parameter: str = "", timeout: float = 3.0, began: float = 0.0) -> Question:
    return Question(METRIC_OF[key], parameter, began, timeout)


def service(state: Callable[[float], State], told: Optional[Told] = None) -> Answers:
    kept: Told = [] if told is None else told
    return Answers(state, lambda: 0.25, lambda severity, text: kept.append((severity, text)))


def failing(error: BaseException) -> Callable[[float], State]:
    def state(_: float) -> State:
        raise error

    return state


def test_an_answer_is_the_metrics_own() -> None:
    timeouts: List[float] = []

    def look(timeout: float) -> State:
        timeouts.append(timeout)
        return LOOK

    for metric in METRICS:
        expected = metric.answer(LOOK, "cron-45c3353f") if metric.answer else metric.constant
        assert service(look).answer(question(metric.key, "cron-45c3353f")) == expected
    assert timeouts == [2.75] * 5


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (BaselineError("no\nbaseline"), r"no\nbaseline"),
        (ValueError("x"), "unexpected ValueError: x; please report it"),
        (MemoryError(), "unexpected MemoryError: ; please report it"),
        (SystemExit(1), "unexpected SystemExit: 1; please report it"),
    ],
)
def test_a_host_that_cannot_be_seen(error: BaseException, text: str) -> None:
    found = service(failing(error))
    document = json.loads(found.answer(question("psdiff.get")))
    assert (document["error"], document["seconds"]) == (text, 0.25)
    for key in ("psdiff.missing", "psdiff.discovery", "psdiff.count"):
        assert found.answer(question(key)) == f"psdiff: error: {text}"
    assert found.answer(question("psdiff.version")) == METRIC_OF["psdiff.version"].constant


def test_an_error_is_told_once_and_when_it_is_over() -> None:
    told: Told = []
    errors: List[Optional[str]] = ["a", "a", "b", None, None, "a"]

    def look(_: float) -> State:
        error = errors.pop(0)
        if error:
            raise BaselineError(error)
        return LOOK

    found = service(look, told)
    while errors:
        found.answer(question("psdiff.get"))
    assert told == [(2, "a"), (2, "b"), (0, "resolved: b"), (2, "a")]


def test_an_unknown_id_is_nothing_to_tell() -> None:
    told: Told = []
    value = service(lambda _: LOOK, told).answer(question("psdiff.count", "nothing"))
    assert value.startswith("psdiff: error: no daemon 'nothing' in ")
    assert told == []


@pytest.mark.parametrize(
    ("key", "parameters", "expected"),
    [
        ("psdiff.get", None, ("psdiff.get", "")),
        ("psdiff.get", [], ("psdiff.get", "")),
        ("psdiff.count", None, ("psdiff.count", "")),
        ("psdiff.count", ["a", "@"], ("psdiff.count", "a")),
        ("psdiff.count", [5], ("psdiff.count", "5")),
    ],
)
def test_what_is_asked(key: object, parameters: object, expected: Tuple[str, str]) -> None:
    metric, parameter = asked(key, parameters)
    assert (metric.key, parameter) == expected


@pytest.mark.parametrize("character", "\\'\"`*?[]{}~$!&;()<>|#@")
def test_characters_that_no_userparameter_gets(character: str) -> None:
    with pytest.raises(RefusedError, match="is not allowed") as caught:
        asked("psdiff.count", [f"a{character}@"])
    assert str(caught.value) == f'Character "{character}" is not allowed'


@pytest.mark.parametrize("key", [None, 5, [], "", "psdiff", "psdiff.Get", "psdiff.get\n"])
def test_an_unknown_key_is_refused_in_one_line(key: object) -> None:
    with pytest.raises(RefusedError, match=r"^Unknown metric [^\n]*$"):
        asked(key, [])


class Replies:
    """What the workers say, by number, to wait for."""

    def __init__(self) -> None:
        self.values: Dict[int, List[str]] = {}
        self._said = threading.Condition()

    def __call__(self, number: int, value: str) -> None:
        with self._said:
            self.values.setdefault(number, []).append(value)
            self._said.notify_all()

    def wait(self, count: int) -> Dict[int, List[str]]:
        with self._said:
            assert self._said.wait_for(lambda: len(self.values) >= count, timeout=10)
        return self.values


def timed(state: Callable[[float], State]) -> Answers:
    return Answers(state, time.monotonic, lambda *_: None)


def test_workers_answer_each_request_once() -> None:
    replies = Replies()
    workers = Workers(timed(lambda _: LOOK), time.monotonic, replies)
    for number in range(200):
        workers.ask(Request(number, question("psdiff.missing", began=time.monotonic())))
    assert all(len(values) == 1 for values in replies.wait(200).values())
    assert workers.patience() is None


def test_one_after_the_other_has_one_thread() -> None:
    before, replies = threading.active_count(), Replies()
    workers = Workers(timed(lambda _: LOOK), time.monotonic, replies)
    for number in range(20):
        workers.ask(Request(number, question("psdiff.missing", began=time.monotonic())))
        replies.wait(number + 1)
    assert threading.active_count() == before + 1


def test_workers_that_hang_are_told_of_in_time() -> None:
    replies, hangs = Replies(), threading.Event()

    def look(_: float) -> State:
        hangs.wait(10)
        return LOOK

    workers = Workers(timed(look), time.monotonic, replies)
    number = 3 * THREADS
    for each in range(number):
        workers.ask(Request(each, question("psdiff.missing", timeout=0.2, began=time.monotonic())))
    patience = workers.patience()
    assert patience is not None
    assert 0 <= patience <= 0.2
    time.sleep(0.25)
    workers.expire()
    late = {each: ["psdiff: error: no answer within 0.2 seconds"] for each in range(number)}
    assert replies.wait(number) == late
    hangs.set()
    workers.ask(Request(number, question("psdiff.missing", began=time.monotonic())))
    assert replies.wait(number + 1)[number] == ["-     /usr/sbin/cron -f  {user=root}"]
    assert {each: replies.values[each] for each in late} == late
