"""A small host on which things happened, and what psdiff printed each time.

psdiff read the very processes that each snapshot holds.  Its lines about zombies
(``[sleep] <defunct>``) are left out: ours are not running.
"""

from __future__ import annotations

import pytest

from psdiff_zbx.core import baseline, item_values, snapshot_file
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Tree
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.config import shipped_rules
from tests.files import DATA

HOST = DATA / "small-host"
SCENES = sorted(path.stem for path in HOST.glob("*.jsonl"))
RULES = Rules(shipped_rules())


def current(scene: str) -> Tree:
    path = HOST / f"{scene}.jsonl"
    return apply(build(snapshot_file.parse_snapshot(path.read_text(), path.name)), RULES)


def test_all_scenes_are_there() -> None:
    assert len(SCENES) == 7


@pytest.mark.parametrize("scene", SCENES)
def test_missing_and_extra_are_the_lines_that_psdiff_shows(scene: str) -> None:
    db = baseline.parse_baseline((HOST / "psdiff.db").read_bytes(), "psdiff.db")
    found = compare(apply(db.tree, RULES), current(scene))
    ours = [
        *item_values.signed_lines("-", found.missing),
        *item_values.signed_lines("+", found.extra),
    ]
    assert sorted(ours) == sorted((HOST / f"{scene}.psdiff").read_text().splitlines())


def test_the_baseline_is_what_psdiff_stored() -> None:
    assert baseline.dump_tree(current("nothing")) == (HOST / "psdiff.db").read_text()
