"""Agents that are silent.  It takes a while until Zabbix says so, and exports need no agents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyzabbix.api import ZabbixAPIException

from tests.zabbix.endtoend import World
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.endtoend_watch import Watch
from tests.zabbix.endtoend_xml import (
    renamed,
    tree,
    with_a_uuid_twice,
    with_an_unknown_tag,
)
from tests.zabbix.packages import VERSIONS

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)

NO_DATA = "psdiff: No data"
HIGH = 4
# {$PSDIFF.NODATA} of our hosts, and twice the time after which a server looks for silence.
SILENCE = 90.0
OTHER = "some other template"


@pytest.fixture(scope="module")
def silence(everything: World) -> Iterator[Watch]:
    """What happens from the moment on at which all agents have stopped."""
    watch = everything.watch()
    for site in everything.sites:
        site.stop_agents()
    yield watch
    for site in everything.sites:
        site.start_agents()


@pytest.mark.parametrize("checks", NAMES)
def test_an_export_is_the_committed_file(world: World, silence: Watch, checks: str) -> None:
    for site in world.sites:
        exported, committed = site.api.export_xml(checks), site.api.committed(checks)
        assert tree(exported) == tree(committed), site.version


@pytest.mark.parametrize("checks", NAMES)
def test_another_import_changes_nothing(world: World, silence: Watch, checks: str) -> None:
    for site in world.sites:
        before = _everything(site.api, checks)
        site.api.import_xml(site.api.committed(checks))
        assert _everything(site.api, checks) == before, site.version


def test_a_file_with_a_uuid_twice_is_refused_by_70(world: World, silence: Watch) -> None:
    api = world.sites[-1].api
    assert api.version == "7.0"
    _refused(api, with_a_uuid_twice(api.committed("passive")), "already exists")


@pytest.mark.skipif(VERSIONS[0] != "6.0", reason="no 6.0 is installed")
def test_a_file_with_words_of_70_is_refused_by_60(world: World, silence: Watch) -> None:
    api = world.sites[0].api
    assert api.version == "6.0"
    _refused(api, with_an_unknown_tag(api.committed("passive")), 'unexpected tag "vendor"')


def test_silence_is_a_problem_and_makes_no_other(world: World, silence: Watch) -> None:
    world.machine.stop("lonely")
    silence.until(NO_DATA, patience=SILENCE)
    for problem in silence.each(NO_DATA):
        assert (problem.severity, problem.opdata) == (HIGH, "No data for 30s")
    world.machine.start("lonely")
    for site in world.sites:
        site.start_agents()
    silence.until_over(NO_DATA, "psdiff: lonely: Restarted")


def _everything(api: Api, checks: str) -> tuple[object, ...]:
    """What there is of a template, there and on hosts."""
    (template,) = api.templates(NAMES[checks])
    hosts = api.call.host.get(templateids=[template], output=["hostid"])
    ids = [api.ids(each) for each in (template, *(host["hostid"] for host in hosts))]
    assert len(ids) == 2
    assert all(len(each) > 20 for each in ids)
    return tree(api.export_xml(checks)), ids


def _refused(api: Api, text: str, why: str) -> None:
    """With that reason; nothing is there that was not there before."""
    before = api.export_xml("passive")
    with pytest.raises(ZabbixAPIException, match=why):
        api.import_xml(renamed(text, NAMES["passive"], OTHER))
    assert api.templates(OTHER) == []
    assert tree(api.export_xml("passive")) == tree(before)
