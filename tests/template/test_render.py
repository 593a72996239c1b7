"""The template's export, and what pushing it would change."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Dict

import pytest

from psdiff_zbx.frontend.session import FrontendError, Login, login
from psdiff_zbx.template import VERSIONS, Template, differences
from psdiff_zbx.template.to_xml import to_xml

EXPORT = Template(VERSIONS["7.0"], active=False).export()


def changed() -> Dict[str, Any]:
    return copy.deepcopy(EXPORT)


def test_an_export_does_not_differ_from_itself_in_another_order() -> None:
    other = changed()
    (template,) = other["templates"]
    for name in ("items", "macros", "tags"):
        template[name].reverse()
    assert differences(EXPORT, dict(reversed(other.items()))) == []


def test_each_object_that_changes_is_named_once() -> None:
    other = changed()
    (template,) = other["templates"]
    template["items"][1]["description"] = "x"
    template["macros"][0]["value"] = "x"
    removed = other["triggers"].pop(0)["name"]
    item, macro = template["items"][1]["name"], template["macros"][0]["macro"]
    assert set(differences(EXPORT, other)) == {
        f"~ item {item}",
        f"~ macro {macro}",
        f"- trigger {removed}",
    }
    assert f"+ trigger {removed}" in differences(other, EXPORT)


def test_a_first_import_adds_everything() -> None:
    found = differences(None, EXPORT)
    assert len(found) > 40
    assert {line[0] for line in found} == {"+"}


def test_text_in_xml_is_escaped() -> None:
    assert '<name>a &lt;b&gt; &amp; "c"</name>' in to_xml({"name": 'a <b> & "c"'})


def test_a_token_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc\n")
    assert login(str(file), None) == Login(token="abc")
    with pytest.raises(FrontendError, match="cannot read the token in"):
        login(str(tmp_path / "none"), None)
