"""Many hosts with the template in a server, and what their agents would have sent.

In: a running server.  Out: hosts, made through the API, with values that came in the protocol of
active agents.  No agent runs.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Any, NamedTuple, Optional

from psdiff_zbx.frontend.push import push
from psdiff_zbx.frontend.session import Login
from psdiff_zbx.template.fleet_dashboard import HOST
from tests.zabbix.endtoend_api import NAMES
from tests.zabbix.endtoend_poll import eventually
from tests.zabbix.server import LOGIN, PASSWORD, Server

CRON = "/usr/sbin/cron -f  {user=root}"
NETCAT = "nc -l 4444  {user=www-data}"
NO_BASELINE = "no baseline at /var/lib/psdiff-zbx/baseline: write one with 'psdiff-zbx write'"
NO_KEY = "Unsupported item key."
UNIT = "cron.service"
WRITTEN = 1_795_000_000
_AT_ONCE = 200  # hosts in one call, and values in one connection
_CRON = {
    "id": "cron-45c3353f",
    "name": "cron",
    "user": "root",
    "cmdline": "/usr/sbin/cron -f",
    "unit": UNIT,
}


class Sent(NamedTuple):
    """What an agent sends, ``ago`` seconds ago; nothing at all where there is no value."""

    value: Optional[str]
    ago: int = 0
    is_error: bool = False


def document(missing: str = "", extra: str = "") -> str:
    """What `psdiff-zbx get` prints, as far as the template reads it."""
    texts = {"missing": missing, "extra": extra}
    macros = {f"{{#PSDIFF.{name.upper()}}}": value for name, value in _CRON.items()}
    return json.dumps(
        {
            "version": "1.0.0",
            "error": "",
            "seconds": 0.031,
            "processes": 267,
            "baseline": {"written": WRITTEN, "by": "root", "lines": 57, "digest": "9f86d081"},
            **{
                side: {"count": len(text.splitlines()), "text": text}
                for side, text in texts.items()
            },
            "discovery": [{**macros, "{#PSDIFF.EXPECTED}": 1, "{#PSDIFF.MODE}": "exact"}],
            "daemons": {_CRON["id"]: {"expected": 1, "running": 1, "started": WRITTEN}},
        }
    )


def failure(error: str) -> str:
    """What `psdiff-zbx get` prints where it cannot tell."""
    return json.dumps({"version": "1.0.0", "error": error, "seconds": 0.01})


class Hosts:
    """The hosts of one server; `import_template` comes first."""

    def __init__(self, server: Server) -> None:
        """Nothing is done yet."""
        self.server, self.api = server, server.api

    def import_template(self) -> str:
        """Our template for active checks; its id."""
        push(self.server.url, Login(user=LOGIN, password=PASSWORD), active=True, hosts=[])
        found = self.api.template.get(output=["templateid"], filter={"host": NAMES["active"]})
        return str(found[0]["templateid"])

    def including(self, templateid: str, **fields: Any) -> str:
        """A template of the user's that includes one; its id."""
        kind = {"6.0": "hostgroup", "7.0": "templategroup"}[self.server.version]
        (group,) = getattr(self.api, kind).get(output=["groupid"], limit=1)
        linked = [{"templateid": templateid}]
        made = self.api.template.create(host="ours", groups=[group], templates=linked, **fields)
        return str(made["templateids"][0])

    def create(self, names: list[str], templateid: str) -> None:
        """Hosts that have a template, and no interface."""
        (group,) = self.api.hostgroup.get(filter={"name": ["Linux servers"]}, output=["groupid"])
        fields = {"groups": [group], "interfaces": [], "templates": [{"templateid": templateid}]}
        for some in _in_parts(names):
            self.api.host.create(*[{"host": name, **fields} for name in some])

    def change(self, name: str, **fields: Any) -> None:
        """host.update of one."""
        (host,) = self.api.host.get(output=["hostid"], filter={"host": [name]})
        self.api.host.update(**host, **fields)

    def send(self, values: dict[str, Sent]) -> None:
        """Send what there is; the server has taken it then, but may not have stored it yet."""
        now = int(time.time())
        rows = [_row(name, sent, now) for name, sent in values.items() if sent.value is not None]
        for some in _in_parts(rows):
            eventually(partial(self._take, some))

    def _take(self, rows: list[dict[str, Any]]) -> None:
        """The server refuses values for items of which it has not read yet."""
        session = f"{time.time_ns():032d}"  # within one session no id is taken a second time
        data = [{**row, "id": number} for number, row in enumerate(rows, 1)]
        answer = self.server.ask({"request": "agent data", "session": session, "data": data})
        assert "failed: 0" in answer["info"], answer


def counted(api: Any) -> dict[str, str]:
    """What the dashboard of all hosts shows, by name; the server is asked to count anew."""
    items = api.item.get(filter={"host": HOST}, output=["itemid", "name", "lastvalue"])
    api.task.create(*[_now(item["itemid"]) for item in items])
    return {item["name"]: item["lastvalue"] for item in items}


def _now(itemid: str) -> dict[str, Any]:
    """The task "Execute now"."""
    return {"type": 6, "request": {"itemid": itemid}}


def _row(name: str, sent: Sent, now: int) -> dict[str, Any]:
    row = {
        "host": name,
        "key": "psdiff.get",
        "value": sent.value,
        "clock": now - sent.ago,
        "ns": 0,
    }
    return {**row, "state": 1} if sent.is_error else row


def _in_parts(what: list[Any]) -> list[list[Any]]:
    return [what[at : at + _AT_ONCE] for at in range(0, len(what), _AT_ONCE)]
