"""Reboots and planned work, as Zabbix sees them: nothing is a problem until they are over."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.zabbix.endtoend import World

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

BOOTED = "psdiff: Host has been restarted"
MISSING = "psdiff: Processes are missing"
FEWER = "psdiff: lonely: Fewer processes than expected"


def test_planned_work_is_quiet_and_what_is_left_of_it_is_not(world: World) -> None:
    watch, machine = world.watch(), world.machine
    machine.run("pause", "1h", "--why", "a new kernel")
    machine.replace("lonely")
    for _ in range(2):
        world.wait_for_values()
    machine.stop("lonely")
    for _ in range(3):
        world.wait_for_values()
    watch.until()
    machine.run("pause", "--end")
    watch.until(FEWER, MISSING)
    machine.start("lonely")
    watch.until_over(FEWER, MISSING)


def test_what_was_restarted_by_planned_work_is_not_told_afterwards(world: World) -> None:
    watch, machine = world.watch(), world.machine
    machine.run("pause", "1h", "--why", "a new kernel")
    world.wait_for_values()
    with ExitStack() as stack:
        for site in world.sites:  # so long that it has not passed when the pause is over
            stack.enter_context(site.macro("{$PSDIFF.RESTART.AGE}", "5m"))
        machine.replace("lonely")
        for _ in range(2):
            world.wait_for_values()
        machine.run("pause", "--end")
        for _ in range(3):
            world.wait_for_values()
        watch.until_over()


def test_a_reboot_is_one_information(world: World) -> None:
    """The macro that says how long it takes is changed in place of the host's uptime."""
    watch, machine = world.watch(), world.machine
    with ExitStack() as stack:
        for site in world.sites:
            stack.enter_context(site.macro("{$PSDIFF.BOOT.GRACE}", "9999d"))
        watch.until(BOOTED)
        machine.replace("lonely")
        world.wait_for_values()
        machine.stop("lonely")
        for _ in range(3):
            world.wait_for_values()
        watch.until(BOOTED)
    watch.until(FEWER, MISSING)
    machine.start("lonely")
    watch.until_over(BOOTED, FEWER, MISSING)
