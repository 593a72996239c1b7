"""Import the template into a frontend, and link it to hosts.

In: a frontend, a login, names of hosts.  Out: lines that say what changed.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..template import (
    NEWEST_CHECKED,
    Release,
    Template,
    differences,
    file_version,
    group_rule,
    render,
)
from .actions import add_actions
from .fleet_dashboard import add_dashboard
from .look_only import LookOnly
from .session import FrontendError, Login, release, session

_AGENT = "1"  # the type of an agent's interface
_OBJECTS = (
    "items",
    "triggers",
    "graphs",
    "discoveryRules",
    "valueMaps",
    "templateDashboards",
    "httptests",
)


class Extras(NamedTuple):
    """What ``push`` does besides the template, and only a super admin may; ``dry_run``: it only
    says what it would do."""

    actions: bool = False
    dashboard: bool = False
    overwrite: bool = False
    dry_run: bool = False


def push(
    url: str, who: Login, active: bool, hosts: Sequence[str], extras: Optional[Extras] = None
) -> List[str]:
    """Import the template that fits the server, link it to hosts, add the hosts' actions and the
    dashboard of all hosts.  Returns lines that say what changed.

    Raises FrontendError, if possible before anything is changed.
    """
    extras = extras or Extras()
    with session(url, who) as logged_in:
        api = LookOnly(logged_in) if extras.dry_run else logged_in
        server = release(api)
        template = Template(file_version(server), active)
        wanted = _hosts(api, hosts, active)
        added = _add(api, template, extras)  # first, because only a super admin may
        imported = _import(api, server, template)
        return [*_unchecked(server), *imported, *_link(api, template, wanted), *added]


def _add(api: Any, template: Template, extras: Extras) -> List[str]:
    lines = add_actions(api) if extras.actions else []
    if extras.dashboard or extras.overwrite:
        lines += add_dashboard(api, template.version, extras.overwrite)
    return lines


def _unchecked(server: Release) -> List[str]:
    """A line about a server that nobody has tried the template on."""
    if server <= NEWEST_CHECKED:
        return []
    newest = f"{NEWEST_CHECKED}, the newest that the template was checked with"
    return [f"Zabbix {server} is newer than {newest}; it gets the newest template"]


def _hosts(api: Any, names: Sequence[str], active: bool) -> List[Tuple[str, str]]:
    """Ids and names of the hosts.  Raises FrontendError unless all of them exist and fit the
    template."""
    found = api.host.get(
        output=["hostid", "host"], selectInterfaces=["type"], filter={"host": list(names)}
    )
    hosts = {host["host"]: host for host in found} if names else {}
    missing = [name for name in names if name not in hosts]
    if missing:
        raise FrontendError(
            f"no host {', '.join(missing)} in Zabbix, or no permission to see it: --link takes a "
            "host's name there; create it if there is none"
        )
    for name in names:
        kinds = [interface["type"] for interface in hosts[name]["interfaces"]]
        if not active and _AGENT not in kinds:
            raise FrontendError(
                f"host {name} has no agent interface: give it one, or use --active; nothing done"
            )
    return [(hosts[name]["hostid"], name) for name in names]


def _import(api: Any, server: Release, template: Template) -> List[str]:
    old = _exported(api, template.name)
    changes = differences(old, template.export())
    if not changes:
        return [f"No changes to {template.name}"]
    source = render(template.version.name, template.active)
    rules = _rules(group_rule(server))
    getattr(api.configuration, "import")(format="xml", source=source, rules=rules)
    what = f"{template.name} for Zabbix {server}"
    return [f"Updated {what}", *changes] if old else [f"Imported {what}"]


def _exported(api: Any, name: str) -> Optional[Dict[str, Any]]:
    templateid = _templateid(api, name)
    if templateid is None:
        return None
    text = api.configuration.export(format="json", options={"templates": [templateid]})
    found: Dict[str, Any] = json.loads(text)["zabbix_export"]
    return found


def _templateid(api: Any, name: str) -> Optional[str]:
    found = api.template.get(output=["templateid"], filter={"host": [name]})
    return found[0]["templateid"] if found else None


def _rules(groups: str) -> Dict[str, Dict[str, bool]]:
    """Import rules: create or update everything, and delete what only an older template had."""
    update = {"createMissing": True, "updateExisting": True}
    rules = {name: {**update, "deleteMissing": True} for name in _OBJECTS}
    return {**rules, "templates": update, groups: update}


def _link(api: Any, template: Template, hosts: Sequence[Tuple[str, str]]) -> List[str]:
    templateid = _templateid(api, template.name)
    linked = (
        api.host.get(output=["hostid"], templateids=[templateid]) if hosts and templateid else []
    )
    already = {host["hostid"] for host in linked}
    new = [(hostid, name) for hostid, name in hosts if hostid not in already]
    if new:
        ids = [{"hostid": hostid} for hostid, _ in new]
        api.host.massadd(hosts=ids, templates=[{"templateid": templateid}])
    return [
        f"Linked to {name}" if (hostid, name) in new else f"No changes to {name}"
        for hostid, name in hosts
    ]
