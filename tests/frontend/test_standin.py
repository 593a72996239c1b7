"""The stand-in is as strict as the release that it plays: what passes it, passes that release."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping

import pytest

from psdiff_zbx.frontend.session import FrontendError, session
from psdiff_zbx.template import Release, Template, differences, render
from psdiff_zbx.template.versions import V60, V70
from tests.frontend.exports import exported
from tests.frontend.standin import StandIn
from tests.frontend.standin_methods import ADMIN, SESSION

UPDATE = {"createMissing": True}


def refused(release: Release, method: str, params: Mapping[str, Any]) -> str:
    """Why this release refuses a call, or nothing."""
    kind, name = method.split(".")
    try:
        with StandIn(release) as frontend, session(frontend.url, ADMIN) as api:
            getattr(getattr(api, kind), name)(**params)
    except FrontendError as error:
        return str(error).split(": ", 1)[1]
    return ""


def importing(version: str, *groups: str) -> Dict[str, Any]:
    rules = dict.fromkeys(("templates", *groups), UPDATE)
    return {"format": "xml", "source": render(version, active=False), "rules": rules}


@pytest.mark.parametrize(
    ("release", "params", "why"),
    [
        (Release(6, 0), importing("6.0", "groups"), ""),
        (Release(6, 0), importing("6.0", "template_groups"), "template_groups"),
        (Release(6, 2), importing("6.0", "groups"), 'unexpected parameter "groups"'),
        (Release(6, 4), importing("6.0", "template_groups"), ""),
        (Release(6, 4), importing("7.0", "template_groups"), "unsupported version number"),
        (Release(7, 0), importing("6.0", "template_groups"), "array_key_exists()"),
        (Release(8, 0), importing("6.0", "template_groups"), "array_key_exists()"),
        (Release(8, 0), importing("7.0", "template_groups", "host_groups"), ""),
        (Release(8, 0), importing("7.0", "template_groups", "groups"), '"groups"'),
    ],
)
def test_imports(release: Release, params: Mapping[str, Any], why: str) -> None:
    found = refused(release, "configuration.import", params)
    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize(
    ("release", "wrong"),
    [(Release(6, 0), False), (Release(7, 2), False), (Release(7, 4), True), (Release(8, 0), True)],
    ids=str,
)
def test_the_time_of_the_last_discovery(release: Release, wrong: bool) -> None:
    found = refused(release, "item.get", {"selectItemDiscovery": ["lastcheck"]})
    assert ("selectItemDiscovery" in found) == wrong


def test_parameters_that_nobody_knows() -> None:
    assert 'unexpected parameter "selectGroups"' in refused(
        Release(8, 0), "host.get", {"selectGroups": ["groupid"]}
    )


@pytest.mark.parametrize(
    ("release", "where", "why"),
    [
        (Release(6, 0), "auth", ""),
        (Release(6, 0), "Bearer", "Not authorized."),
        (Release(6, 4), "Bearer", ""),
        (Release(7, 0), "auth", ""),
        (Release(7, 2), "auth", 'Invalid parameter "/": unexpected parameter "auth".'),
        (Release(8, 0), "Bearer", ""),
        (Release(8, 0), "", "Not authorized."),
    ],
)
def test_where_the_secret_is(release: Release, where: str, why: str) -> None:
    body = {"jsonrpc": "2.0", "method": "script.get", "params": {}, "id": 1}
    body.update({"auth": SESSION} if where == "auth" else {})
    header = f"Bearer {SESSION}" if where == "Bearer" else ""
    found = StandIn(release).answer(body, header)
    assert found.get("error", {}).get("data", "") == why


@pytest.mark.parametrize(
    ("release", "version", "changed"),
    [
        (Release(6, 0), V60, {"date"}),
        (Release(6, 4), V60, {"template_groups", "groups", "templates"}),
        (Release(7, 0), V70, set()),
        (Release(8, 0), V70, {"templates"}),
    ],
)
def test_exports_differ_from_the_file_and_say_the_same(
    release: Release, version: Any, changed: set[str]
) -> None:
    ours = Template(version, active=False).export()
    theirs = exported(ours, release)
    names = {*ours, *theirs} - {"version"}
    same = {name for name in names if _sorted(ours.get(name)) == _sorted(theirs.get(name))}
    assert names - same == changed
    assert differences(theirs, ours) == differences(ours, theirs) == []


def _sorted(node: Any) -> Any:
    """Without the order of lists, and a filter's letters, which go by it."""
    if isinstance(node, list):
        return sorted((_sorted(each) for each in node), key=json.dumps)
    if isinstance(node, dict):
        return {name: _sorted(node[name]) for name in sorted(node)}
    return node
