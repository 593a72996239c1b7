"""`push --dashboard` against a stand-in of the API that keeps what it is given."""

from __future__ import annotations

import copy
from typing import Any, Dict, List

import pytest

from psdiff_zbx.frontend.fleet_dashboard import add_dashboard
from psdiff_zbx.frontend.look_only import LookOnly
from psdiff_zbx.template import VERSIONS
from psdiff_zbx.template.fleet_dashboard import HOST, NAME, fleet_pages
from psdiff_zbx.template.versions import Version

ADDED = [f"Added host '{HOST}', which counts all the others", f"Added dashboard '{NAME}'"]
UNCHANGED = [f"No changes to host '{HOST}'", f"No changes to dashboard '{NAME}'"]
UPDATED = f"Updated dashboard '{NAME}'"
LEFT = f"Dashboard '{NAME}' was edited: left alone; --overwrite replaces it"


class Objects:
    """The objects of one kind: ``get`` knows ``filter`` and ``hostids``."""

    def __init__(self, own_id: str) -> None:
        self.id = own_id
        self.rows: List[Dict[str, Any]] = []

    def get(self, **wanted: Any) -> List[Dict[str, Any]]:
        names = wanted.get("filter", {})
        return [
            copy.deepcopy(row)
            for row in self.rows
            if all(row[name] in value for name, value in names.items())
            and row.get("hostid") in wanted.get("hostids", [row.get("hostid")])
        ]

    def create(self, **row: Any) -> Dict[str, List[str]]:
        made = str(len(self.rows) + 100)
        self.rows.append({**copy.deepcopy(row), self.id: made})
        return {f"{self.id}s": [made]}

    def update(self, **row: Any) -> None:
        (found,) = (each for each in self.rows if each[self.id] == row[self.id])
        found.update(copy.deepcopy(row))


class Api:
    """All of them."""

    def __init__(self) -> None:
        self.host, self.hostgroup = Objects("hostid"), Objects("groupid")
        self.item, self.usermacro = Objects("itemid"), Objects("hostmacroid")
        self.dashboard = Objects("dashboardid")

    @property
    def everything(self) -> List[Dict[str, Any]]:
        """All that was created."""
        kinds = (self.host, self.hostgroup, self.item, self.usermacro, self.dashboard)
        return [row for objects in kinds for row in objects.rows]

    @property
    def stored(self) -> Dict[str, Any]:
        """The one dashboard."""
        (found,) = self.dashboard.rows
        return found


@pytest.fixture(params=list(VERSIONS.values()), ids=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> Version:
    found: Version = request.param
    return found


def edit(api: Api) -> None:
    """As a person does who makes the first widget wider."""
    api.stored["pages"][0]["widgets"][0]["width"] += 1


def test_a_second_push_changes_nothing(version: Version) -> None:
    api = Api()
    assert add_dashboard(api, version, overwrite=False) == ADDED
    assert add_dashboard(api, version, overwrite=False) == UNCHANGED
    assert add_dashboard(api, version, overwrite=True) == UNCHANGED


def test_a_look_says_the_same_and_changes_nothing(version: Version) -> None:
    api = Api()
    assert add_dashboard(LookOnly(api), version, overwrite=False) == ADDED
    assert api.everything == []
    add_dashboard(api, version, overwrite=False)
    edit(api)
    before = copy.deepcopy(api.everything)
    assert add_dashboard(LookOnly(api), version, overwrite=True) == [UNCHANGED[0], UPDATED]
    assert api.everything == before


def test_everyone_may_see_it(version: Version) -> None:
    api = Api()
    add_dashboard(api, version, overwrite=False)
    assert api.stored["private"] == "0"


def test_one_that_was_edited_is_left_alone_unless_told(version: Version) -> None:
    api = Api()
    add_dashboard(api, version, overwrite=False)
    edit(api)
    edited = copy.deepcopy(api.stored)
    assert add_dashboard(api, version, overwrite=False) == [UNCHANGED[0], LEFT]
    assert api.stored == edited
    assert add_dashboard(api, version, overwrite=True) == [UNCHANGED[0], UPDATED]
    assert api.stored != edited
    assert add_dashboard(api, version, overwrite=False) == UNCHANGED


def test_one_that_is_not_ours_is_left_alone(version: Version) -> None:
    api = Api()
    api.dashboard.create(name=NAME, pages=[])
    assert add_dashboard(api, version, overwrite=False) == [ADDED[0], LEFT]
    assert api.stored["pages"] == []


def test_ids_and_order_are_no_edit(version: Version) -> None:
    api = Api()
    add_dashboard(api, version, overwrite=False)
    page = api.stored["pages"][0]
    page["dashboard_pageid"] = "77"
    page["widgets"].reverse()
    for number, widget in enumerate(page["widgets"]):
        widget["widgetid"] = str(number)
    assert add_dashboard(api, version, overwrite=False) == UNCHANGED


def test_an_older_one_of_ours_is_updated(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api()
    old_pages = tuple(page._replace(name="old") for page in fleet_pages(version.grid))
    with monkeypatch.context() as old:
        old.setattr(f"{add_dashboard.__module__}.fleet_pages", lambda _: old_pages)
        assert add_dashboard(api, version, overwrite=False) == ADDED
    assert add_dashboard(api, version, overwrite=False) == [UNCHANGED[0], UPDATED]
    assert api.stored["pages"][0]["name"] == "Now"


def test_an_item_that_was_changed_is_mended(version: Version) -> None:
    api = Api()
    add_dashboard(api, version, overwrite=False)
    api.item.rows[0]["params"] = "1"
    mended = add_dashboard(api, version, overwrite=False)
    assert mended == [f"Updated host '{HOST}'", UNCHANGED[1]]
    assert add_dashboard(api, version, overwrite=False) == UNCHANGED
