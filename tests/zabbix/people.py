"""Users of a server beside its first one, and the API as each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from pyzabbix.api import ZabbixAPI

from tests.zabbix.server import Server

PASSWORD = "Zq9!kkkkkw"
# Types of roles.
USER, ADMIN, SUPER_ADMIN = "1", "2", "3"
# The groups that every server has.
ADMINISTRATORS, GUESTS = "7", "8"


def create(server: Server, name: str, kind: str, group: str) -> None:
    """A user who has the first role of that kind."""
    roles = server.api.role.get(output=["roleid", "type"])
    role = next(each["roleid"] for each in roles if each["type"] == kind)
    groups = [{"usrgrpid": group}]
    server.api.user.create(username=name, passwd=PASSWORD, roleid=role, usrgrps=groups)


@contextmanager
def api_of(server: Server, name: str) -> Iterator[ZabbixAPI]:
    """The API, logged in as one of them."""
    api = server.log_in(name, PASSWORD)
    with closing(api.session):
        yield api
