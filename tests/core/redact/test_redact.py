"""Secrets out of command lines, and nothing else."""

from __future__ import annotations

import re
import time
from typing import Dict, List, Tuple

import pytest

from psdiff_zbx.core.redact import (
    MASK,
    MODES,
    check_word,
    redact,
)
from tests.sampling import EACH

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


# The words that Datadog's agent hides by default, as names.
USUAL = [
    *("password", "db_password", "passwd", "mysql_pwd", "access_token", "auth_token", "api_key"),
    *("apikey", "my-apikeys", "secret", "client-secrets", "credentials", "stripetoken"),
]


@pytest.mark.parametrize("name", USUAL)
def test_the_usual_words_are_known(name: str) -> None:
    shown = (
        "app",
        f"--{name}",
        MASK,
        f"-{name}={MASK}",
        f"{name.upper()}={MASK}",
        f"{name}:{MASK}",
    )
    assert redact([part.replace(MASK, "hunter2") for part in shown], "secrets") == shown


WORDS: Dict[str, Tuple[str, str, str]] = {
    "name": ("ticket", "app|--ticket|x|-ticket=x|TICKET: x", "--ticket|*|-ticket=*|TICKET: *"),
    "whole-name": ("ticket", "app|--tickets|x|--my-ticket|x", "--tickets|x|--my-ticket|x"),
    "beginning": ("kennwort*", "app|--kennwort2=x|--nkennwort=x", "--kennwort2=*|--nkennwort=x"),
    "end": ("*ticket", "app|--my-ticket=x|--tickets=x", "--my-ticket=*|--tickets=x"),
    "anywhere": ("*ick*", "app|-Dmy.ticket=x|--tic=x", "-Dmy.ticket=*|--tic=x"),
    "in-the-middle": ("t*t", "app|--ticket=x|--tt=x|--tic=x", "--ticket=*|--tt=*|--tic=x"),
    "with-dashes": ("--my-ticket", "app|--my-ticket=x", "--my-ticket=*"),
    "harmless-name": ("password-file", "app|--password-file=/etc/x", "--password-file=*"),
    "harmless-value": ("ticket", "app|--ticket|/etc/x|--ticket=no", "--ticket|*|--ticket=*"),
    "in-a-title": ("ticket", "app --ticket x ticket=y", " --ticket * ticket=*"),
    "followed-by-an-option": ("ticket", "app|--ticket|-v", "--ticket|-v"),
    "positional": ("ticket", "app|ticket|x", "ticket|x"),
}


@pytest.mark.parametrize(("word", "cmdline", "left"), WORDS.values(), ids=WORDS)
def test_own_words_name_secrets_too(word: str, cmdline: str, left: str) -> None:
    check_word(word)
    shown = cmdline[:3] + ("" if left.startswith(" ") else "|") + left.replace("*", MASK)
    assert redact(split(cmdline), "secrets", ("other", word)) == split(shown)
    assert redact(split(cmdline), "off", (word,)) == split(cmdline)


REFUSED = {
    "nothing": ("", "'' is no word: only letters, digits, _, - and * make one"),
    "blank": ("my ticket", "'my ticket' is no word: only letters"),
    "regex": ("tick(et)+", "is no word"),
    "line-end": ("ticket\n", "is no word"),
    "other-alphabet": ("kennwört", "is no word"),
    "all": ("*", "'*' would hide everything: a word needs a letter or a digit"),
    "dashes": ("--", "would hide everything"),
}


@pytest.mark.parametrize(("word", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_word_is_refused(word: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)) as caught:
        check_word(word)
    assert "\n" not in str(caught.value)


# Hostile arguments are the beginnings of something, again and again.
ENDLESS = [
    *(
        "a",
        "-",
        "=",
        ":",
        "\\",
        '"',
        "'",
        "/",
        "@",
        " ",
        "\n",
        "\x1f",
        "*",
        ",",
        ",a",
        "|",
        "; ",
        "é",
    ),
    *("password", "password=", "--password ", "password:  ", 'password=\\"', "pass\\n", "no-"),
    *(
        "://",
        "a://b:",
        "a://b:c@",
        "x:u@tcp",
        "u:p@(",
        "identified by ",
        "PASSWORD '",
        "bearer a1 ",
    ),
    *("Authorization: Basic ", "Cookie: ", "eyJaaaaaaaaaa.", "ghp_", "********", "\udcff", "t"),
    *("mysql -p ", "/mysql", '"mysql', "sshpass -p ", "curl -u a", "htpasswd -b -b a ", "a/b@"),
    *("docker login -x ", "dig -y a:", "qemu-kvm -object secret,a,", "wpa_passphrase "),
    *("runsvdir ", "log: ", "echo a", "| sudo -", "-auth a", "basicauth.users", "proxy", "proxy="),
    *("encrypt=", "-encrypt a1B", "check_http -a a", "rtmp://youtube", "radtest ", "p=", "?sig="),
]


@pytest.mark.parametrize("piece", ENDLESS[::EACH])
def test_no_argument_takes_for_ever(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    begin = time.process_time()
    for cmdline in [
        (f"mysql {text}",),
        ("curl", "-u", text, f"--password={text}", f"password{text}@"),
    ]:
        assert len(redact(cmdline, "secrets", ("*t*t*t*",))) == len(cmdline)
    assert time.process_time() - begin < 8  # it takes less than one; a minute, if not linear


# A program, and an argument: its beginning, what it has many of, its end.
LINEAR = {
    "letters-without-a-user": ("curl", "-", "u", ""),
    "letters-before-a-user": ("curl", "-", "u", ":x"),
    "letters-that-are-no-user": ("curl", "-", "u", "%:x"),
    "letters-before-a-name": ("htpasswd", "-", "b", ""),
    "letters-without-a-name": ("htpasswd", "-", "nb", ""),
    "signs-without-a-user": ("app", "--proxy", "=", ""),
}


def seconds(cmdline: Tuple[str, ...]) -> float:
    """The CPU time that ``redact`` takes: not what others on the machine take."""
    times: List[float] = []
    for _ in range(3):
        begin = time.process_time()
        redact(cmdline, "secrets")
        times.append(time.process_time() - begin)
    return min(times)


@pytest.mark.parametrize("row", LINEAR.values(), ids=LINEAR)
def test_an_argument_four_times_as_long_takes_four_times_as_long(
    row: Tuple[str, str, str, str],
) -> None:
    program, begin, many, end = row
    short, long = ((program, begin + many * number + end) for number in (8_000, 32_000))
    assert seconds(long) < 12 * max(seconds(short), 0.005)


def test_there_may_be_many_arguments() -> None:
    many = ("mysql", "-px", "--password", "x", "") * 10_000
    assert redact(many, "secrets") == ("mysql", f"-p{MASK}", "--password", MASK, "") * 10_000
    assert redact(("",) * 50_000, "secrets") == ("",) * 50_000


LONG = {
    "without-a-secret": ("a" * 100_000, "a" * 100_000),
    "that-begins-like-one": ("password" + "a" * 100_000, "password" + "a" * 100_000),
    "of-many": ("secret" * 16_000, "secret" * 16_000),
    "with-a-secret": (f"{'a' * 100_000}_password=x", f"{'a' * 100_000}_password=********"),
}


@pytest.mark.parametrize(("argument", "hidden"), LONG.values(), ids=LONG)
def test_an_argument_may_be_long(argument: str, hidden: str) -> None:
    assert redact(("app", argument, "://"), "secrets") == ("app", hidden, "://")
