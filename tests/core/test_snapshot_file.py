"""Recorded snapshots: what is written, what is read, what is refused."""

from __future__ import annotations

import json
from typing import Any, Dict, Union

import pytest

from psdiff_zbx.core.model import Process, SnapshotError, Unit
from psdiff_zbx.core.snapshot_file import dump_snapshot, parse_snapshot

CRON = Process(
    812, 1, 0, "root", "cron", ("/usr/sbin/cron", "-f"), "S", False, 1763800000.12, 0.04,
    2600960, 1, "/system.slice/cron.service", False, 0, Unit("cron.service", "daemon"),
)  # fmt: skip
LINE = (
    '{"pid": 812, "ppid": 1, "uid": 0, "user": "root", "name": "cron", '
    '"cmdline": ["/usr/sbin/cron", "-f"], "state": "S", "kthread": false, '
    '"started": 1763800000.12, "cpu": 0.04, "rss": 2600960, "threads": 1, '
    '"cgroup": "/system.slice/cron.service", "forked": false, "tty": 0, '
    '"unit": {"name": "cron.service", "kind": "daemon"}}\n'
)


def test_a_process_is_one_json_line() -> None:
    assert dump_snapshot([CRON]) == LINE
    assert parse_snapshot(LINE, "x") == [CRON]


def test_a_cgroup_may_be_absent() -> None:
    text = dump_snapshot([CRON._replace(cgroup=None)])
    assert "cgroup" not in text
    assert parse_snapshot(text, "x") == [CRON._replace(cgroup=None)]


def test_what_older_recordings_have_not_may_be_absent() -> None:
    fields = json.loads(LINE)
    for name in ("cgroup", "forked", "tty", "unit"):
        del fields[name]
    (found,) = parse_snapshot(json.dumps(fields), "x")
    assert found == CRON._replace(cgroup=None, unit=None)


def test_undecodable_bytes_are_written_as_surrogates() -> None:
    odd = CRON._replace(cmdline=("caf\udce9", "a\nb\u2028"), name="\udcff")
    assert r'"caf\udce9"' in dump_snapshot([odd])
    assert dump_snapshot([odd]).isascii()
    assert parse_snapshot(dump_snapshot([odd]), "x") == [odd]


def test_blank_lines_and_unknown_fields_are_skipped() -> None:
    assert parse_snapshot(f'\n{LINE[:-2]}, "new": 1}}\r\n  \n', "x") == [CRON]


def test_whole_numbers_may_stand_for_seconds() -> None:
    (found,) = parse_snapshot(changed({"started": 7, "cpu": 0}), "x")
    assert (found.started, found.cpu) == (7, 0)


def changed(values: Union[Dict[str, Any], str]) -> str:
    """The line with other values; ``{name}`` without a value is left out."""
    fields = json.loads(LINE)
    if isinstance(values, str):
        del fields[values]
    else:
        fields.update(values)
    return json.dumps(fields)


TYPE = "is missing or of a wrong type"
WRONG = {
    "cut-off": (LINE[:50], "line 1: no JSON, or cut off; record the snapshot again"),
    "no-json": ("root  {user=root}", "line 1: no JSON, or cut off"),
    "too-deep": ("[" * 100_000, "line 1: no JSON, or cut off"),
    "list": ("[1]", "line 1: not an object"),
    "empty": ("", "holds no process; record one with 'psdiff-zbx snapshot'"),
    "blank": ("\n \n", "holds no process"),
    "no-pid": (changed("pid"), f"line 1: 'pid' {TYPE}"),
    "pid-text": (changed({"pid": "1"}), f"line 1: 'pid' {TYPE}"),
    "pid-true": (changed({"pid": True}), f"line 1: 'pid' {TYPE}"),
    "pid-0": (changed({"pid": 0}), "line 1: 'pid' or 'cgroup' has a wrong value"),
    "kthread-number": (changed({"kthread": 0}), f"line 1: 'kthread' {TYPE}"),
    "cmdline-text": (changed({"cmdline": "a b"}), f"line 1: 'cmdline' {TYPE}"),
    "cmdline-of-numbers": (changed({"cmdline": ["a", 1]}), "'cmdline' must be a list of strings"),
    "user-null": (changed({"user": None}), f"line 1: 'user' {TYPE}"),
    "user-empty": (changed({"user": ""}), "line 1: 'user'"),
    "cgroup-number": (changed({"cgroup": 1}), "line 1: 'pid' or 'cgroup' has a wrong value"),
    "rss-fraction": (changed({"rss": 1.5}), f"line 1: 'rss' {TYPE}"),
    "started-nan": (changed({"started": float("nan")}), "'started' and 'cpu' must be finite"),
    "cpu-infinite": (changed({"cpu": float("inf")}), "'started' and 'cpu' must be finite"),
    "started-beyond-floats": (changed({"started": 10**400}), "'started' and 'cpu' must be finite"),
    "second-line": (f"{LINE}{{}}", f"line 2: 'pid' {TYPE}"),
    "pid-twice": (LINE * 2, "pid 812 is there twice; it is not one snapshot"),
}


@pytest.mark.parametrize(("text", "error"), WRONG.values(), ids=WRONG)
def test_anything_else_is_refused_with_its_place(text: str, error: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        parse_snapshot(text, "host.jsonl")
    assert str(caught.value).startswith("host.jsonl: ")
    assert error in str(caught.value)
    assert "\n" not in str(caught.value)
