"""A session with a Zabbix frontend.

In: a URL and a login.  Out: a logged-in API, and every error as one line.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Optional

from ..core.model import PsdiffError
from ..core.shell_words import shell_word
from ..host.interpreter import in_virtual_environment
from ..template import OLDEST, Release

_TIMEOUT = 60  # seconds
# "<urllib3.connection.HTTPConnection object at 0x7f49…>: Failed …", and as later versions say it.
_WHO = re.compile(r"^(?:<[^<>]*>|HTTPS?Connection\([^()]*\)): ")


class FrontendError(PsdiffError):
    """A frontend that cannot be reached, or that refuses."""


class Login(NamedTuple):
    """Who we are to the frontend: an API token, or a user and a password."""

    token: str = ""
    user: str = ""
    password: str = ""


def login(token_file: Optional[str], user: Optional[str]) -> Login:
    """A token from a file, or a password from the terminal or from standard input.

    Raises FrontendError if the file cannot be read, or, before anybody is asked, if pyzabbix is
    not installed.
    """
    _require_pyzabbix()
    if token_file:
        try:
            return Login(token=Path(token_file).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise FrontendError(f"cannot read the token in {token_file}: {error}") from error
    if sys.stdin.isatty():
        return Login(user=user or "", password=getpass.getpass(f"Password of {user}: "))
    return Login(user=user or "", password=sys.stdin.readline().rstrip("\n"))


def _require_pyzabbix() -> None:
    """Raise FrontendError unless it can be imported.  One before 1.3 has no ``pyzabbix.api``."""
    try:
        importlib.import_module("pyzabbix.api")
    except ImportError as error:
        raise FrontendError(f"no pyzabbix 1.3 or newer here; {_installing()}") from error


def _installing() -> str:
    """psdiff-zbx itself is in no package index, pyzabbix is.  Outside an environment pip may not
    write (PEP 668)."""
    if not in_virtual_environment():
        modules = shell_word(str(Path(__file__).parents[2]))
        return (
            "Debian 13 has it as python3-pyzabbix; elsewhere 'python3 -m venv ~/pyzabbix && "
            """~/pyzabbix/bin/pip install "pyzabbix>=1.3"' installs it, and then """
            f"'PYTHONPATH={modules} ~/pyzabbix/bin/python -m psdiff_zbx' is psdiff-zbx with it"
        )
    pip = shell_word(f"{sys.prefix}/bin/pip")
    return f"""'{pip} install "pyzabbix>=1.3"' installs it"""


@contextlib.contextmanager
def session(url: str, who: Login) -> Iterator[Any]:
    """A logged-in API.  A token needs no logout.

    Raises FrontendError for all errors of the connection and of the API, also inside the ``with``
    block, and for a server that is too old.
    """
    _require_pyzabbix()
    from pyzabbix.api import ZabbixAPI

    with _clear_errors(url):
        api = ZabbixAPI(url, timeout=_TIMEOUT)
        if who.token:
            api.login(api_token=who.token)
        else:
            api.login(who.user, who.password)
        try:
            _check(api, who)
            yield api
        finally:
            if not who.token:
                api.user.logout()


def _check(api: Any, who: Login) -> None:
    server = release(api)
    if server < OLDEST:
        raise FrontendError(f"Zabbix {server} is too old: psdiff-zbx needs {OLDEST} or later")
    if who.token:
        api.user.get(output=["userid"], limit=1)  # a wrong token shows only when it is used


def release(api: Any) -> Release:
    """The release of a logged-in API's server."""
    return Release(api.version.major, api.version.minor)


@contextlib.contextmanager
def _clear_errors(url: str) -> Iterator[None]:
    """Turn errors of the connection and of the API into a FrontendError of one line."""
    import requests
    from packaging.version import InvalidVersion
    from pyzabbix.api import ZabbixAPIException

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise FrontendError(
            f"{url}: no secure connection ({_cause(error)}); a certificate of your own authority "
            "is trusted when REQUESTS_CA_BUNDLE names that authority's file"
        ) from error
    except requests.exceptions.ConnectionError as error:
        raise FrontendError(f"{url}: no connection ({_cause(error)})") from error
    except (requests.exceptions.RequestException, json.JSONDecodeError, InvalidVersion) as error:
        raise FrontendError(f"{url} is no Zabbix frontend: {error}") from error
    except ZabbixAPIException as error:
        if isinstance(error.__cause__, ValueError):  # its text is the whole page
            raise FrontendError(f"{url} is no Zabbix frontend: no JSON, but a page") from error
        raise FrontendError(f"{url}: {_refusal(error)}") from error


def _cause(error: BaseException) -> str:
    """The innermost reason of an error of requests, which wraps it several times."""
    while error.args and isinstance(error.args[0], BaseException):
        error = error.args[0]
    reason = getattr(error, "reason", None)
    return _cause(reason) if isinstance(reason, BaseException) else _WHO.sub("", str(error))


def _refusal(error: Any) -> str:
    """``Login name or password is incorrect.`` of the API's
    ``Error -32500: Application error., Login name or password is incorrect.``"""
    found = getattr(error, "error", None) or {}
    return str(found.get("data") or found.get("message") or error).strip()
