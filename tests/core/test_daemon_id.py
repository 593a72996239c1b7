"""Names and ids: the same on every host and every Python."""

from __future__ import annotations

import re
from typing import Tuple

import pytest

from psdiff_zbx.core.daemon_id import daemon_ids, name_of

NAMES = {
    "/usr/sbin/cron -f": "cron",
    "nginx: master process /usr/sbin/nginx": "nginx",
    "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups": "sshd",
    "postgres: 15/main: checkpointer": "postgres",
    "php-fpm: pool www": "php-fpm",
    "/usr/sbin/zabbix_server: poller #1": "zabbix_server",
    "/usr/bin/qemu-system-x86_64 -name guest=web": "qemu-system-x86_64",
    "[lxc monitor] /var/lib/lxc web": "lxc",
    "(sd-pam)": "sd-pam",
    "-bash": "bash",
    "@dbus-daemon --system": "dbus-daemon",
    "[celeryd: web1:MainProcess] -active-": "celeryd",
    "/opt/größe": "größe",
    "/opt/bin/": "bin",
    "/": "process",
    "{a}": "a",
    r"\x1b[31m": "x1b-31m",
    "x" * 70: "x" * 64,
}


@pytest.mark.parametrize(("cmdline", "name"), NAMES.items())
def test_a_daemon_is_named_after_its_program(cmdline: str, name: str) -> None:
    assert name_of(cmdline) == name


# These ids are in Zabbix's item keys: they may never change.
PINNED = {
    ("root", "/usr/sbin/cron -f"): "cron-45c3353f",
    ("www-data", "nginx: worker process"): "nginx-a5f4f5d0",
    ("root", "/opt/größe"): "gr-e-f85f9542",
    ("root", "日本"): "process-b89713f0",
    ("root", "_x"): "x-36a33dbd",
    ("root", "a:b+c@d"): "a-b-c-d-ff9934af",
    ("root", f"/opt/{'x' * 70}"): f"{'x' * 55}-2f930a80",
    ("root", "{user=root}"): "user-root-dd5fd933",
}


@pytest.mark.parametrize(("key", "pinned"), PINNED.items(), ids=str)
def test_an_id_is_the_same_everywhere(key: Tuple[str, str], pinned: str) -> None:
    assert daemon_ids([key])[key] == pinned
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", pinned)


def test_ids_do_not_depend_on_the_other_daemons() -> None:
    assert daemon_ids(PINNED) == PINNED


def test_each_user_and_command_line_has_an_id_of_its_own() -> None:
    keys = [("root", "a b"), ("root", "a c"), ("a", "root b"), ("roota", " b")]
    assert len(set(daemon_ids(keys).values())) == 4


# The digests of both begin with 2f7991d1.
COLLIDING = (("root", "d 605"), ("root", "d 86584"))


def test_of_two_that_agree_in_their_digits_one_has_others() -> None:
    first, second = COLLIDING
    assert daemon_ids([first])[first] == daemon_ids([second])[second] == "d-2f7991d1"
    ids = daemon_ids([second, first])
    assert ids == {first: "d-2f7991d1", second: "d-dd718a07"}
