"""What secrets look like: their names, the text between name and value, the value.

A command line is searched as one text, its arguments joined by ``SEPARATOR``.  Any user can start
a process with very long arguments, so every pattern takes linear time: it tries a name only from
its first character, and a value only after its name.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Dict, Iterator, List, NamedTuple, Tuple

MASK = "********"
HIDDEN = rf"\g<before>{MASK}"
SEPARATOR = "\x1f"  # the unit separator, which \s matches


def _behind(words: str, last: str) -> str:
    """The pattern of a place behind one of the words and ``last``.  A word that ends with ``-``
    may have ``-``, ``_`` or nothing there.  A lookbehind has one length, so there are many."""
    rows: Dict[int, List[str]] = {}
    for word in words.split():
        name = word.rstrip("-")
        rows.setdefault(len(name), []).append(name)
        if name != word:
            rows.setdefault(len(word), []).append(f"{name}[-_]")
    return "|".join(rf"(?<=(?:{'|'.join(row)}){last})" for row in rows.values())


# Datadog's default words and many more.  A word that is also a part of harmless words counts
# only outside of them: tokenizer, compass, passive, oldpwd.  Each begins with a letter of its
# own, because they are looked for at each character.
_BEFORE = {
    "pass": "admin auth become bind cert db ftp http key ks ldap login mail my pg proxy rcon redis"
    " require root rpc smtp socks sql ssh ssl store sudo tls ts user vnc web wifi",
    "key": "access- account- activation- app- application- auth- crypt- cryption- gossip- licence-"
    " license- master- private- recovery- registration- setup- shared- signing- unseal- wep-",
}
_WORD = (
    r"(?a:(?=[abcjkpst])(?:pass(?:wor[dt](?!less)|wd|phrase|code"
    rf"|(?![a-z])(?:(?<![a-z]pass)|{_behind(_BEFORE['pass'], 'pass')}))"
    r"|p(?:wd(?![a-z])(?<!oldpwd)|w(?![a-z])(?<![a-z]pw)|sk(?![a-z])(?<![a-z]psk))"
    r"|secret|credential|jwt(?![a-z])(?<![a-z]jwt)|bearer(?<=oauth2-bearer)"
    r"|cookie(?:(?<=setcookie)|(?<=erlang[-_]cookie))"
    rf"|token(?:(?![a-z])|(?<=stripetoken)|{_behind('access- api- auth-', 'token')})"
    rf"|key(?:{_behind('api-', 'key')}|(?:{_behind(_BEFORE['key'], 'key')})s?(?![a-z]))"
    rf"|auth(?:(?<=masterauth)|(?![a-z])(?:{_behind('basic- http- proxy- rediscli-', 'auth')}))))"
)
# One of these is in each of the words.
_NAMES = ("pass", "pw", "psk", "secret", "cred", "token", "key", "auth", "jwt", "bearer", "cookie")
_ANY_WORD = r"(?:pass(?:wor[dt]|wd|phrase|code)?|pwd?|psk|secret|credential|token|key|auth)"
# Names that say whether there is a secret: --no-password, --ask-pass, max_tokens.
_WHETHER = (
    r"(?:no|without|with|ask|skip|show|list|print|prompt|enable|disable|allow|generate|hide"
    r"|ignore|max|min|num)[-_]"
)
# Names that say where a secret is, or describe it: --password-file, --secretspath, --token-ttl.
_ABOUT = (
    r"file|path|dir|directory|folder|command|cmd|eval|prompt|stdin|fd|env|var|name|user|username"
    r"|header|url|uri|endpoint|host|port|addr|address|ttl|timeout|expir(?:y|es|ation)|lifetime"
    r"|duration|interval|age|days|length|len|size|count|limit|type|mode|method|policy|format"
    r"|algorithm|encryption|authentication|provider|plugin|store|backend|manager|service|helper"
    r"|field|issuer|audience|identity|version|cache|label|agent|realm|through|thru|cert-hash"
)
# A line of a baseline is escaped: in "\nPASSWORD=x" the n is not part of the name.
_HARMLESS = (
    rf"(?:(?<=\\)[nt])?-*{_WHETHER}|[\w.-]*(?:(?:[-_.]|{_ANY_WORD}s?)(?:{_ABOUT})s?"
    r"|(?:key|credentials?)[-_]?id|password-secret)(?![\w.-])"
)
_NAMED = rf"(?=[\w.-]*?{_WORD})(?!{_HARMLESS})[\w.-]+"
_START = r"(?:(?<![\w./-])|(?<=\s/))(?:(?<=\\)[nt])?"  # "/password:x", but not "/etc/passwd:x"
QUOTE = r"(?:\\*[\"'])?"
_BLANK = r"[^\S\n\r]"  # on the same line
_BETWEEN = (
    rf"(?:\\*[\"'])?\]?(?:{_BLANK}*(?:=>|:=|:(?![:=])){_BLANK}*|{_BLANK}+=+(?![=>]){_BLANK}*"
    rf"|=+(?![=>])){QUOTE}"
)

# Values that are not secrets: switches, and the places of secrets.
_SWITCH = r"true|false|yes|no|on|off|none|null|never|always|auto|prompt|ask|stdin|[0-9]"
_PLACE = (
    r"@?(?:(?:env|file|fd)(?:[:\s\\]|\Z)|[.~]{1,2}/"
    r"|/(?:dev|etc|home|mnt|opt|proc|root|run|srv|tmp|usr|var)/)"
)
_NO_SECRET = rf"(?!{_PLACE}|(?<=:)/[a-z/]|(?:{_SWITCH})(?![^\s\"',;&}}\])\\]))"
_NO_SECRET_WHOLE = rf"(?!{_PLACE}|(?<=:)/[a-z/]|(?:{_SWITCH})(?![^\x1f]))"
SHOWN = r"(?!\*{8})"
_NO_OPTION = r"(?!(?<=\s)-)"
WHOLE = rf"{_NO_OPTION}{SHOWN}[^\x1f]"


def value(plain: str = r"[^\s\"']+") -> str:
    """The pattern of a value within a text: up to its closing quote, or, without quotes,
    ``plain``."""
    escaped = r"\\(?:[nt]|x\w\w|u\w{4})"  # an escaped line end is not a value
    return (
        rf"{_NO_OPTION}{SHOWN}(?!{escaped})"
        r"(?:(?<=\\[\"'])[^\"'\\\x1f]+|(?<=[^\\]\")(?:\\[^\x1f]|[^\"\x1f])+"
        rf"|(?<=[^\\]')[^'\x1f]+|(?<=[\"'])(?=\x1f|\Z)|(?<![\"'])(?!\\*[\"']){plain})"
    )


# A value that ends at the next pair: a=x,b=y, a=x;b=y, a=x&b=y.
_PART = value(r"(?:[^\s\"',;&]|[,;&](?=[^\s\"',;&])(?![\w.-]*[=:]))+")
_NO_PAIR = r"[^\s\"',;&]+"

_SCHEME = r"(?:apikey|basic|bearer|digest|negotiate|splunk|token)\s+"
_ANY_SCHEME = r"(?:[\w-]+ +(?! )|(?![\w-]+ ))"
_SCHEME_IN_TEXT = rf"(?:{_SCHEME}|(?!{_SCHEME}|[\w-]+\s+\*{{8}}))"
_HEADER = r"(?<=\x1f)(?P<before>(?:-H|--header=)?"
_ISSUED = (  # tokens of GitHub, GitLab, Slack, Vault, Stripe, JWT
    r"(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|hvs\.|[rs]k_live_|eyJ[\w-]{9,}\.[\w-]+\.)"
)
_IN_SQL = r"(?:password|identified(?:\s+with\s+\w+)?\s+by)"
_ISSUED_STEMS = (
    *("gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox", "hvs."),
    *("k_live_", "eyj"),
)
# "-encrypt KEY" of 16 bytes or more, but neither "encrypt=true" nor "--encrypt backup.tar"
_KEY = (
    r"(?=[\w+/-]{22,}=|[0-9a-f]{32}"
    r"|(?-i:(?=[\w+/-]*\d)(?=[a-z\d+/_-]*[A-Z])(?=[A-Z\d+/_-]*[a-z])))"
    r"[\w+/-]{22,}={0,2}(?![^\s\"',;}\])\\])"
)
_ENCRYPT = rf"{_START}(?:-+encrypt\s+{QUOTE}|-*encrypt{_BETWEEN})"
# Options that take USER:SECRET of any program: splunk -auth admin:changeme
_LOGIN = r"(?<![^\s\"'=])(?:--?(?:[\w-]+-)?(?:auth|creds?)|(?:--?)?[\w.-]*basic-?auth\.users)"
_LOGIN_USER = r"(?![\d.]+:\d|\\[nt])[^\s:/@,=\"']+:"
_PROXY = rf"{_START}(?=[\w-]*(?:proxy|socks))[\w-]+(?:=|\s+){QUOTE}[^\s:/@=\"']+:"
_SIGNATURE = r"(?:[?&;]|sharedaccesssignature\s+)(?:x-(?:amz|goog)-)?sig(?:nature)?="
_USER = r"(?:(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s/:@\"]*:|:thin:[^\s/:@\"]*/)"
# Stems and a pattern: the pattern can match only a text with one of the stems.
_UNNAMED: Tuple[Tuple[Tuple[str, ...], str], ...] = (
    (("cookie",), rf"{_HEADER}cookie: *(?! )){WHOLE}+"),
    (
        ("authorization",),
        rf"{_HEADER}(?:proxy-)?authorization: *(?! ){_ANY_SCHEME}){WHOLE}+",
    ),
    (("cookie",), rf"(?P<before>(?<![\w-])cookie{_BETWEEN}){_PART}"),
    (
        ("authorization",),
        rf"(?P<before>(?<![\w-])(?:proxy-)?authorization{_BETWEEN}{_SCHEME_IN_TEXT}){_PART}",
    ),
    (
        ("bearer",),
        rf"(?P<before>(?<![\w.-])bearer\s+)(?=[\w.~+/=-]*\d){SHOWN}(?!-)[\w.~+/=-]{{6,}}",
    ),
    # ALTER USER me PASSWORD 'x'; CREATE USER me IDENTIFIED BY 'x'
    (
        ("password", "identified"),
        rf"(?P<before>(?<![\w.-]){_IN_SQL}\s+\\*[\"']){value()}",
    ),
    (
        ("auth", "cred"),
        rf"(?<=\x1f)(?P<before>{_LOGIN}(?:=|\x1f){_LOGIN_USER}){_NO_SECRET_WHOLE}{WHOLE}+",
    ),
    (
        ("auth", "cred"),
        rf"(?P<before>{_LOGIN}(?:=|\s+){QUOTE}{_LOGIN_USER}){_NO_SECRET}{value()}",
    ),
    (("encrypt",), rf"(?P<before>{_ENCRYPT})(?!{_PLACE}){_KEY}"),
    # ?sv=2022-11-02&sig=x, ?X-Amz-Signature=x
    (("sig",), rf"(?P<before>{_SIGNATURE}){value(_NO_PAIR)}"),
    (("proxy", "socks"), rf"(?P<before>{_PROXY}){SHOWN}[^\s/\"']{{1,999}}(?=@)"),
    (_ISSUED_STEMS, rf"(?P<before>(?<![\w.-])){_ISSUED}[\w.-]{{10,}}"),
    # me:x@tcp(host:3306)/, me:x@(host)/: Go's MySQL
    (
        ("@",),
        rf"(?P<before>(?<![^\s\"])'?(?:[\w.-]+=)?[\w.-]+:){SHOWN}[^\s\"]+(?=@\w*\()",
    ),
    # scheme://me:x@host, jdbc:oracle:thin:me/x@host
    (("@",), rf"(?P<before>{_USER}){SHOWN}[^\s/\"]+(?=@)"),
)
# A text with none of these has no secret, except one before an @.
_STEMS = (*_NAMES, "encrypt", "identified", "sig", *_ISSUED_STEMS)
_BEFORE_AT = ("://", ":thin:", "(", "proxy", "socks")


class _Pattern(NamedTuple):
    """A pattern that finds a secret.  It can match only a text with one of the ``stems``.  It is
    compiled only for such a text, because compiling all patterns takes longer than reading a
    host's processes."""

    stems: Tuple[str, ...]
    pattern: str

    def hide(self, text: str) -> str:
        there = any(map(text.lower().__contains__, self.stems))
        return _compiled(self.pattern).sub(HIDDEN, text) if there else text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


class Finder(NamedTuple):
    """Finds secrets.  Only a text with one of the ``stems``, or with an @, can have one; then all
    ``patterns`` are tried."""

    stems: Tuple[str, ...]
    patterns: Tuple[_Pattern, ...]

    def mentioned(self, text: str) -> bool:
        """Whether there may be a secret in the text.  It takes about a microsecond."""
        within = text.lower().__contains__
        return any(map(within, self.stems)) or (within("@") and any(map(within, _BEFORE_AT)))

    def hide(self, text: str) -> str:
        """The text with its secrets hidden."""
        for pattern in self.patterns:
            text = pattern.hide(text)
        return text


@cache
def finder(words: Tuple[str, ...] = ()) -> Finder:
    """The Finder of all known secrets, and of values named by one of ``words``, even if these
    would be harmless otherwise."""
    patterns = [_Pattern(_NAMES, row) for row in _named(_NAMED, _NO_SECRET, _NO_SECRET_WHOLE)]
    stems = [max(word.lower().split("*"), key=len).strip("-") for word in words]
    for word, stem in zip(words, stems):
        rows = _named(rf"-*(?!-){_glob(word.lstrip('-'))}(?![\w.-])")
        patterns += [_Pattern((stem,), row) for row in rows]
    patterns += [_Pattern(*row) for row in _UNNAMED]
    return Finder((*_STEMS, *stems), tuple(patterns))


def _named(name: str, unless: str = "", unless_whole: str = "") -> Iterator[str]:
    """Patterns of values named by ``name``.  Whole arguments come first, because they may hold
    blanks; but a script (``sh -c``) is more than one value."""
    no_script = r"(?<!-c\x1f)(?<!-ec\x1f)(?<!-lc\x1f)"
    sign = r"(?:=+(?![=>])|:(?![:=]) *(?! ))"
    option = rf"(?:(?=-)|\+(?=\w)){name}"
    yield rf"(?<=\x1f)(?P<before>{option}\x1f){unless_whole}{WHOLE}*"
    yield rf"(?<=\x1f){no_script}(?P<before>/?{name}{sign}){unless_whole}{WHOLE}+"
    yield rf"(?P<before>{_START}{name}{_BETWEEN}){unless}{_PART}"
    after = rf"(?:\s+{QUOTE}|\\*[\"'],\s*\\*[\"'])(?!-)"
    yield rf"(?P<before>(?<![^\s\"'\[({{=]){option}{after}){unless}{value()}"


def _glob(word: str) -> str:
    """The regular expression of a glob.  It never backtracks, because ``*a*a*a`` would then take
    forever."""
    first, *others = (re.escape(part) for part in re.sub(r"\*+", "*", word).split("*"))
    pattern: List[str] = [first]
    for number, part in enumerate(others[:-1]):
        pattern.append(rf"(?=(?P<part{number}>[\w.-]*?{part}))(?P=part{number})")
    return "".join([*pattern, *(rf"[\w.-]*{part}" for part in others[-1:])])
