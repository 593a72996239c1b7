"""Both dashboards: what would only show in a browser, as an error or as a gap."""

from __future__ import annotations

import re
from typing import Iterable, List

import pytest

from psdiff_zbx.template import VERSIONS, Template
from psdiff_zbx.template.dashboard import PAGES_60, PAGES_70
from psdiff_zbx.template.fleet_dashboard import COUNTS_60, COUNTS_70, fleet_pages
from psdiff_zbx.template.items import ITEM_PROTOTYPES, ITEMS
from psdiff_zbx.template.states import DAEMON_STATE, STATE
from psdiff_zbx.template.triggers import NODATA, TRIGGERS
from psdiff_zbx.template.versions import Version
from psdiff_zbx.template.widgets import GRID_60, GRID_70, ITEM, Page

COLUMNS = 24
KNOWN_TO_60 = {
    *("item", "plaintext", "graph", "graphprototype"),
    *("problems", "problemsbysv", "tophosts", "trigover"),
}
DASHBOARDS = {
    "host-6.0": PAGES_60,
    "host-7.0": PAGES_70,
    "fleet-6.0": fleet_pages(GRID_60),
    "fleet-7.0": fleet_pages(GRID_70),
}
# As in 7.0, and as in 6.0.
FIELD_NAMES = {
    "itemid.0": "itemid",
    "show.1": "show",
    "value_size": "value_size",
    "tags.0.value": "tags.value.0",
    "columns.2.item": "columns.item.2",
}


@pytest.fixture(params=list(DASHBOARDS.values()), ids=list(DASHBOARDS))
def pages(request: pytest.FixtureRequest) -> Iterable[Page]:
    """The pages of each dashboard in turn."""
    found: Iterable[Page] = request.param
    return found


@pytest.fixture(params=list(VERSIONS.values()), ids=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> Version:
    """Each version in turn."""
    found: Version = request.param
    return found


def test_widgets_fill_the_page_and_do_not_overlap(pages: Iterable[Page]) -> None:
    for page in pages:
        taken = [
            (x, y)
            for widget in page.widgets
            for x in range(widget.x, widget.x + widget.width)
            for y in range(widget.y, widget.y + widget.height)
        ]
        rows = max(y for _, y in taken) + 1
        assert sorted(taken) == [(x, y) for x in range(COLUMNS) for y in range(rows)]


def test_a_field_is_there_once(pages: Iterable[Page]) -> None:
    for page in pages:
        for widget in page.widgets:
            names = [field.name for field in widget.fields]
            assert len(names) == len(set(names)), widget.name


@pytest.mark.parametrize(("new", "old"), FIELD_NAMES.items())
def test_fields_have_the_names_of_their_version(new: str, old: str) -> None:
    assert (GRID_70.field_name(new), GRID_60.field_name(new)) == (new, old)


def test_the_old_version_knows_all_types() -> None:
    rows = (*PAGES_60, *fleet_pages(GRID_60))
    assert {widget.kind for page in rows for widget in page.widgets} <= KNOWN_TO_60


def test_no_two_items_have_the_name_that_a_honeycomb_looks_for() -> None:
    """It finds items by patterns of their names."""
    others = [item.name for item in (*ITEMS, *ITEM_PROTOTYPES)]
    assert DAEMON_STATE.name.endswith(": state")
    assert [name for name in (*others, STATE.name) if name.endswith(": state")] == []
    assert STATE.name not in others


@pytest.mark.parametrize("counts", [COUNTS_60, COUNTS_70], ids=["6.0", "7.0"])
def test_the_counts_are_of_items_that_the_template_has(counts: List[object]) -> None:
    there = {each.key for version in VERSIONS.values() for each in (*ITEMS, *version.states)}
    used = set(re.findall(r"/\*/([a-z.]+)", repr(counts)))
    assert STATE.key in used
    assert used <= there


def test_the_fleet_shows_every_count(version: Version) -> None:
    counts = COUNTS_60 if version.grid is GRID_60 else COUNTS_70
    page = fleet_pages(version.grid)[0]
    shown = [field.value for row in page.widgets for field in row.fields if field.kind == ITEM]
    assert sorted(shown) == sorted(count.key for count in counts)


def test_the_states_of_hosts_are_stored_at_each_collection(version: Version) -> None:
    """Else hosts with nothing new would be silent, and those that are silent not."""
    (template,) = Template(version, active=False).export()["templates"]
    steps = {
        item["key"]: [step["type"] for step in item["preprocessing"]]
        for item in template["items"]
        if item["key"] in {state.key for state in version.states}
    }
    assert set(map(tuple, steps.values())) == {("JSONPATH", "IN_RANGE")}
    assert "{$PSDIFF.NODATA}" in next(each for each in TRIGGERS if each.name == NODATA).expression
