"""The template into a Zabbix frontend, through its API: an administrator's workstation does
this, with the extra ``api``."""

from __future__ import annotations

import contextlib
import getpass
import json
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .model import PsdiffError
from .template import VERSIONS, Template, differences, render

_TIMEOUT = 60  # seconds
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


class PushError(PsdiffError):
    """A frontend that cannot be reached, or that refuses."""


class Login(NamedTuple):
    """Who we are to the frontend: an API token, or a user and a password."""

    token: str = ""
    user: str = ""
    password: str = ""


def login(token_file: Optional[str], user: Optional[str]) -> Login:
    """The secret, read from a file, or asked for on a terminal, or read from standard input.

    Raises PushError.
    """
    if token_file:
        try:
            return Login(token=Path(token_file).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise PushError(f"cannot read the token in {token_file}: {error}") from error
    if sys.stdin.isatty():
        return Login(user=user or "", password=getpass.getpass(f"Password of {user}: "))
    return Login(user=user or "", password=sys.stdin.readline().rstrip("\n"))


def push(url: str, who: Login, active: bool, hosts: Sequence[str]) -> List[str]:
    """Import the template that fits the server, link it to hosts; what changed, as lines.

    Raises PushError, before anything is changed where that can be known.
    """
    with _session(url, who) as api:
        template = Template(_version(api), active)
        wanted = _hosts(api, hosts, active)
        return [*_import(api, template), *_link(api, template, wanted)]


@contextlib.contextmanager
def _session(url: str, who: Login) -> Iterator[Any]:
    """A logged-in API.  A session with a token has no logout."""
    try:
        from pyzabbix.api import ZabbixAPI
    except ImportError as error:
        raise PushError("pyzabbix is not installed: pip install 'psdiff-zbx[api]'") from error
    with _clear_errors(url):
        api = ZabbixAPI(url, timeout=_TIMEOUT)
        if who.token:
            api.login(api_token=who.token)
            api.user.get(output=["userid"], limit=1)  # a wrong token shows only when it is used
        else:
            api.login(who.user, who.password)
        try:
            yield api
        finally:
            if not who.token:
                api.user.logout()


@contextlib.contextmanager
def _clear_errors(url: str) -> Iterator[None]:
    """Whatever goes wrong on the way, in one line."""
    import requests
    from pyzabbix.api import ZabbixAPIException

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise PushError(
            f"{url}: no secure connection ({_cause(error)}); a certificate of your own authority "
            "is trusted when REQUESTS_CA_BUNDLE names that authority's file"
        ) from error
    except requests.exceptions.ConnectionError as error:
        raise PushError(f"{url}: no connection ({_cause(error)})") from error
    except (requests.exceptions.RequestException, json.JSONDecodeError) as error:
        raise PushError(f"{url} is no Zabbix frontend: {error}") from error
    except ZabbixAPIException as error:
        raise PushError(f"{url}: {_refusal(error)}") from error


def _cause(error: BaseException) -> str:
    """The innermost reason of an error of requests, which wraps it several times."""
    while error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    reason = getattr(error, "reason", None)
    return _cause(reason) if isinstance(reason, BaseException) else str(error)


def _refusal(error: Any) -> str:
    """``Login name or password is incorrect.`` of the API's
    ``Error -32500: Application error., Login name or password is incorrect.``"""
    found = getattr(error, "error", None) or {}
    return str(found.get("data") or found.get("message") or error).strip()


def _version(api: Any) -> Any:
    """The words of the server's version."""
    release = ".".join(str(api.api_version()).split(".")[:2])
    if release not in VERSIONS:
        known = " and ".join(VERSIONS)
        raise PushError(f"Zabbix {release} is not supported; {known} are")
    return VERSIONS[release]


def _hosts(api: Any, names: Sequence[str], active: bool) -> List[Tuple[str, str]]:
    """Ids and names of the hosts; all of them must be there and fit the template."""
    found = api.host.get(
        output=["hostid", "host"], selectInterfaces=["type"], filter={"host": list(names)}
    )
    hosts = {host["host"]: host for host in found} if names else {}
    missing = [name for name in names if name not in hosts]
    if missing:
        raise PushError(f"no host {', '.join(missing)}, or no permission to see it; nothing done")
    for name in names:
        kinds = [interface["type"] for interface in hosts[name]["interfaces"]]
        if not active and _AGENT not in kinds:
            raise PushError(
                f"host {name} has no agent interface: give it one, or use --active; nothing done"
            )
    return [(hosts[name]["hostid"], name) for name in names]


def _import(api: Any, template: Template) -> List[str]:
    old = _exported(api, template.name)
    changes = differences(old, template.export())
    if not changes:
        return [f"No changes to {template.name}"]
    source = render(template.version.name, template.active)
    rules = _rules(template.version.groups)
    getattr(api.configuration, "import")(format="xml", source=source, rules=rules)
    what = f"{template.name} for Zabbix {template.version.name}"
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
    """Import everything, and remove what an older version of the template had."""
    update = {"createMissing": True, "updateExisting": True}
    rules = {name: {**update, "deleteMissing": True} for name in _OBJECTS}
    return {**rules, "templates": update, groups: update}


def _link(api: Any, template: Template, hosts: Sequence[Tuple[str, str]]) -> List[str]:
    templateid = _templateid(api, template.name)
    linked = api.host.get(output=["hostid"], templateids=[templateid]) if hosts else []
    already = {host["hostid"] for host in linked}
    new = [(hostid, name) for hostid, name in hosts if hostid not in already]
    if new:
        ids = [{"hostid": hostid} for hostid, _ in new]
        api.host.massadd(hosts=ids, templates=[{"templateid": templateid}])
    return [
        f"Linked to {name}" if (hostid, name) in new else f"No changes to {name}"
        for hostid, name in hosts
    ]
