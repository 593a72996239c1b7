"""The methods of a stand-in for Zabbix's API, as far as we use them.

In: a release, hosts, and the parameters of a call.  Out: what that release would answer, or an
error where it would refuse.  `standin.py` serves it.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from psdiff_zbx.frontend.fleet_state import COUNT_KEYS, ERROR_KEY, TEXT_KEYS, WRITTEN_KEY
from psdiff_zbx.frontend.session import Login
from psdiff_zbx.template import Release
from psdiff_zbx.template.items import MASTER
from tests.frontend.exports import Export, exported, parsed

ADMIN = Login(user="Admin", password="zabbix")
TOKEN = Login(token="0123456789abcdef")
SESSION = "fedcba9876543210"

# "rules no longer supports groups; instead, new rules introduced: host_groups and template_groups"
# https://www.zabbix.com/documentation/6.2/en/manual/api/changes_6.0_-_6.2
TWO_KINDS_OF_GROUPS = Release(6, 2)
# Deprecated, and without the time of the last discovery.
# https://www.zabbix.com/documentation/7.4/en/manual/api/changes
NO_LASTCHECK = Release(7, 4)
# C64ImportConverter breaks on plain text widgets.
NO_PLAIN_TEXT = Release(7, 0)

_GET = "output filter search searchByAny startSearch limit sortfield sortorder countOutput"
_SCRIPT = "name type scope execute_on command description confirmation host_access menu_path"
PARAMETERS = {
    "apiinfo.version": "",
    "user.login": "user username password",
    "user.logout": "",
    "user.get": f"{_GET} userids",
    "template.get": f"{_GET} templateids hostids selectHosts selectParentTemplates",
    "host.get": f"{_GET} hostids templateids selectInterfaces selectParentTemplates",
    "host.massadd": "hosts groups interfaces macros templates",
    "item.get": f"{_GET} hostids itemids templated selectItemDiscovery selectTags",
    "history.get": f"{_GET} history hostids itemids time_from time_till",
    "usermacro.get": f"{_GET} hostids templateids",
    "script.get": f"{_GET} scriptids",
    "script.create": _SCRIPT,
    "script.update": f"{_SCRIPT} scriptid",
    "configuration.export": "format options prettyprint",
    "configuration.import": "format source rules",
}
RULES = (
    "discoveryRules graphs httptests images items maps mediaTypes templateDashboards "
    "templateLinkage templates triggers valueMaps"
)
KEYS = (MASTER, ERROR_KEY, *COUNT_KEYS, *TEXT_KEYS, WRITTEN_KEY)
DAEMON = "psdiff.daemon.running["
TEXT = 4  # a type of values
LASTING = 86_400  # seconds that item.get looks back


class Host(NamedTuple):
    """A host with the template: its items' values, and how many seconds ago they came.

    There are no values where none ever came, or none is kept.  `unsupported` is the error of the
    master item.
    """

    name: str
    values: Mapping[str, str]
    ago: int = 40
    unsupported: str = ""
    discovered: bool = True


class RefusedError(Exception):
    """An error of the API."""

    def __init__(self, data: str, code: int = -32602) -> None:
        super().__init__(data)
        self.code, self.data = code, data


class Methods:
    """A method of the API is a method here: `item.get` is `item_get`.  What was imported, linked
    and made is there to be looked at."""

    def __init__(self, release: Release, hosts: Sequence[Host] = (), now: int = 0) -> None:
        self.release, self.now = release, now
        self.templates: Dict[str, Export] = {}
        self.scripts: List[Dict[str, str]] = []
        self.linked: List[Tuple[str, str]] = []
        self.sources: List[str] = []
        self.hosts = {str(number): host for number, host in enumerate(hosts, 100)}

    def apiinfo_version(self, _: Any) -> str:
        return f"{self.release}.3"

    def user_login(self, params: Any) -> str:
        name = "username" if self.release >= Release(5, 4) else "user"
        if params != {name: ADMIN.user, "password": ADMIN.password}:
            raise RefusedError("Incorrect user name or password.", -32500)
        return SESSION

    def user_logout(self, _: Any) -> bool:
        return True

    def user_get(self, _: Any) -> Any:
        return [{"userid": "1"}]

    def template_get(self, params: Any) -> Any:
        rows = [
            {"templateid": name, "host": name, "parentTemplates": []} for name in self.templates
        ]
        return _rows(rows, params)

    def host_get(self, params: Any) -> Any:
        rows = [
            {
                "hostid": hostid,
                "host": host.name,
                "name": host.name,
                "status": "0",
                "maintenance_status": "0",
                "interfaces": [{"type": "1", "error": "" if host.values else "refused"}],
                "parentTemplates": [],
            }
            for hostid, host in self.hosts.items()
            if all((hostid, each) in self.linked for each in params.get("templateids", []))
        ]
        return _rows(rows, params)

    def host_massadd(self, params: Any) -> Any:
        for host in params["hosts"]:
            self.linked += [(host["hostid"], each["templateid"]) for each in params["templates"]]
        return {"hostids": [host["hostid"] for host in params["hosts"]]}

    def item_get(self, params: Any) -> Any:
        wanted = params.get("selectItemDiscovery", [])
        if self.release >= NO_LASTCHECK and "lastcheck" in wanted:
            raise RefusedError(
                'Invalid parameter "/selectItemDiscovery/1": value must be one of …'
            )
        return _rows([row for hostid in self.hosts for row in self._items(hostid)], params)

    def _items(self, hostid: str) -> List[Dict[str, Any]]:
        host = self.hosts[hostid]
        told = host.ago < LASTING
        keys = [*KEYS, *([f'{DAEMON}"cron-45c3353f"]'] if host.discovered else [])]
        return [
            {
                "itemid": f"{hostid}{number}",
                "hostid": hostid,
                "key_": key,
                "lastvalue": host.values.get(key, "") if told else "",
                "lastclock": str(self.now - host.ago) if told and key in host.values else "0",
                "state": "1" if host.unsupported and key == MASTER else "0",
                "error": host.unsupported if key == MASTER else "",
                "tags": [{"tag": "unit", "value": "cron.service"}] if DAEMON in key else [],
            }
            for number, key in enumerate(keys)
        ]

    def history_get(self, params: Any) -> Any:
        assert params["history"] == TEXT
        (itemid,) = params["itemids"]
        rows = [
            {"itemid": itemid, "clock": str(self.now - host.ago - again)}
            for hostid, host in self.hosts.items()
            for number, key in enumerate(KEYS)
            if f"{hostid}{number}" == itemid and key in host.values
            for again in (60, 0)
        ]
        return _rows(rows, params)

    def usermacro_get(self, _: Any) -> Any:
        return []

    def script_get(self, params: Any) -> Any:
        return _rows(self.scripts, params)

    def script_create(self, params: Any) -> Any:
        self.scripts.append({**params, "scriptid": str(len(self.scripts) + 1)})
        return {"scriptids": [self.scripts[-1]["scriptid"]]}

    def script_update(self, params: Any) -> Any:
        (script,) = (each for each in self.scripts if each["scriptid"] == params["scriptid"])
        script.update(params)
        return {"scriptids": [params["scriptid"]]}

    def configuration_export(self, params: Any) -> str:
        assert params["format"] == "json"
        (name,) = params["options"]["templates"]
        return json.dumps({"zabbix_export": exported(self.templates[name], self.release)})

    def configuration_import(self, params: Any) -> bool:
        two = self.release >= TWO_KINDS_OF_GROUPS
        groups = ["host_groups", "template_groups"] if two else ["groups"]
        only([*RULES.split(), *groups], params["rules"], path="/rules")
        found = parsed(params["source"])
        version = Release(*map(int, found["version"].split(".")))
        if version > self.release:
            raise RefusedError('Invalid tag "/zabbix_export/version": unsupported version number.')
        if version < NO_PLAIN_TEXT <= self.release:
            raise RefusedError(
                "array_key_exists(): Argument #2 ($array) must be of type array", -32603
            )
        self.sources.append(params["source"])
        self.templates.update((each["name"], found) for each in found["templates"])
        return True


def only(known: Sequence[str], given: Any, code: int = -32602, path: str = "/") -> None:
    for name in given:
        if name not in known:
            raise RefusedError(f'Invalid parameter "{path}": unexpected parameter "{name}".', code)


def _rows(rows: Sequence[Dict[str, Any]], params: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Those that fit, in order, with the fields that are asked for."""
    found = [row for row in rows if _fits(row, params)]
    if "sortfield" in params:
        down = params.get("sortorder") == "DESC"
        found.sort(key=lambda row: str(row[params["sortfield"]]), reverse=down)
    output = params.get("output", "extend")
    return [
        dict(row)
        if output == "extend"
        else {name: row[name] for name in [*output, *_also(params)]}
        for row in found[: params.get("limit")]
    ]


def _fits(row: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    wanted = dict(params.get("filter") or {})
    wanted.update({name[:-1]: params[name] for name in ("hostids",) if name in params})
    searched = (params.get("search") or {}).items()
    return all(row[name] in _listed(value) for name, value in wanted.items()) and all(
        row[name].startswith(value) for name, value in searched
    )


def _listed(value: Any) -> List[Any]:
    return value if isinstance(value, list) else [value]


def _also(params: Mapping[str, Any]) -> List[str]:
    """The fields that come of `selectInterfaces` and the like."""
    selected = (name[len("select") :] for name in params if name.startswith("select"))
    return [name[0].lower() + name[1:] for name in selected]
