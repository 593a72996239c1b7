"""The plugin's options: the table, the file and what agents hand over agree."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from psdiff_zbx.core.agent_config import PLUGIN_OPTIONS, plugin_configuration
from psdiff_zbx.core.item_keys import METRICS
from psdiff_zbx.core.model import ConfigError
from psdiff_zbx.plugin.options import PluginOptions, parse_options, seconds_in

FILE = plugin_configuration("/opt/psdiff-zbx-agent2").split("\n")


def leaf(text: str) -> Dict[str, Any]:
    return {"Value": base64.b64encode(text.encode()).decode(), "Line": 1}


def node(name: str, *leaves: Dict[str, Any]) -> Dict[str, Any]:
    return {"Name": name, "Nodes": list(leaves), "Line": 1}


def tree(**values: str) -> Dict[str, Any]:
    return node("PsdiffZbx", *(node(name, leaf(text)) for name, text in values.items()))


def test_the_file_sets_the_path_and_the_time_to_start_and_nothing_else() -> None:
    assert [row for row in FILE if row and not row.startswith("#")] == [
        "Plugins.PsdiffZbx.System.Path=/opt/psdiff-zbx-agent2",
        "PluginTimeout=30",
    ]
    assert max(map(len, FILE)) < 100
    assert FILE[-1] == ""


def test_every_line_of_the_file_can_be_put_into_use() -> None:
    rows = [row[2:].partition("=") for row in FILE if row.startswith("# Plugins.") and "=" in row]
    given = {name.rpartition(".")[2]: value for name, _, value in rows}
    assert list(given) == [option.name for option in PLUGIN_OPTIONS]
    assert parse_options(tree(**given)) == PluginOptions(
        Path("/var/lib/psdiff-zbx/baseline"), Path("/etc/psdiff-zbx/config.toml"), 60.0, 1.0
    )


@pytest.mark.parametrize("empty", [None, {}, node("PsdiffZbx"), {"Name": "x", "Nodes": None}])
def test_no_options(empty: Optional[object]) -> None:
    assert parse_options(empty) == PluginOptions(None, None, None, 1.0)


def test_what_belongs_to_the_agent_is_left_to_it() -> None:
    own = [node("System", node("Path", leaf("/x"))), node("Capacity", leaf("5"))]
    found = node("PsdiffZbx", *own, node("Timeout", leaf("3")), node("MinAge", leaf("5")))
    assert parse_options(found) == PluginOptions(min_age=5.0)


def test_further_baselines_are_those_of_roles() -> None:
    found = parse_options(node("P", node("Baseline", leaf("/b"), leaf("/r"), leaf("/s"))))
    assert (found.baseline, found.roles) == (Path("/b"), (Path("/r"), Path("/s")))


def test_a_path_may_be_of_any_bytes() -> None:
    odd = {"Value": base64.b64encode(b"/b \xff#=").decode()}
    assert parse_options(node("P", node("Baseline", odd))).baseline == Path("/b \udcff#=")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (tree(Baselin="/x"), "Plugins.PsdiffZbx.Baselin: no such option; known are Baseline, "),
        (tree(baseline="/x"), "Plugins.PsdiffZbx.baseline: no such option"),
        (node("P", node("Baseline")), "Plugins.PsdiffZbx.Baseline is given 0 times"),
        (
            node("P", node("Baseline", leaf("/b"), leaf("r"))),
            "Plugins.PsdiffZbx.Baseline: 'r' is no absolute path",
        ),
        (tree(Config="x"), "Plugins.PsdiffZbx.Config: 'x' is no absolute path"),
        (tree(Config=""), "Plugins.PsdiffZbx.Config: '' is no absolute path"),
        (tree(Config="/a\0b"), "Plugins.PsdiffZbx.Config: '/a\\x00b' is no absolute path"),
        (tree(MinAge="nan"), "Plugins.PsdiffZbx.MinAge: 'nan' is no number of seconds"),
        (tree(MinAge="86401"), "Plugins.PsdiffZbx.MinAge: '86401' is no number of seconds"),
        (tree(CacheTime="1s"), "Plugins.PsdiffZbx.CacheTime: '1s' is no number of seconds"),
        (
            node("P", node("MinAge", leaf("3"), leaf("4"))),
            "Plugins.PsdiffZbx.MinAge is given 2 times",
        ),
        (
            node("P", node("MinAge", node("X", leaf("3")))),
            "Plugins.PsdiffZbx.MinAge.X: no such option",
        ),
        (node("P", node("MinAge", {"Value": "?"})), "Plugins.PsdiffZbx: options of an unknown"),
        (node("P", {"Nodes": []}), "Plugins.PsdiffZbx: options of an unknown form"),
        ("text", "Plugins.PsdiffZbx: options of an unknown form"),
        ({"Nodes": 5}, "Plugins.PsdiffZbx: options of an unknown form"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(given: object, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_options(given)
    assert str(caught.value).startswith(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"timeout": 5}, 5.0),
        ({"timeout": 0.5}, 0.5),
        ({"Timeout": 5}, 3.0),
        ({"timeout": 0}, 3.0),
        ({"timeout": -1}, 3.0),
        ({"timeout": "5"}, 3.0),
        ({"timeout": float("nan")}, 3.0),
        ({"timeout": 10**400}, 3.0),
        ({}, 3.0),
        (None, 3.0),
        ([], 3.0),
    ],
)
def test_seconds_of_a_message(fields: object, expected: float) -> None:
    assert seconds_in(fields, "timeout", 3.0) == expected


def test_descriptions_are_such_that_the_agent_does_not_panic() -> None:
    texts: List[str] = [metric.description for metric in METRICS]
    assert all(text[0].isupper() and text.endswith(".") and "\n" not in text for text in texts)
