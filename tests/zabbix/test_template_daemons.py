"""What happens to daemons, and what Zabbix says of it: that, and nothing else."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from tests.zabbix.endtoend import World
from tests.zabbix.endtoend_machine import LONG, MACROS, WORD
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.endtoend_site import RESTART_AGE
from tests.zabbix.endtoend_watch import Problem
from tests.zabbix.standins import sleeper

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

MISSING = "psdiff: Processes are missing"
UNEXPECTED = "psdiff: Unexpected processes"
INFO, WARNING, AVERAGE, HIGH = 1, 2, 3, 4


def fewer(name: str) -> str:
    """The problem of one daemon."""
    return f"psdiff: {name}: Fewer processes than expected"


def test_a_daemon_that_is_gone(world: World) -> None:
    watch, lonely = world.watch(), world.machine.daemons["lonely"]
    world.machine.stop("lonely")
    watch.until(fewer("lonely"), MISSING)
    for problem in watch.each(fewer("lonely")):
        assert (problem.severity, problem.opdata) == (HIGH, f"0 of 1: {lonely.cmdline}")
    for problem in watch.each(MISSING):
        assert problem.severity == WARNING
        assert _lines(problem) == [lonely.line]
    world.machine.start("lonely")
    watch.until_over(fewer("lonely"), MISSING)


def test_one_of_two_equal_processes(world: World) -> None:
    """That the older one is gone is no restart of the other."""
    world.machine.replace("other twin")
    old = time.time() + RESTART_AGE + 1
    eventually(lambda: _are_seen_after(world, old), patience=60)
    watch, twin = world.watch(), world.machine.daemons["twin"]
    world.machine.stop("twin")
    watch.until(fewer("twin"), MISSING)
    for problem in watch.each(fewer("twin")):
        assert (problem.severity, problem.opdata) == (HIGH, f"1 of 2: {twin.cmdline}")
    world.machine.start("twin")
    watch.until_over(fewer("twin"), MISSING)


def test_daemons_that_macros_keep_quiet_are_in_the_list_only(world: World) -> None:
    watch = world.watch()
    world.machine.stop("hushed")
    world.machine.stop("hidden")
    watch.until(MISSING)
    daemons = world.machine.daemons
    for problem in watch.each(MISSING):
        assert _lines(problem) == [daemons["hidden"].line, daemons["hushed"].line]
    world.machine.start("hushed")
    world.machine.start("hidden")
    watch.until_over(MISSING)


def test_macros_in_a_command_line_stay_as_they_are(world: World) -> None:
    watch, hostile = world.watch(), world.machine.daemons["hostile"]
    assert MACROS in hostile.cmdline
    world.machine.stop("hostile")
    watch.until(fewer("hostile"), MISSING)
    shown = hostile.cmdline.translate(str.maketrans("{}", "()"))
    for problem in watch.each(fewer("hostile")):
        assert problem.opdata == f"0 of 1: {shown}"
    for problem in watch.each(MISSING):
        assert _lines(problem) == [hostile.line]
    world.machine.start("hostile")
    watch.until_over(fewer("hostile"), MISSING)


def test_a_daemon_with_a_very_long_command_line(world: World) -> None:
    """The frontend's API gives an empty answer for all hosts if it cuts a character in two."""
    watch, long = world.watch(), world.machine.daemons[LONG]
    world.machine.stop(LONG)
    watch.until(fewer(LONG), MISSING)
    for problem in (*watch.each(fewer(LONG)), *watch.each(MISSING)):
        (shown,) = _lines(problem)
        assert len(shown) > 100
        assert long.line.startswith(shown)
    world.machine.start(LONG)
    watch.until_over(fewer(LONG), MISSING)


def test_a_process_that_nobody_expects(world: World) -> None:
    watch, stranger = world.watch(), sleeper("stranger", "nobody", WORD)
    stranger.start()
    try:
        watch.until(UNEXPECTED)
        for problem in watch.each(UNEXPECTED):
            assert problem.severity == AVERAGE
            assert _lines(problem) == [stranger.line]
    finally:
        stranger.stop()
    watch.until_over(UNEXPECTED)


def test_a_restart_between_two_samples(world: World) -> None:
    watch, restarted = world.watch(), "psdiff: lonely: Restarted"
    world.machine.replace("lonely")
    watch.until_over(restarted)
    for problem in watch.each(restarted):
        assert problem.severity == INFO
        assert problem.opdata.startswith("Since 20")


def test_one_bad_sample_is_no_problem(world: World) -> None:
    """Nor are several, as long as they are fewer than {$PSDIFF.SAMPLES}."""
    stranger = sleeper("stranger", "nobody", WORD)
    with ExitStack() as undo:
        for site in world.sites:
            undo.enter_context(site.macro("{$PSDIFF.SAMPLES}", "#6"))
        world.wait_for_values()
        world.wait_for_values()
        watch = world.watch()
        stranger.start()
        undo.callback(stranger.stop)
        eventually(lambda: _is_reported(world))
        stranger.stop()
        world.wait_for_values()
        world.wait_for_values()
        watch.until_over()


def _lines(problem: Problem) -> list[str]:
    """The process lines that a problem quotes, without what stands before the command line."""
    return [line[line.index("/opt/") :] for line in problem.opdata.splitlines()]


def _are_seen_after(world: World, then: float) -> None:
    """What a server compares with the age of a restart is later than that, on every host."""
    found = [site.api.items(host.id)["psdiff.started.recently"] for site, host in world.hosts()]
    assert all(int(each["lastvalue"]) > then for each in found)


def _is_reported(world: World) -> None:
    """At least one host knows of an extra process."""
    found = [site.api.items(host.id)["psdiff.extra.count"] for site, host in world.hosts()]
    assert "1" in [each["lastvalue"] for each in found]
