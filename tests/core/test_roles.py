"""Baselines that add up: what they expect together, and what the host's own can change of it."""

from __future__ import annotations

from typing import Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.accept import PLUS, list_changes
from psdiff_zbx.core.compare import Expected, against, compare, expect
from psdiff_zbx.core.item_values import discovery, expected_by_roles
from psdiff_zbx.core.model import (
    AT_LEAST,
    OPTIONAL,
    Baseline,
    BaselineError,
    Comparison,
    Line,
    Tree,
)
from psdiff_zbx.core.role_changes import beyond, lacking, of_own, refuse_held, with_roles
from psdiff_zbx.core.roles import Part, added_up, holders, source_of
from psdiff_zbx.core.tree import arrange, build
from tests.builders import INIT, bare, outline, process, tree

WEB, DB = "/etc/psdiff-zbx/baseline.d/web", "/etc/psdiff-zbx/baseline.d/db"
NAMES = st.lists(st.sampled_from(["/opt/a", "/opt/b", "/opt/c"]), max_size=6)


def live(*cmdlines: str) -> Tree:
    return arrange(build([INIT, *(process(9 + n, text) for n, text in enumerate(cmdlines))]))


def together(own: Tree, roles: Dict[str, Tree]) -> Expected:
    return expect(added_up([*roles.values(), own]), (), holders(roles))


def texts(found: Comparison) -> List[str]:
    return [
        *(f"-{line.cmdline}" for line in found.missing),
        *(f"+{x.cmdline}" for x in found.extra),
    ]


def marked(lines: Tree, mode: str) -> Tree:
    return tuple(line if line.is_frame else line._replace(mode=mode) for line in lines)


def test_one_tree_stays_as_it_is_and_none_is_none() -> None:
    odd = tree("b\na")
    assert added_up([odd]) is odd
    assert added_up([]) == ()


def test_lines_of_the_same_daemon_are_counted_together() -> None:
    found = added_up([tree("nginx\n  worker\ncron"), tree("cron\nphp"), tree("cron")])
    assert outline(found) == ["INIT", *["  cron"] * 3, "  nginx", "    worker", "  php"]


def test_what_stands_beside_init_stays_there() -> None:
    outside = (tree("x")[0], Line(1, "/opt/x", "root"), Line(2, "/opt/y", "root"))
    for trees in ([outside, tree("cron")], [tree("cron"), outside]):
        assert outline(added_up(trees)) == ["/opt/x", "  /opt/y", "INIT", "  cron"]
    assert outline(added_up([outside, outside])) == ["/opt/x", "  /opt/y"] * 2


def test_what_one_requires_is_required_though_another_does_not() -> None:
    both = added_up([marked(tree("a\nb"), OPTIONAL), tree("a")])
    found = compare(both, live()).missing
    assert [line.cmdline for line in found] == ["a"]


@given(NAMES, NAMES, NAMES)
def test_however_it_is_spread_over_files_it_expects_the_same(
    one: List[str], two: List[str], running: List[str]
) -> None:
    now = live(*running)
    whole = compare(bare(live(*one, *two)), now)
    parts = against(together(bare(live(*one)), {WEB: bare(live(*two))}), now)
    assert texts(parts) == texts(whole)


@given(NAMES, NAMES)
def test_what_a_host_stores_and_its_roles_expect_what_runs(
    role: List[str], running: List[str]
) -> None:
    """But for what the role expects and does not run."""
    roles, now = {WEB: bare(live(*role))}, live(*running)
    own = bare(beyond(now, expect(roles[WEB])))
    found = against(together(own, roles), now)
    assert texts(found) == [text for text in texts(compare(roles[WEB], now)) if text[0] == "-"]


def test_what_may_run_or_not_is_stored_unless_a_role_has_it() -> None:
    now = marked(live("a", "b"), OPTIONAL)
    assert outline(beyond(now, expect(tree("a")))) == ["INIT", "  b"]
    assert beyond(now, expect(())) is now


def test_of_a_number_that_varies_nothing_is_stored_where_a_role_has_it() -> None:
    now = marked(live("w", "w", "x"), AT_LEAST)
    assert outline(beyond(now, expect(tree("w")))) == ["INIT", "  x"]


def test_a_source_covers_all_files() -> None:
    own = Part("/b", Baseline(tree("cron"), None), 200, "jane")
    role = Part(WEB, Baseline(tree("nginx"), None), 300, "root")
    alone, both = source_of([own]), source_of([own, role])
    assert alone == ("/b", 200, "jane", 3, alone.digest)
    assert both == ("/b", 300, "root", 4, both.digest)
    changed = role._replace(baseline=Baseline(tree("nginx -g"), None), written=100)
    assert source_of([own, changed]).digest not in (alone.digest, both.digest)
    assert source_of([own, changed])[:3] == ("/b", 200, "jane")


@pytest.fixture
def differing() -> Comparison:
    """A host that lacks two of a daemon that stands in its own baseline and in two roles, one
    that only a role has, and one that only it has itself."""
    roles = {WEB: tree("cron\nnginx"), DB: tree("cron")}
    return against(together(tree("cron\nat"), roles), live("cron", "new"))


def test_it_is_told_which_role_expects_what(differing: Comparison) -> None:
    roles = {daemon.name: daemon.roles for daemon in differing.daemons}
    assert roles == {"at": (), "cron": (WEB, DB), "nginx": (WEB,)}
    ids = {daemon.name: daemon.id for daemon in differing.daemons}
    assert expected_by_roles(lacking(differing)) == [
        f"{DB} expects {ids['cron']}",
        f"{WEB} expects {ids['cron']}, {ids['nginx']}",
    ]
    macros = {row["{#PSDIFF.NAME}"]: row.get("{#PSDIFF.ROLE}") for row in discovery(differing[0])}
    assert macros == {"at": None, "cron": "web, db", "nginx": "web"}


def test_the_host_gives_up_only_what_is_its_own(differing: Comparison) -> None:
    own = tree("cron\nat")
    changes = with_roles(list_changes(differing), differing, own)
    held = {change.id.partition("-")[0]: (change.held, change.is_held) for change in changes}
    assert held == {
        "at": (0, False),
        "cron": (1, False),
        "nginx": (1, True),
        "new": (0, False),
    }
    made = [
        (change.sign, len(change.lines), change.line.cmdline) for change in of_own(changes, own)
    ]
    assert made == [("-", 1, "at"), ("-", 1, "cron"), ("+", 1, "new")]
    refuse_held([change for change in changes if change.sign == PLUS])
    with pytest.raises(BaselineError, match=rf"^nginx-\w+ is expected by {WEB}, which no command"):
        refuse_held(changes)


def test_of_a_number_that_varies_a_role_expects_one_whatever_the_host_does() -> None:
    own = tree("w\nw")
    found = against(together(own, {WEB: tree("w")}), marked(live("w"), AT_LEAST)[:2])
    varying = found._replace(daemons=tuple(d._replace(mode=AT_LEAST) for d in found.daemons))
    (change,) = with_roles(list_changes(varying), varying, own)
    assert change.is_held


def test_without_roles_changes_stay_as_they_are() -> None:
    found = compare(tree("a"), live("b"))
    changes = list_changes(found)
    assert with_roles(changes, found, tree("a")) == changes == of_own(changes, tree("a"))
