"""What is proposed where something varies, and that it does what it is for."""

from __future__ import annotations

from typing import Any, Iterable, List, Optional, Tuple

import pytest

from tests.builders import SHIPPED
from tests.core.learn import watching
from tests.core.learn.situations import QUIET, SHOP, VARYING, Situation
from tests.core.learn.watching import (
    MIN_AGE,
    Ran,
    differences,
    merged,
    samples_of,
    trees,
    under,
    watched,
)


def named(situations: Iterable[Situation]) -> List[Any]:
    return [pytest.param(each, id=each.name) for each in situations]


@pytest.mark.parametrize("situation", named((*VARYING, *QUIET)))
def test_the_rules(situation: Situation) -> None:
    samples = samples_of(situation.ran)
    found = watched(samples)
    assert [rule.action for each in found.proposals for rule in each.rules] == [*situation.actions]
    assert any(each.merges for each in found.findings) is situation.merges
    assert bool(differences(trees(samples, under(found)))) is situation.left
    assert bool(merged(samples, SHIPPED, under(found))) is situation.merges


@pytest.mark.parametrize("situation", named(VARYING))
def test_without_them_it_is_not_quiet(situation: Situation) -> None:
    assert differences(trees(samples_of(situation.ran), SHIPPED))


WORKER = "/usr/bin/shop-worker"
AT_TIMES_MORE = {
    "once-and-then-less-for-good": (("0-23", "0-6", "10-11"), None),
    "again-and-again": (("0-23", "0-6", "10-11", "15-16", "20-21"), "at_least_one"),
}


@pytest.mark.parametrize(("spans", "action"), AT_TIMES_MORE.values(), ids=AT_TIMES_MORE)
def test_workers_of_which_there_are_more_too_briefly_to_be_told(
    spans: Tuple[str, ...], action: Optional[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "EVERY", MIN_AGE / 3)
    workers = [Ran(30 + n, WORKER, span, 20) for n, span in enumerate(spans)]
    found = watched(samples_of([SHOP._replace(at="0-23"), *workers], 24))
    actions = [rule.action for each in found.proposals for rule in each.rules]
    assert actions == ([action] if action else [])


AT_TIMES_NONE = {
    "once-as-when-it-is-restarted": (("0-3 5-23", "6-14"), "at_least_one"),
    "again-and-again": (("0-3 5-14 16-23", "6-14"), "optional"),
}


@pytest.mark.parametrize(("spans", "action"), AT_TIMES_NONE.values(), ids=AT_TIMES_NONE)
def test_workers_of_which_there_are_none_for_a_moment(
    spans: Tuple[str, str], action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "EVERY", MIN_AGE / 3)
    workers = [Ran(30 + n, WORKER, span, 20) for n, span in enumerate(spans)]
    found = watched(samples_of([SHOP._replace(at="0-23"), *workers], 24))
    assert [rule.action for each in found.proposals for rule in each.rules] == [action]
