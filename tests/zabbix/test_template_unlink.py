"""Away with the template.  The last module, by its name: it leaves nothing to the others."""

from __future__ import annotations

import pytest

from tests.zabbix.endtoend import World
from tests.zabbix.endtoend_api import NAMES, Api
from tests.zabbix.endtoend_site import Site

pytestmark = [pytest.mark.zabbix, pytest.mark.xdist_group("world")]
pytest_plugins = ("tests.zabbix.endtoend_fixtures",)


def test_a_template_goes_without_a_trace(everything: World) -> None:
    """Problems are open; half of the hosts are cleared before, half by the deletion."""
    watch = everything.watch()
    everything.machine.stop("lonely")
    watch.until("psdiff: lonely: Fewer processes than expected", "psdiff: Processes are missing")
    for site in everything.sites:
        _clear(site, "active")
        templates = [site.api.templates(name)[0] for name in NAMES.values()]
        site.api.call.template.delete(*templates)
        assert [site.api.templates(name) for name in NAMES.values()] == [[], []]
    for site, host in everything.hosts():
        assert _left(site.api, host.id) == [], host


def _clear(site: Site, checks: str) -> None:
    """Unlink and clear the host of one way, as the frontend's button does."""
    for host in site.hosts:
        if host.checks == checks:
            assert _left(site.api, host.id)
            (template,) = site.api.templates(NAMES[host.checks])
            linked = [{"templateid": template}]
            site.api.call.host.update(hostid=host.id, templates_clear=linked)
            assert _left(site.api, host.id) == [], host


def _left(api: Api, host: str) -> list[str]:
    return [*api.ids(host), *api.problems(host)]
