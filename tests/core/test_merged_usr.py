"""/lib and /usr/lib: one path on a host with merged /usr, whatever the baseline calls it."""

from __future__ import annotations

import sys
from typing import Dict, List, Sequence, Tuple

import pytest

from psdiff_zbx.core.accept import accept, list_changes
from psdiff_zbx.core.compare import against, as_known, expect
from psdiff_zbx.core.daemon_id import daemon_ids
from psdiff_zbx.core.edit import EDITS
from psdiff_zbx.core.merged_usr import never_apart, with_usr
from psdiff_zbx.core.model import Comparison, Tree
from psdiff_zbx.core.rules.apply import ignored
from psdiff_zbx.core.rules.explain import Explainer
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.rules.ignored_file import with_rules
from psdiff_zbx.core.rules.rule import Subject
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, outline, process, rules, tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

OLD, NEW = "/lib/systemd/systemd-udevd -x", "/usr/lib/systemd/systemd-udevd -x"

SAME: Dict[str, str] = {
    OLD: NEW,
    NEW: NEW,
    "/sbin/agetty -o -p -- \\u tty1": "/usr/sbin/agetty -o -p -- \\u tty1",
    "sshd: /sbin/sshd -D [listener]": "sshd: /usr/sbin/sshd -D [listener]",
    "/bin/sh /bin/x": "/usr/bin/sh /usr/bin/x",
    "/lib64/ld.so --path=/lib64/a": "/usr/lib64/ld.so --path=/usr/lib64/a",
    "/opt/bin/x /srv/lib/y host:/lib/z": "/opt/bin/x /srv/lib/y host:/lib/z",
    "/library/x /bin /libexec/y": "/library/x /bin /libexec/y",
    "lib/x": "lib/x",
}


@pytest.mark.parametrize(("cmdline", "merged"), SAME.items())
def test_the_folders_at_the_root_are_those_below_usr(cmdline: str, merged: str) -> None:
    assert with_usr(cmdline) == merged


def look(cmdlines: Sequence[str], user: str = "root") -> Tree:
    return build([INIT, *(process(9 + n, line, user=user) for n, line in enumerate(cmdlines))])


def compared(baseline: Sequence[str], running: Sequence[str], user: str = "root") -> Comparison:
    return against(expect(tree("\n".join(baseline))), look(running, user))


def differences(baseline: Sequence[str], running: Sequence[str], user: str = "root") -> List[str]:
    found = compared(baseline, running, user)
    missing = [f"- {line.cmdline}" for line in found.missing]
    return [*missing, *(f"+ {line.cmdline}" for line in found.extra)]


QUIET: Dict[str, Tuple[List[str], List[str]]] = {
    "upgraded": ([OLD], [NEW]),
    "the-older-host-of-a-fleet": ([NEW], [OLD]),
    "one-of-two-started-anew": ([OLD, OLD], [OLD, NEW]),
    "in-another-order-too": (["/sbin/a -x -y"], ["/usr/sbin/a -y -x"]),
    "both-expected": ([OLD, NEW], [NEW, NEW]),
    "both-expected-the-other": ([OLD, OLD, NEW], [OLD, OLD, OLD]),
}


@pytest.mark.parametrize(("baseline", "running"), QUIET.values(), ids=QUIET)
def test_an_upgrade_differs_by_nothing(baseline: List[str], running: List[str]) -> None:
    assert differences(baseline, running) == []


TOLD: Dict[str, Tuple[List[str], List[str], List[str]]] = {
    "one-more": ([OLD], [NEW, NEW], [f"+ {NEW}"]),
    "one-less": ([OLD, OLD], [NEW], [f"- {OLD}"]),
    "both-and-one-more": ([OLD, NEW], [NEW, NEW, NEW], [f"+ {NEW}"]),
    "both-and-one-less": ([OLD, NEW], [NEW], [f"- {OLD}"]),
    "both-run-one-is-expected": ([OLD], [OLD, NEW], [f"+ {NEW}"]),
    "gone": ([OLD], [], [f"- {OLD}"]),
    "another-program": (["/lib/a"], ["/usr/lib/b"], ["- /lib/a", "+ /usr/lib/b"]),
}


@pytest.mark.parametrize(("baseline", "running", "expected"), TOLD.values(), ids=TOLD)
def test_more_or_less_of_it_is_told(
    baseline: List[str], running: List[str], expected: List[str]
) -> None:
    assert differences(baseline, running) == expected


def test_of_another_user_it_is_another_daemon() -> None:
    assert differences([OLD], [NEW], user="www") == [f"- {OLD}", f"+ {NEW}"]


def test_psdiffs_short_user_names_go_with_either_path() -> None:
    baseline = ["/lib/systemd/systemd-networkd  {user=systemd+}"]
    assert differences(baseline, ["/usr/lib/systemd/systemd-networkd"], "systemd-network") == []


def test_the_daemon_keeps_its_name_and_its_id() -> None:
    (daemon,) = compared([OLD], [NEW]).daemons
    assert (daemon.cmdline, daemon.running) == (OLD, 1)
    assert daemon.id == daemon_ids([("root", OLD)])["root", OLD] == "systemd-udevd-b1bf1183"


def test_what_is_accepted_beside_its_twin_differs_no_more() -> None:
    before = tree(OLD)
    current = look([NEW, NEW])
    found = against(expect(before), current)
    after = accept(before, current, found, list_changes(found))
    assert against(expect(after), current)[1:] == ((), ())
    assert against(expect(after), look([OLD, NEW]))[1:] == ((), ())


def test_what_is_written_anew_keeps_the_name_that_the_baseline_has() -> None:
    assert outline(as_known(expect(tree(OLD)), look([NEW])))[1:] == [f"  {OLD}"]
    assert outline(as_known(expect(tree("a  {user=app+}")), look(["a"], "apple")))[1:] == [
        "  a  {user=apple}"
    ]


def two_files(one: str, other: str) -> bool:
    return {one, other} == {"/bin/x", "/usr/bin/x"}


def test_two_files_are_two_daemons() -> None:
    """On a host whose /bin is no link, both may be there."""
    for running in (["/usr/bin/x"], ["/usr/bin/x", "/usr/bin/x"]):
        expected = expect(tree("/bin/x\n/usr/bin/x"), apart=two_files)
        assert [line.cmdline for line in against(expected, look(running)).missing] == ["/bin/x"]
    expected = expect(tree("/bin/x -a"), apart=two_files)
    found = against(expected, look(["/usr/bin/x -a"]))
    assert [len(found.missing), len(found.extra)] == [1, 1]
    expected = expect(tree("/bin/x  {user=app+}"), apart=two_files)
    assert len(against(expected, look(["/usr/bin/x"], "apple")).missing) == 1


def test_what_is_expected_is_not_ignored_by_its_other_path_either() -> None:
    made = rules({"program": "systemd-udevd", "ignore": "self"})
    wanted = {("root", OLD): 1}
    (found,) = ignored(look([NEW]), made, RECORDED, wanted)
    assert found.cmdline == OLD
    apart = RECORDED._replace(apart=lambda *_: True)
    assert ignored(look([NEW]), made, apart, wanted) == ()


def test_it_is_removed_by_either_path() -> None:
    after, _ = EDITS["remove"](tree(OLD), "root", NEW, Rules())
    assert outline(after) == ["INIT"]


@pytest.mark.parametrize("prefix", ["/sbin/a ", "/usr/sbin/a "])
def test_a_rule_for_one_path_is_a_rule_for_the_other(prefix: str) -> None:
    (made,) = rules({"match": prefix, "ignore": "self"}).rows
    assert made.applies(Subject("/sbin/a -x", "root"))
    assert made.applies(Subject("/usr/sbin/a -x", "root"))
    assert not made.applies(Subject("/opt/sbin/a -x", "root"))


@pytest.mark.parametrize("seen", [OLD, NEW])
def test_what_is_ignored_for_good_is_ignored_after_an_upgrade(seen: str) -> None:
    (line,) = tree(seen)[2:]
    (row,) = tomllib.loads(with_rules("", [line], "", False))["rule"]
    (made,) = rules(row).rows
    assert [made.applies(Subject(each, "root")) for each in (OLD, NEW, f"/x{OLD}")] == [
        True,
        True,
        False,
    ]


def test_an_explanation_names_the_daemon_for_which_it_stands() -> None:
    current = look([NEW])
    found = against(expect(tree(OLD)), current)
    explainer = Explainer(Rules(), RECORDED, current, current, found, "", 60, "")
    *_, last = explainer.everything()
    assert last.outcome.verdict == "expected"
    assert explainer.command("root", NEW).outcome.verdict == "expected"


def test_of_a_recording_no_files_are_known() -> None:
    assert not never_apart("/bin/x", "/usr/bin/x")
