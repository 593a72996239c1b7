"""A stand-in for a Zabbix frontend: its API, as strict as the release that it plays.

In: a release, and hosts with what they have sent.  Out: a URL to push to and to read a fleet from,
and what was asked.  It refuses what that release refuses: parameters that it does not know, `auth`
in the body, import rules of other releases, and files that its converters break on.

    with StandIn(Release(8, 0), hosts) as frontend:
        push(frontend.url, …)
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from psdiff_zbx.template import Release
from tests.frontend.standin_methods import (
    PARAMETERS,
    SESSION,
    TOKEN,
    Host,
    Methods,
    RefusedError,
    only,
)

# "Removed support for deprecated property auth."
# https://www.zabbix.com/documentation/7.2/en/manual/api/changes
NO_AUTH = Release(7, 2)
# The first to read the Authorization header.
# https://www.zabbix.com/documentation/6.4/en/manual/api
BEARER = Release(6, 4)
_OPEN = ("apiinfo.version", "user.login")


class Asked(NamedTuple):
    """A request: its method, its parameters, and where its secret was, "auth" or "Bearer"."""

    method: str
    params: Any
    secret: str


class StandIn(Methods):
    """Serves from `with` to the end of the block.  `asked` holds all requests."""

    def __init__(self, release: Release, hosts: Sequence[Host] = (), now: int = 0) -> None:
        super().__init__(release, hosts, now)
        self.asked: List[Asked] = []

    def __enter__(self) -> StandIn:
        handler = type("Handler", (_Handler,), {"standin": self})
        self._server = HTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        where: Optional[TracebackType],
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def methods(self) -> List[str]:
        return [each.method for each in self.asked]

    def answer(self, request: Dict[str, Any], authorization: str) -> Dict[str, Any]:
        """The response to one request, given its header of that name."""
        try:
            self._check(request, authorization)
            method, params = request["method"], request["params"]
            found = getattr(self, method.replace(".", "_"))(params)
        except RefusedError as error:
            answer = {"code": error.code, "message": "Invalid params.", "data": error.data}
            return {"jsonrpc": "2.0", "error": answer, "id": request.get("id")}
        return {"jsonrpc": "2.0", "result": found, "id": request["id"]}

    def _check(self, request: Dict[str, Any], authorization: str) -> None:
        names = ["jsonrpc", "method", "params", "id"]
        only([*names, *([] if self.release >= NO_AUTH else ["auth"])], request, -32600)
        method, params = request["method"], request["params"]
        secret = "auth" if "auth" in request else "Bearer" if authorization else ""
        self.asked.append(Asked(method, params, secret))
        if method not in PARAMETERS:
            raise RefusedError(f'Incorrect API "{method}".', -32601)
        only(PARAMETERS[method].split(), params)
        bearer = authorization if self.release >= BEARER else ""
        given = request.get("auth") or bearer.replace("Bearer ", "", 1)
        if method not in _OPEN and given not in (TOKEN.token, SESSION):
            raise RefusedError("Not authorized.", -32500)


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.standin.answer(request, self.headers.get("Authorization", ""))
        body = json.dumps(answer).encode()
        self.send_response(200 if self.path == "/api_jsonrpc.php" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Be quiet."""
