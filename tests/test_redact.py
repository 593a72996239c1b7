"""Secrets out of command lines, and nothing else."""

from __future__ import annotations

from typing import Tuple

import pytest

from psdiff_zbx.redact import MODES, redact

# ``redact`` gets a list of arguments; here they stand between bars.
HIDDEN = {
    "equals": ("app|--password=hunter2", "app|--password=********"),
    "next-argument": ("app|--password|hunter2|-v", "app|--password|********|-v"),
    "one-dash": ("app|-password|hunter2", "app|-password|********"),
    "environment": ("env|PGPASSWORD=x|psql", "env|PGPASSWORD=********|psql"),
    "environment-part": ("env|DB_PASS=x", "env|DB_PASS=********"),
    "any-case": ("app|--API-Key=x", "app|--API-Key=********"),
    "token": ("app|--auth-token=x", "app|--auth-token=********"),
    "secret": ("app|--client-secret|x", "app|--client-secret|********"),
    "java-property": ("java|-Ddb.password=x", "java|-Ddb.password=********"),
    "among-pairs": ("qemu|user=a,password=b,port=1", "qemu|user=a,password=********,port=1"),
    "pair-in-a-pair": ("app|--opt=password=x", "app|--opt=password=********"),
    "pair-after-a-word": ("app|note: password=x", "app|note: password=********"),
    "json": ('app|{"password": "x"}', 'app|{"password": "********"}'),
    "json-with-blanks": (
        'app|{"password": "correct horse", "port": 1}',
        'app|{"password": "********", "port": 1}',
    ),
    "url": ("app|postgres://me:pw@db/x", "app|postgres://me:********@db/x"),
    "url-without-user": ("app|redis://:pw@db", "app|redis://:********@db"),
    "url-with-at-sign": ("app|postgres://me:p@w@db/x", "app|postgres://me:********@db/x"),
    "bearer": (
        "curl|-H|Authorization: Bearer abcdef.123",
        "curl|-H|Authorization: Bearer ********",
    ),
    "mysql": ("/usr/bin/mysql|-uroot|-phunter2", "/usr/bin/mysql|-uroot|-p********"),
    "mysqldump": ("mysqldump|-phunter2", "mysqldump|-p********"),
    "mariadb": ("mariadb-dump|-phunter2", "mariadb-dump|-p********"),
    "title": ("app --password hunter2 -v", "app --password ******** -v"),
    "title-with-header": (
        "curl -H Authorization: Bearer abcdef.123",
        "curl -H Authorization: Bearer ********",
    ),
    "title-with-blanks-around": ("app password = hunter2", "app password = ********"),
    "shell-script": ("sh|-c|app --password hunter2 -v", "sh|-c|app --password ******** -v"),
    "with-blanks": ("app|--password=correct horse", "app|--password=********"),
    "with-comma": ("app|--password=a,b", "app|--password=********"),
    "with-semicolon": ("app|--password=a;b", "app|--password=********"),
    "with-ampersand": ("env|DB_PASS=a&b|app", "env|DB_PASS=********|app"),
}
SHOWN = [
    "app|-v",
    "app|--password|-v",
    "app|--password-file=/etc/pw",
    "app|--password-file|/etc/pw",
    "app|--no-password|db",
    "app|--ask-pass|db",
    "app|--passive|x",
    "app|--tokenizer=x",
    "ssh|-p|22",
    "nmap|-p22",
    "/usr/sbin/mysqld|--user=mysql",
    "mysql|-p",
    "app|https://example.org:8080/a@b",
    "app|http://me@host/",
    "app|--pass",
    "passwd",
    "",
    "systemd-ask-password-agent",
]


def split(text: str) -> Tuple[str, ...]:
    return tuple(text.split("|"))


@pytest.mark.parametrize(("cmdline", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_a_secret_is_hidden(cmdline: str, hidden: str) -> None:
    assert "|".join(redact(split(cmdline), "secrets")) == hidden


@pytest.mark.parametrize(("cmdline", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_stays_as_it_is(cmdline: str, hidden: str) -> None:
    assert redact(split(hidden), "secrets") == split(hidden)
    assert redact(split(cmdline), "off") == split(cmdline)


@pytest.mark.parametrize("cmdline", SHOWN)
def test_no_secret_is_hidden(cmdline: str) -> None:
    assert redact(split(cmdline), "secrets") == split(cmdline)


ARGUMENTS = {
    "arguments": ("app|-v|x", "app"),
    "title": ("nginx: master process", "nginx:"),
    "program": ("app", "app"),
}


@pytest.mark.parametrize(("cmdline", "program"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_only_the_program_is_kept(cmdline: str, program: str) -> None:
    assert redact(split(cmdline), "arguments") == (program,)


@pytest.mark.parametrize("mode", MODES)
def test_no_arguments_are_no_arguments(mode: str) -> None:
    assert redact((), mode) == ()


LONG = {
    "without-a-secret": ("a" * 100_000, "a" * 100_000),
    "that-begins-like-one": ("password" + "a" * 100_000, "password" + "a" * 100_000),
    "of-many": ("secret" * 16_000, "secret" * 16_000),
    "with-a-secret": (f"{'a' * 100_000}_password=x", f"{'a' * 100_000}_password=********"),
}


@pytest.mark.parametrize(("argument", "hidden"), LONG.values(), ids=LONG)
def test_an_argument_may_be_long(argument: str, hidden: str) -> None:
    assert redact(("app", argument, "://"), "secrets") == ("app", hidden, "://")
