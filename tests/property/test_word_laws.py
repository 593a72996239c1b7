"""Laws of what leaves the host: words, snapshots, secrets."""

from __future__ import annotations

import json
import re
from typing import List, Tuple

from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core import item_values, snapshot_file
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.daemon_id import daemon_ids, name_of
from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import Key, Process, Tree
from psdiff_zbx.core.redact import MASK, MODES, redact
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import bare, state
from tests.property import strategies as some
from tests.property.strategies import law


@law
@given(some.processes(), some.processes(), some.any_rules)
def test_whatever_zabbix_gets_is_utf_8_and_json(
    before: List[Process], now: List[Process], rules: Rules
) -> None:
    found = state(compare(bare(apply(build(before), rules)), apply(build(now), rules)))
    told = json.loads(document(found).encode())
    assert told["error"] == ""
    assert told["missing"].pop("daemons") == "\n".join(
        each.id for each in found.comparison.daemons if each.running < each.expected
    )
    for side, lines in (
        ("missing", item_values.missing(found)),
        ("extra", item_values.extra(found)),
    ):
        assert told[side] == {"count": len(lines.splitlines()), "text": lines}
        assert lines.encode().decode() == lines
    macros = item_values.discovery(found.comparison.daemons)
    assert json.loads(item_values.to_json(macros).encode()) == told["discovery"]
    assert list(told["daemons"]) == [row["{#PSDIFF.ID}"] for row in told["discovery"]]


@law
@given(some.trees(some.hostile))
def test_macros_are_short_and_have_no_braces(tree: Tree) -> None:
    rows = item_values.discovery(compare(tree, ()).daemons)
    texts = [value for row in rows for value in row.values() if isinstance(value, str)]
    assert not any("{" in text or "}" in text for text in texts)
    assert all(0 < len(text) <= 255 for text in texts)
    assert all(len(row["{#PSDIFF.NAME}"]) <= 64 for row in rows)


@law
@given(
    st.lists(
        st.tuples(st.sampled_from(some.USERS), st.text(st.characters(blacklist_categories=["Cs"])))
    )
)
def test_ids_are_safe_unique_and_do_not_depend_on_each_other(pairs: List[Key]) -> None:
    ids = daemon_ids(pairs)
    assert set(ids) == set(pairs)
    assert len(set(ids.values())) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", each) for each in ids.values())
    assert all(daemon_ids([key])[key] == ids[key] for key in ids)
    assert all(1 <= len(name_of(cmdline)) <= 64 for _, cmdline in pairs)


@law
@given(st.lists(st.text(max_size=30), max_size=20), st.integers(60, 200))
def test_a_text_that_is_cut_says_how_much_is_left_out(lines: List[str], limit: int) -> None:
    rows = [line.replace("\n", "") for line in lines]
    text = item_values.limited(rows, len(rows), limit)
    assert len(text) <= limit
    if text != "\n".join(rows):
        *kept, last = text.split("\n")
        assert kept == rows[: len(kept)]
        assert last == f"… and {len(rows) - len(kept)} more"


@law
@given(some.processes(some.from_bytes))
def test_a_snapshot_is_read_as_it_was_recorded(found: List[Process]) -> None:
    text = snapshot_file.dump_snapshot(found)
    assert text.isascii()
    assert len(text.splitlines()) == len(found)
    assert not found or snapshot_file.parse_snapshot(text, "x") == found


SECRETS = [
    "--password=a b", "--password", "hunter2", "-p", "-psecret", "mysql", "x", "DB_PASS=a,b",
    "https://u:p@h/", "Authorization: Bearer abcdefgh", "token: x", "--no-password", "", "=",
    "--auth-token", "bearer", '{"password": "x"}', MASK, "--password-file", "secret=", "a=b",
]  # fmt: skip
arguments = st.lists(st.one_of(st.sampled_from(SECRETS), some.words), max_size=5).map(tuple)


@law
@given(arguments, st.sampled_from(MODES))
def test_what_is_redacted_stays_as_it_is(cmdline: Tuple[str, ...], mode: str) -> None:
    once = redact(cmdline, mode)
    assert redact(once, mode) == once
    assert mode == "arguments" or len(once) == len(cmdline)


@law
@given(arguments)
def test_the_quick_look_for_secrets_overlooks_none(cmdline: Tuple[str, ...]) -> None:
    cmdline = ("x", *cmdline)
    assert redact((*cmdline, "://"), "secrets")[:-1] == redact(cmdline, "secrets")
