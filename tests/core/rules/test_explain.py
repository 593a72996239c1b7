"""Why a process is shown as it is, or not: each rule that touched it, and the verdict."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.model import Line, Process, Tree
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.explain import Explainer, Explanation
from psdiff_zbx.core.rules.explain_text import action_text, at_length, explanation_table
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from tests.builders import INIT, process, rules, tree

NOW = 5000.0
CRON = {"match": "CRON", "ignore": "subtree", "reason": "a cron job"}
PROXY = {"match": "haproxy ", "cut": " -sf ", "reason": "pids of the old processes"}
WORKER = {"match": "worker", "at_least_one": True, "reason": "by demand"}
SSHD = {"match": "sshd", "ignore": "children", "reason": "a child for each login"}
CONTAINER = {"cgroup": "/docker/*", "ignore": "self", "reason": "of a container"}
RULES = rules(CRON, PROXY, WORKER, SSHD, CONTAINER)
LIVE = [
    INIT,
    process(10, "cron -f"),
    process(11, "CRON -f", 10),
    process(12, "backup --all", 11),
    process(20, "haproxy -f x -sf 7"),
    process(30, "worker", user="www"),
    process(31, "worker", user="www"),
    process(40, "sshd -D"),
    process(41, "sshd: me", 40),
    process(50, "nginx", cgroup="/docker/0123"),
    process(60, "miner -x"),
    process(61, "starting", started=NOW - 5),
    process(70, "cron -f"),
]
BASELINE = "cron -f\nhaproxy -f x\nsshd -D\ngone -x\nworker  {user=www}"


def explainer(
    ruled: Rules = RULES, baseline: Optional[str] = BASELINE, **fields: Any
) -> Explainer:
    live = build(LIVE)
    current: Tree = fields.get("current", apply(live, ruled))
    expected = tree(baseline) if baseline else ()
    values: Dict[str, Any] = {
        "comparison": compare(ruled.mark(expected), current, NOW - 60) if baseline else None,
        "problem": "" if baseline else "no baseline at /x",
        "min_age": 60.0,
        "hooks": "",
        "current": current,
    }
    return Explainer(rules=ruled, facts=RECORDED, **{"tree": live, **values, **fields})


def of(pid: int, found: Explainer) -> Explanation:
    return next(each for each in found.everything() if pid_of(each) == pid)


def pid_of(found: Explanation) -> int:
    assert found.line is not None
    return found.line.processes[0].pid


def plain(text: str, _: str) -> str:
    return text


OUTCOMES = {
    1: "shown: pid 1 is INIT on every host",
    11: "ignored: a cron job",
    12: "ignored: below 11 CRON -f: a cron job",
    20: "expected: 1 expected, 1 running (haproxy-",
    30: "expected: at least 1 expected, 2 running (worker-",
    40: "expected: 1 expected, 1 running (sshd-",
    41: "ignored: below 40 sshd -D: a child for each login",
    50: "ignored: of a container",
    60: "extra: not in the baseline",
    61: "young: not in the baseline, but not yet 60 s old",
}


@pytest.mark.parametrize("pid", OUTCOMES)
def test_the_verdict_says_what_became_of_it_and_why(pid: int) -> None:
    assert ": ".join(of(pid, explainer()).outcome).startswith(OUTCOMES[pid])


def test_of_several_equal_processes_beyond_the_expected_number_some_are_extra() -> None:
    outcomes = [of(pid, explainer()).outcome for pid in (10, 70)]
    assert sorted(outcome.verdict for outcome in outcomes) == ["expected", "extra"]
    assert all(outcome.why.startswith("1 expected, 2 running (cron-") for outcome in outcomes)


def test_without_a_baseline_it_is_only_shown() -> None:
    found = explainer(baseline=None)
    why = "but it cannot be compared: no baseline at /x"
    assert of(60, found).outcome == ("shown", why)
    assert of(11, found).outcome.verdict == "ignored"
    assert found.command("root", "anything").outcome == ("shown", why)


def test_psdiffs_short_user_names_stand_for_the_long_ones() -> None:
    live = [INIT, process(9, "resolved", user="systemd-resolve")]
    current = apply(build(live), RULES)
    known = compare(tree("resolved  {user=systemd+}"), current)
    found = Explainer(RULES, RECORDED, build(live), current, known, "", 0, "")
    assert of(9, found).outcome.verdict == "expected"


LENGTH = {
    20: [
        "process  20 haproxy, child of 1",
        "read     haproxy -f x -sf 7  {user=root}",
        "kind     daemon: nothing says that it is to end",
        'rule     cut = " -sf "',
        "         pids of the old processes (test.toml, rule 2)",
        "shown    haproxy -f x  {user=root}",
    ],
    12: [
        "process  12 backup, child of 11",
        "read     backup --all  {user=root}",
        "kind     daemon: nothing says that it is to end",
        'rule     ignore = "subtree"',
        "         a cron job (test.toml, rule 1)",
        "verdict  ignored: below 11 CRON -f: a cron job",
    ],
    60: [
        "process  60 miner, child of 1",
        "read     miner -x  {user=root}",
        "kind     daemon: nothing says that it is to end",
        "rule     none",
        "verdict  extra: not in the baseline",
    ],
    1: [
        "process  1 init, child of 0",
        "read     /sbin/init  {user=root}",
        "rule     none",
        "shown    INIT  {user=root}",
        "verdict  shown: pid 1 is INIT on every host",
    ],
}


@pytest.mark.parametrize(("pid", "lines"), LENGTH.items())
def test_one_process_at_length(pid: int, lines: List[str]) -> None:
    assert list(at_length(of(pid, explainer()), plain))[: len(lines)] == lines


COMMANDS = {
    "haproxy -f x -sf 1 2 3": "expected: 1 expected, 1 running",
    "gone -x": "missing: 1 expected, 0 running",
    "gone": "extra: not in the baseline",
    "CRON -f": "ignored: a cron job",
    "sshd: x\ny": "extra: not in the baseline",
}


@pytest.mark.parametrize(("cmdline", "outcome"), COMMANDS.items())
def test_a_command_line_that_need_not_run(cmdline: str, outcome: str) -> None:
    found = explainer().command("root", cmdline)
    assert ": ".join(found.outcome).startswith(outcome)
    lines = list(at_length(found, plain))
    assert lines[0].startswith("read ")
    assert all("\n" not in line for line in lines)


def test_what_is_missing_is_told_with_the_unit_that_starts_it() -> None:
    known = explainer().comparison
    assert known is not None
    units = {"gone -x": "gone.service gone-too.service"}
    daemons = (each._replace(unit=units.get(each.cmdline, "")) for each in known.daemons)
    found = explainer(comparison=known._replace(daemons=tuple(daemons)))
    gone = found.command("root", "gone -x")
    starts = "'psdiff-zbx start gone-6de37688' starts gone.service and gone-too.service"
    assert [*at_length(gone, plain)][-1] == f"start    {starts}"
    state = {"gone.service": "has failed (exit-code)", "gone-too.service": ""}
    told = [*at_length(gone, plain, state.__getitem__)]
    assert told[-2:] == ["unit     gone.service has failed (exit-code)", f"start    {starts}"]
    assert found.command("root", "cron -f").missing is None


def test_a_rule_for_what_is_below_a_process_says_so() -> None:
    lines = list(at_length(of(40, explainer()), plain))
    assert "         its children only: a child for each login (test.toml, rule 4)" in lines


def test_a_table_names_each_file_of_rules_once() -> None:
    cut = {"match": "haproxy ", "cut": " -f ", "reason": "files"}
    found = of(20, explainer(rules(CRON, PROXY, cut)))
    assert "  test.toml 2, 3  " in explanation_table([found], (), plain, None)[1]


def test_a_command_line_has_the_name_that_the_kernel_would_give_it() -> None:
    named = rules({"name": "a-name-of-more-", "ignore": "self", "reason": "by name"})
    found = explainer(named).command("root", "/opt/a-name-of-more-than-15 -x")
    assert found.outcome == ("ignored", "by name")


def test_only_the_program_is_told_where_only_that_may_leave_the_host() -> None:
    found = explainer(Rules(RULES.rows, arguments=False))
    everything = [*found.everything(), found.command("root", "haproxy -f x -sf 7")]
    told = "\n".join(line for each in everything for line in at_length(each, plain))
    told += "\n".join(explanation_table(list(found.everything()), (), plain, None))
    assert "haproxy  {user=root}" in told
    assert "-sf 7" not in told
    assert "-x" not in told.replace("test.toml", "")
    assert "CRON -f" not in told


LEFT_OUT = {
    "a-kernel-thread": (process(9, "", kthread=True, name="kworker"), False, "a kernel thread"),
    "a-zombie": (process(9, "", state="Z", name="sh"), False, "it has ended, and its parent"),
    "ourselves": (process(9, "psdiff-zbx"), True, "psdiff-zbx itself"),
}


@pytest.mark.parametrize(("left", "ours", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_in_no_tree_is_explained_too(left: Process, ours: bool, why: str) -> None:
    found = explainer().left_out(left, ours)
    assert found.outcome.verdict == "ignored"
    assert found.outcome.why.startswith(why)
    assert pid_of(found) == 9


@pytest.mark.parametrize(
    ("state", "told"),
    [("T", "stopped it (SIGSTOP)"), ("D", "waits for a disk"), ("Zl", "main thread has ended")],
)
def test_a_process_that_only_seems_to_run_is_told(state: str, told: str) -> None:
    live = build([INIT, process(9, "a", state=state), process(10, "b")])
    stuck, well = (
        "\n".join(at_length(each, plain))
        for each in explainer(tree=live, current=live).everything()
        if each.line and each.line.processes[0].pid > 1
    )
    assert f"\nstate    {state}: " in stuck
    assert told in stuck
    assert "\nstate " not in well


def hooked(*, without: int = 0, renamed: int = 0) -> Explainer:
    """As if psdiff's hooks had left one process out and changed the line of another."""
    current: List[Line] = []
    for line in apply(build(LIVE), RULES):
        pid = line.processes[0].pid if line.processes else 0
        if pid != without or not pid:
            current.append(line._replace(cmdline="renamed") if pid == renamed != 0 else line)
    return explainer(current=tuple(current), hooks="/etc/psdiff.conf")


def test_psdiffs_own_configuration_is_named_where_it_has_a_part_in_it() -> None:
    found = of(60, hooked(without=60))
    assert found.outcome == ("ignored", "by psdiff's hooks in /etc/psdiff.conf")
    lines = list(at_length(of(60, hooked(renamed=60)), plain))
    assert "hooks    psdiff's own configuration in /etc/psdiff.conf" in lines
    assert "shown    renamed  {user=root}" in lines
    assert of(20, hooked(renamed=60)).hooks == ""


ACTIONS = {
    'cut = " -sf "': {"match": "a", "cut": " -sf "},
    'ignore = "self"': {"match": "a", "ignore": "self"},
    "at_least_one = true": {"match": "a", "at_least_one": True},
    r"""replace = ['\d+', "N"]""": {"match": "a", "replace": [r"\d+", "N"]},
    r"""replace = ["\\d'", "é"]""": {"match": "a", "replace": [r"\d'", "é"]},
}


@pytest.mark.parametrize(("text", "row"), ACTIONS.items())
def test_an_action_is_told_as_its_toml_has_it(text: str, row: Dict[str, Any]) -> None:
    assert action_text(rules(row).rows[0]) == text


def test_the_table_has_a_row_for_each_process_and_each_missing_line() -> None:
    found = explainer()
    assert found.comparison is not None
    rows = explanation_table(list(found.everything()), found.comparison.missing, plain, None)
    assert rows[:5] == [
        "PID  USER  VERDICT   RULES        COMMAND",
        "  1  root  shown     -            /sbin/init",
        " 10  root  extra     -              cron -f",
        " 11  root  ignored   test.toml 1      CRON -f",
        " 12  root  ignored   test.toml 1        backup --all",
    ]
    assert rows[-1] == "  -  root  missing   -            gone -x"
    assert len(rows) == len(LIVE) + 2


@pytest.mark.parametrize(("width", "longest"), [(45, 45), (1, 44), (400, 54)])
def test_the_table_is_cut_at_the_width_of_a_terminal(width: int, longest: int) -> None:
    rows = explanation_table(list(explainer().everything()), (), plain, width)
    assert max(map(len, rows)) == longest


def test_colours_follow_the_verdict_and_not_the_command_line() -> None:
    painted = explanation_table(
        list(explainer().everything()), (), lambda text, v: f"<{v}:{text}>", None
    )
    assert painted[0] == "PID  USER  <:VERDICT >  RULES        COMMAND"
    assert "<ignored:ignored >" in painted[3]


def test_what_is_expected_counts_although_a_rule_ignores_it() -> None:
    live = build([INIT, process(11, "CRON -f"), process(12, "backup --all", 11)])
    current = apply(live, RULES)
    known = compare(tree("backup --all"), (*current, Line(1, "backup --all", "root")))
    found = Explainer(RULES, RECORDED, live, current, known, "", 0, "")
    assert of(12, found).outcome.verdict == "expected"
    assert "so it is not ignored (below 11 CRON -f: a cron job)" in of(12, found).outcome.why
    assert of(11, found).outcome.verdict == "ignored"
