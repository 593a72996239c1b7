"""An API through which nothing changes: what would be created is only remembered.

In: a logged-in API.  Out: one that reads what that reads, and what was remembered.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List

_READS = ("get", "export")
_NEW = "0"
"""The id of all that would be created; no object of Zabbix has it."""


class _Ids(Dict[str, List[str]]):
    """The answer to a change: ids under any name, ``hostids``, ``groupids``."""

    def __missing__(self, _: str) -> List[str]:
        return [_NEW]


class _Objects:
    """Those of one kind: ``api.item``."""

    def __init__(self, objects: Any, kind: str) -> None:
        self._objects, self._kind = objects, kind
        self._created: List[Dict[str, Any]] = []

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method == "create":
            return self._create
        return self._get if method == "get" else self._read(method)

    def _create(self, **values: Any) -> _Ids:
        self._created.append({**values, f"{self._kind}id": _NEW})
        return _Ids()

    def _get(self, **asked: Any) -> List[Dict[str, Any]]:
        """What there is, and what would be created on the hosts that are asked for."""
        found: List[Dict[str, Any]] = self._objects.get(**asked)
        hosts = asked.get("hostids", ())
        return [*found, *(row for row in self._created if row.get("hostid") in hosts)]

    def _read(self, method: str) -> Callable[..., Any]:
        return getattr(self._objects, method) if method in _READS else lambda **_: _Ids()


class LookOnly:
    """It takes the same calls as pyzabbix's ZabbixAPI."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._kinds: Dict[str, _Objects] = {}

    @property
    def version(self) -> Any:
        """The version of the server."""
        return self._api.version

    def __getattr__(self, kind: str) -> _Objects:
        return self._kinds.setdefault(kind, _Objects(getattr(self._api, kind), kind))
