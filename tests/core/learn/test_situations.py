"""What is proposed where something varies, and that it does what it is for."""

from __future__ import annotations

from typing import Any, Iterable, List

import pytest

from tests.builders import SHIPPED
from tests.core.learn.situations import QUIET, VARYING, Situation
from tests.core.learn.watching import differences, merged, samples_of, trees, under, watched


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
