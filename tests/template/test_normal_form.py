"""What releases write differently is the same; what somebody has changed is not."""

from __future__ import annotations

import copy
from typing import Any, Callable, Dict

import pytest

from psdiff_zbx.template import VERSIONS, Template, differences
from psdiff_zbx.template.normal_form import normal_form

EXPORT = Template(VERSIONS["7.0"], active=False).export()
Object = Dict[str, Any]


def item(template: Object, key: str) -> Object:
    found: Object = next(each for each in template["items"] if each["key"] == key)
    return found


def rule(template: Object) -> Object:
    found: Object = template["discovery_rules"][0]
    return found


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda made: item(made, "psdiff.get").update(delay="0"), "item Get all"),
        (lambda made: item(made, "psdiff.processes").update(trends="0"), "item Processes"),
        (lambda made: item(made, "psdiff.error").update(history="0"), "item Error"),
        (lambda made: rule(made).update(lifetime_type="DELETE_NEVER"), "discovery rule"),
        (lambda made: rule(made)["filter"].update(evaltype="OR"), "discovery rule"),
        (lambda made: rule(made)["filter"]["conditions"].pop(), "discovery rule"),
        (
            lambda made: made["dashboards"][0]["pages"][0]["widgets"][0].update(type="clock"),
            "dashboard",
        ),
    ],
)
def test_a_change_is_seen(change: Callable[[Object], Any], name: str) -> None:
    other = copy.deepcopy(EXPORT)
    change(other["templates"][0])
    (line,) = differences(other, EXPORT)
    assert line.startswith(f"~ {name}")


def test_nothing_else_is_left_out() -> None:
    """Only the fields of the tables, and the export itself stays as it is."""
    before = copy.deepcopy(EXPORT)
    gone = _names(EXPORT) - _names(normal_form(EXPORT))
    assert {name for name, _ in gone} == {"delay", "trends", "lifetime", "formulaid"}
    assert before == EXPORT


def _names(node: Any, name: str = "", where: str = "") -> set[tuple[str, str]]:
    """Each field's name, and where it is."""
    if isinstance(node, list):
        parts = (_names(each, name, f"{where}/{at}") for at, each in enumerate(node))
        return set().union(*parts)
    if isinstance(node, dict):
        return set().union(*(_names(node[each], each, f"{where}/{each}") for each in node))
    return {(name, where)}
