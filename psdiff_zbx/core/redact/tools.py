"""Tools that take a secret in an option whose name does not say so, or at a fixed place.

In: a command line as one text.  Out: the same text, with ``********`` for these secrets.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Iterator, Mapping, NamedTuple, Optional, Tuple

from .patterns import (
    HIDDEN,
    QUOTE,
    SHOWN,
    WHOLE,
    value,
)

Samples = Tuple[str, ...]
LOGIN = "login( (?!-p)-*WORD){0,9} -p ?SECRET"
# Programs, and where SECRET is in their arguments.  A blank separates two arguments, WORD is one
# argument, USER is text without ``:``, ``%`` and ``,``; the rest is a regular expression.
TOOLS: Mapping[str, Samples] = {
    "mysqlsh|mysqlrouter": ("-pSECRET", "USER:SECRET@"),
    "mysql*|mariadb*|mariabackup|xtrabackup|innobackupex|mytop": ("-pSECRET",),
    "sshpass|mydumper|myloader|mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport"
    "|mongostat|mongotop|mongofiles|fs_cli|rabbitmqadmin|rdesktop|ncftp|ncftpget|ncftpput"
    "|openfortivpn|useradd|usermod|check_mysql|check_pgsql|fence_*": ("-p ?SECRET",),
    "docker|podman|nerdctl|skopeo|helm|az|cf": (LOGIN,),
    "sqlcmd|bcp|tsql|osql|isql|fisql|check_ldap": ("-P ?SECRET",),
    "mosquitto_pub|mosquitto_sub|mosquitto_rr": ("-P ?SECRET", "--pw SECRET"),
    "zip|unzip|zipcloak": ("-[a-z0-9]*P ?SECRET",),
    "7z|7za|7zr|7zz|rar|unrar": ("-h?pSECRET",),
    "curl": (
        "(-[a-zA-Z]*?u ?|-U ?|--(proxy-)?user( |=))USER:SECRET",
        r"(-b ?|--cookie( |=))[\w.-]+=SECRET",
    ),
    "curlftpfs": ("user=USER:SECRET",),
    "etcdctl": ("--user( |=)USER:SECRET",),
    "http|https|ab|siege|transmission-remote": ("(-[aAn] ?|--auth( |=))USER:SECRET",),
    "lftp": ("-u ?USER,SECRET",),
    "smbclient|smbget|smbcacls|smbcquotas|smbtree|rpcclient|winexe|wmic|net": (
        "(-U ?|--user( |=))USER%SECRET",
    ),
    "xfreerdp|xfreerdp3|wlfreerdp|wlfreerdp3|sdl-freerdp|sdl-freerdp3": ("/(g?p|pth):SECRET",),
    "redis-cli|redis-benchmark|valkey-cli|valkey-benchmark|keydb-cli": ("-a SECRET",),
    "ldapsearch|ldapmodify|ldapadd|ldapdelete|ldapmodrdn|ldapcompare|ldapwhoami|ldapexop": (
        "-[a-zA-Z]*?w ?SECRET",
    ),
    "ldappasswd": ("-[a-zA-Z]*?w ?SECRET", "-[as] ?SECRET"),
    "sqlplus|sqlldr|exp|imp|expdp|impdp": (
        r"(userid=)?[\w$#]+/SECRET@",
        r"(userid=)?[\w$#]+/SECRET",
    ),
    "rman": (
        r"(target|catalog|auxiliary) [\w$#]+/SECRET@",
        r"(target|catalog|auxiliary) [\w$#]+/SECRET",
    ),
    "db2": ("using SECRET",),
    "snmpget|snmpgetnext|snmpwalk|snmpbulkget|snmpbulkwalk|snmpset|snmptable|snmptrap|snmpinform"
    "|snmpdf|snmpstatus|snmpdelta|snmpusm": ("-[cAX] ?SECRET",),
    "check_snmp": ("-[CAX] ?SECRET",),
    "ipmitool": ("-[Pky] ?SECRET", r"password (\d+ )?SECRET"),
    "ipmipower|ipmiconsole|ipmi-chassis|ipmi-dcmi|ipmi-fru|ipmi-sel|ipmi-sensors|bmc-info": (
        "-[pk] ?SECRET",
    ),
    "openssl": ("-[kK] SECRET",),
    "ssh-keygen": ("-[NP] ?SECRET",),
    "nsupdate|dig": (r"-y ?(USER:)?USER:(?!\S*:)SECRET",),
    "ss-local|ss-server|ss-redir|ss-tunnel|sslocal|ssserver": ("-k ?SECRET",),
    "nmcli|wpa_cli|pppd": (r"[\w.-]*(password|psk) SECRET",),
    "wpa_passphrase": (r"\A WORD SECRET",),
    "htpasswd": (
        r"-(?=\w*b)\w*n\w* (-\w+ ){0,3}WORD SECRET",
        r"-(?!\w*n)\w*b\w* (-\w+ ){0,3}WORD WORD SECRET",
    ),
    "rabbitmqctl": ("(add_user|change_password|authenticate_user) WORD SECRET",),
    "mc": ("(alias set|config host add) WORD WORD WORD SECRET",),
    "aws": ("(aws_secret_access_key|aws_session_token) SECRET",),
    "kubectl|oc": (r"--from-literal( |=)[\w.-]+=SECRET", LOGIN),
    "vault": (r"login (?![\w-]+=)SECRET",),
    "sendemail|swaks": ("-[ax]p SECRET",),
    "qemu-*|kvm": (r"-object secret,([^\s]*,)?data=SECRET",),
    "ssh|scp|sftp|rsync": (),  # started by sshpass: their -p is not a password
}


class _Reading(NamedTuple):
    """How to split a text into words of ``char``, with a ``blank`` between them."""

    blank: str
    char: str
    quote: str
    secret: str
    program: str  # a program's name, or the end of its arguments


# First as arguments, which may hold blanks; then as words, in scripts and process titles.
_READINGS = (
    _Reading(
        blank=r"\x1f",
        char=r"[^\x1f]",
        quote="",
        secret=f"{WHOLE}+",
        program=r"(?<![^\x1f])(?<!--name\x1f)(?:[|;&]+|(?:[^\x1f]*/)?([^\x1f/]+))(?![^\x1f])",
    ),
    _Reading(
        blank=r"\s+",
        char=r"\S",
        quote=QUOTE,
        secret=value(),
        # A line of a baseline is escaped: "\n" stands for a line end.
        program=r"[|;&](?=[\s\\]|\Z)|(?:(?<!\S)|(?<=\\[nt]))(?<!--name[ \x1f])"
        r"(?:(?:(?!\\[nt])[^\s|;&]|[|;&](?!\\))*[/(\"'`|;&{])?([\w.-]+)(?![^\s\\])",
    ),
)
_ROWS = {name: samples for row, samples in TOOLS.items() for name in row.split("|")}
_STEMS = tuple(name.rstrip("*") for name in _ROWS if "*" in name)
_NAMES = frozenset(name for name, samples in _ROWS.items() if samples)
_BORDERS = str.maketrans(dict.fromkeys("/(\"'`|;&{", " "))


def mentioned(text: str) -> bool:
    """Whether one of the tools may be in the text.  It takes about a microsecond."""
    words = text.translate(_BORDERS).split()
    return not _NAMES.isdisjoint(words) or any(map(text.__contains__, _STEMS))


def hide(text: str) -> str:
    """The text with the tools' secrets hidden."""
    for reading in _READINGS:
        text = "".join(_hidden(text, reading))
    return text


def _hidden(text: str, reading: _Reading) -> Iterator[str]:
    start = 0
    samples: Samples = ()
    for mark in re.finditer(reading.program, text):
        found = _samples(mark[1]) if mark[1] else ()
        if found is not None:
            yield _without(text[start : mark.start()], samples, reading)
            yield mark.group()
            start, samples = mark.end(), found
    yield _without(text[start:], samples, reading)


def _samples(name: str) -> Optional[Samples]:
    """The row of a program; None if the table has none."""
    if name in _ROWS:
        return _ROWS[name]
    return next((_ROWS[f"{stem}*"] for stem in _STEMS if name.startswith(stem)), None)


def _without(text: str, samples: Samples, reading: _Reading) -> str:
    for sample in samples:
        text = _pattern(sample, reading).sub(HIDDEN, text)
    return text


@cache
def _pattern(sample: str, reading: _Reading) -> re.Pattern[str]:
    blank, char, quote, secret, _ = reading
    sample = sample.replace("USER", f"(?:(?![:%,]){char})+").replace("WORD", f"(?!-){char}+")
    before, _, after = sample.replace(" ", f"(?:{blank})").partition("SECRET")
    hidden = rf"{SHOWN}{char}+(?={after})" if after else secret
    return re.compile(rf"(?<!{char})(?P<before>{before}{quote}){hidden}")
