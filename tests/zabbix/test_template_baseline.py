"""What happens to the baseline, and what Zabbix says of it: that, and nothing else."""

from __future__ import annotations

import pytest

from tests.zabbix.endtoend import World, every_item_is_supported
from tests.zabbix.endtoend_machine import WORD
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.standins import sleeper

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

NO_BASELINE = "psdiff: No baseline"
CANNOT_TELL = "psdiff: Cannot tell what runs"
CHANGED = "psdiff: Baseline has changed"
MISSING = "psdiff: Processes are missing"
FEWER = "psdiff: lonely: Fewer processes than expected"
RESTARTED = "psdiff: lonely: Restarted"
INFO, WARNING, HIGH = 1, 2, 4


def test_no_baseline(world: World) -> None:
    """A daemon that dies meanwhile is none of the problems."""
    watch, baseline = world.watch(), world.machine.baseline
    kept = baseline.rename(baseline.with_name("kept"))
    watch.until(NO_BASELINE)
    for problem in watch.each(NO_BASELINE):
        assert problem.severity == WARNING
        assert problem.opdata.startswith(f"no baseline at {baseline}; ")
    world.machine.stop("lonely")
    world.wait_for_values()
    world.wait_for_values()
    watch.until(NO_BASELINE)
    world.machine.start("lonely")
    kept.rename(baseline)
    watch.until_over(NO_BASELINE, RESTARTED)


def test_a_damaged_baseline(world: World) -> None:
    watch, baseline = world.watch(), world.machine.baseline
    whole = baseline.read_text(encoding="utf-8")
    baseline.write_text(whole[: len(whole) // 2], encoding="utf-8")
    watch.until(CANNOT_TELL)
    for problem in watch.each(CANNOT_TELL):
        assert problem.severity == HIGH
        assert str(baseline) in problem.opdata
        assert "# end" in problem.opdata
    baseline.write_text(whole, encoding="utf-8")
    watch.until_over(CANNOT_TELL)
    world.wait_for_values()
    every_item_is_supported(world)


def test_a_baseline_that_somebody_changed(world: World) -> None:
    watch, newcomer = world.watch(), sleeper("newcomer", "nobody", WORD)
    newcomer.start()
    try:
        world.machine.run("manual", "add", "nobody", newcomer.cmdline, who="alice")
        watch.until_over(CHANGED)
        for problem in watch.each(CHANGED):
            assert problem.severity == INFO
            assert problem.opdata.startswith("By alice, 20")
        for site, host in world.hosts():
            assert "psdiff: newcomer: Restarted" in site.api.triggers(host.id), host
    finally:
        newcomer.stop()
        world.machine.run("manual", "remove", "nobody", newcomer.cmdline, who="bob")
    watch.until_over(CHANGED, CHANGED)


def test_a_daemon_that_nobody_expects_any_more(world: World) -> None:
    watch, lonely = world.watch(), world.machine.daemons["lonely"]
    world.machine.stop("lonely")
    watch.until(FEWER, MISSING)
    world.machine.run("manual", "remove", lonely.user, lonely.cmdline)
    eventually(lambda: _nothing_is_left(world, "lonely"))
    watch.until_over(MISSING, CHANGED)
    world.machine.start("lonely")
    world.machine.run("write", "--all")
    watch.until_over(MISSING, CHANGED, CHANGED)


def _nothing_is_left(world: World, name: str) -> None:
    """Neither problems nor anything of one daemon, on any host."""
    for site, host in world.hosts():
        assert site.api.problems(host.id) == []
        has = [*site.api.items(host.id), *site.api.triggers(host.id), *site.api.graphs(host.id)]
        assert len(has) > len(world.machine.daemons)
        assert [each for each in has if name in each] == []
