"""A state in Zabbix's words, and their limits."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.core import item_values
from psdiff_zbx.core.compare import against, compare, expect
from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import (
    IGNORED_KINDS,
    Line,
    Times,
    UnknownDaemonError,
)
from psdiff_zbx.core.tree import build
from tests.builders import INIT, process, state, tree

LOOK = state(
    compare(
        tree("/usr/sbin/cron -f\nnginx: master"),
        build([INIT, process(9, "nginx: master"), process(8, "x")]),
    )
)._replace(
    times=Times(1763800000, 86400, 1763893600),
    ignored={**dict.fromkeys(IGNORED_KINDS, 0), "worker": 3, "job": 1},
    zombies=2,
)
DOCUMENT: Dict[str, Any] = {
    "version": __version__,
    "error": "",
    "seconds": 0.031,
    "processes": 267,
    "zombies": 2,
    "ignored": {
        "worker": 3,
        "session": 0,
        "job": 1,
        "on-demand": 0,
        "daemon": 0,
        "container": 0,
    },
    "boot": 1763800000,
    "uptime": 86400,
    "paused": 1763893600,
    "recent_start": 0,
    "baseline": {
        "path": "/var/lib/psdiff-zbx/baseline",
        "written": 1763851200,
        "by": "root",
        "lines": 57,
        "digest": "9f86d081",
    },
    "missing": {
        "count": 1,
        "text": "-     /usr/sbin/cron -f  {user=root}",
        "daemons": "cron-45c3353f",
    },
    "extra": {"count": 1, "text": "+     x  {user=root}"},
    "discovery": [
        {
            "{#PSDIFF.ID}": "cron-45c3353f",
            "{#PSDIFF.NAME}": "cron",
            "{#PSDIFF.USER}": "root",
            "{#PSDIFF.CMDLINE}": "/usr/sbin/cron -f",
            "{#PSDIFF.EXPECTED}": 1,
            "{#PSDIFF.MODE}": "exact",
        },
        {
            "{#PSDIFF.ID}": "nginx-199893aa",
            "{#PSDIFF.NAME}": "nginx",
            "{#PSDIFF.USER}": "root",
            "{#PSDIFF.CMDLINE}": "nginx: master",
            "{#PSDIFF.EXPECTED}": 1,
            "{#PSDIFF.MODE}": "exact",
        },
    ],
    "daemons": {
        "cron-45c3353f": {
            "expected": 1,
            "running": 0,
            "started": 0,
            "cpu": 0.0,
            "rss": 0,
            "threads": 0,
            "state": "not running",
        },
        "nginx-199893aa": {
            "expected": 1,
            "running": 1,
            "started": 1000,
            "cpu": 0.5,
            "rss": 4096,
            "threads": 1,
            "state": "running",
        },
    },
}


def test_the_document_holds_everything() -> None:
    text = document(LOOK)
    assert json.loads(text) == DOCUMENT
    assert list(json.loads(text)) == list(DOCUMENT)
    assert "\n" not in text


def test_texts_and_discovery_are_those_of_the_document() -> None:
    assert item_values.missing(LOOK) == DOCUMENT["missing"]["text"]
    assert item_values.extra(LOOK) == DOCUMENT["extra"]["text"]
    assert item_values.discovery(LOOK.comparison.daemons) == DOCUMENT["discovery"]


def test_nothing_to_tell_is_an_empty_text() -> None:
    same = state(compare(tree("a"), tree("a")))
    assert (item_values.missing(same), item_values.extra(same)) == ("", "")


def test_a_daemon_is_counted_by_its_id() -> None:
    assert item_values.count(LOOK, "nginx-199893aa") == 1
    assert item_values.count(LOOK, "cron-45c3353f") == 0


@pytest.mark.parametrize("wrong", ["", "cron", "CRON-45c3353f", "x" * 1000, "a\nb"])
def test_an_unknown_id_is_an_error_of_one_line(wrong: str) -> None:
    with pytest.raises(UnknownDaemonError) as caught:
        item_values.count(LOOK, wrong)
    error = str(caught.value)
    assert error.startswith(f"no daemon {wrong[:64]!r} in /var/lib/psdiff-zbx/baseline; ")
    assert "psdiff-zbx discover" in error
    assert "\n" not in error


MACROS = {
    "braces": ("sh -c ${HOME} {#X}", "sh -c $(HOME) (#X)"),
    "user-macro": ("{$PASSWORD}", "($PASSWORD)"),
    "just-long-enough": ("x" * 255, "x" * 255),
    "too-long": ("x" * 256, "x" * 254 + "…"),
}


@pytest.mark.parametrize(("cmdline", "macro"), MACROS.values(), ids=MACROS)
def test_a_macros_value_has_no_braces_and_255_characters(cmdline: str, macro: str) -> None:
    (row,) = item_values.discovery(compare(tree(cmdline), ()).daemons)
    assert row["{#PSDIFF.CMDLINE}"] == macro
    assert row["{#PSDIFF.NAME}"].isprintable()


def test_a_unit_is_told_only_where_one_is_known() -> None:
    found = expect(tree("cron\nnginx"), units=((("root", "cron"), "cron.service"),))
    rows = item_values.discovery(against(found, ()).daemons)
    assert [row.get("{#PSDIFF.UNIT}") for row in rows] == ["cron.service", None]


CUTS: Dict[str, Any] = {
    "fits": (["a" * 10] * 3, 32, ["a" * 10] * 3),
    "one-character-too-many": (["a" * 20] * 4, 82, ["a" * 20] * 3 + ["… and 1 more"]),
    "one-line-too-long": (["b" * 200], 100, ["b" * 86 + "…"]),
    "first-line-too-long": (["b" * 200, "c", "d"], 100, ["b" * 86 + "…", "… and 2 more"]),
    "second-line-too-long": (["b", "c" * 200, "d"], 100, ["b", "… and 2 more"]),
    "nothing": ([], 100, [""]),
}


@pytest.mark.parametrize(("lines", "limit", "text"), CUTS.values(), ids=CUTS)
def test_a_text_is_cut_at_a_line(lines: List[str], limit: int, text: List[str]) -> None:
    found = item_values.limited(lines, len(lines), limit)
    assert found == "\n".join(text)
    assert len(found) <= limit


def test_a_text_of_zabbix_has_60000_characters() -> None:
    lines = list(
        item_values.signed_lines("+", [Line(2, f"daemon {n}", "root") for n in range(10_000)])
    )
    found = item_values.limited(lines, len(lines)).split("\n")
    assert found[:-1] == lines[: len(found) - 1]
    assert found[-1] == f"… and {10_000 - len(found) + 1} more"
    assert 59_900 < len("\n".join(found)) <= 60_000


SHAPES = {
    "short": (Line(2, "a" * 900, "root"), "+     " + "a" * 900 + "  {user=root}"),
    "long": (Line(2, "a" * 2000, "root"), "+     " + "a" * 972 + "… 1041 more characters"),
    "deep": (Line(250, "/opt/a", "root"), "+ " + " " * 40 + "/opt/a  {user=root}"),
    "deep and long": (
        Line(250, "b" * 2000, "u"),
        "+ " + " " * 40 + "b" * 936 + "… 1074 more characters",
    ),
}


@pytest.mark.parametrize(("line", "text"), SHAPES.values(), ids=SHAPES)
def test_no_line_hides_the_others(line: Line, text: str) -> None:
    (found,) = item_values.signed_lines("+", [line])
    assert found == text
    assert len(found) <= 1000


def test_a_daemon_that_has_just_started_is_told_by_the_hosts_clock() -> None:
    """The frontend's may differ from it."""
    live = build([INIT, process(9, "nginx: master", started=1000.0)])
    young = state(compare(tree("nginx: master"), live))
    for uptime, now in ((599, 1599), (600, 0)):
        found = document(young._replace(times=Times(1000, uptime, 0)))
        assert json.loads(found)["recent_start"] == now
