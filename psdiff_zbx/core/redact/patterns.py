"""What secrets look like: a name, the text between name and value, the value.

A command line is searched as one text, its arguments joined by ``SEPARATOR``.  Any user can start
a process with very long arguments, so every pattern takes linear time: it tries a name only from
its first character, and a value only after its name.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Iterator, List, NamedTuple, Tuple

from .names import NAMED, NAMES, START, WORD

MASK = "********"
HIDDEN = rf"\g<before>{MASK}"
SEPARATOR = "\x1f"  # the unit separator, which \s matches


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
_ENCRYPT = rf"{START}(?:-+encrypt\s+{QUOTE}|-*encrypt{_BETWEEN})"
# Options that take USER:SECRET of any program: splunk -auth admin:changeme
_LOGIN = r"(?<![^\s\"'=])(?:--?(?:[\w-]+-)?(?:auth|creds?)|(?:--?)?[\w.-]*basic-?auth\.users)"
_LOGIN_PART = r"(?:auth|creds?|users)[=\s]"
_LOGIN_USER = r"(?![\d.]+:\d|\\[nt])[^\s:/@,=\"']+:"
_PROXY = rf"{START}(?=[\w-]*(?:proxy|socks))[\w-]+(?:=|\s+){QUOTE}[^\s:/@=\"']+:"
_SIGNATURE = r"(?:[?&;]|sharedaccesssignature\s+)(?:x-(?:amz|goog)-)?sig(?:nature)?="
_USER = r"(?:(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s/:@\"]*:|:thin:[^\s/:@\"]*/)"


class _Pattern(NamedTuple):
    """A pattern that finds a secret.  It can match only a text with one of the ``stems``, in which
    ``part`` matches.  It is compiled only for such a text, because compiling all patterns takes
    longer than reading a host's processes."""

    stems: Tuple[str, ...]
    pattern: str
    part: str = ""

    def hide(self, text: str) -> str:
        there = any(map(text.lower().__contains__, self.stems))
        if not there or (self.part and not _compiled(self.part).search(text)):
            return text
        return _compiled(self.pattern).sub(HIDDEN, text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_UNNAMED = (
    _Pattern(("cookie",), rf"{_HEADER}cookie: *(?! )){WHOLE}+"),
    _Pattern(
        ("authorization",),
        rf"{_HEADER}(?:proxy-)?authorization: *(?! ){_ANY_SCHEME}){WHOLE}+",
    ),
    _Pattern(("cookie",), rf"(?P<before>(?<![\w-])cookie{_BETWEEN}){_PART}"),
    _Pattern(
        ("authorization",),
        rf"(?P<before>(?<![\w-])(?:proxy-)?authorization{_BETWEEN}{_SCHEME_IN_TEXT}){_PART}",
    ),
    _Pattern(
        ("bearer",),
        rf"(?P<before>(?<![\w.-])bearer\s+)(?=[\w.~+/=-]*\d){SHOWN}(?!-)[\w.~+/=-]{{6,}}",
    ),
    # ALTER USER me PASSWORD 'x'; CREATE USER me IDENTIFIED BY 'x'
    _Pattern(
        ("password", "identified"),
        rf"(?P<before>(?<![\w.-]){_IN_SQL}\s+\\*[\"']){value()}",
    ),
    _Pattern(
        ("auth", "cred"),
        rf"(?<=\x1f)(?P<before>{_LOGIN}(?:=|\x1f){_LOGIN_USER}){_NO_SECRET_WHOLE}{WHOLE}+",
        _LOGIN_PART,
    ),
    _Pattern(
        ("auth", "cred"),
        rf"(?P<before>{_LOGIN}(?:=|\s+){QUOTE}{_LOGIN_USER}){_NO_SECRET}{value()}",
        _LOGIN_PART,
    ),
    _Pattern(("encrypt",), rf"(?P<before>{_ENCRYPT})(?!{_PLACE}){_KEY}"),
    # ?sv=2022-11-02&sig=x, ?X-Amz-Signature=x
    _Pattern(("sig",), rf"(?P<before>{_SIGNATURE}){value(_NO_PAIR)}"),
    _Pattern(("proxy", "socks"), rf"(?P<before>{_PROXY}){SHOWN}[^\s/\"']{{1,999}}(?=@)"),
    _Pattern(_ISSUED_STEMS, rf"(?P<before>(?<![\w.-])){_ISSUED}[\w.-]{{10,}}"),
    # me:x@tcp(host:3306)/, me:x@(host)/: Go's MySQL
    _Pattern(
        ("@",),
        rf"(?P<before>(?<![^\s\"])'?(?:[\w.-]+=)?[\w.-]+:){SHOWN}[^\s\"]+(?=@\w*\()",
    ),
    # scheme://me:x@host, jdbc:oracle:thin:me/x@host
    _Pattern(("@",), rf"(?P<before>{_USER}){SHOWN}[^\s/\"]+(?=@)"),
)
# A text with none of these has no secret, except one before an @.
_STEMS = (*NAMES, "encrypt", "identified", "sig", *_ISSUED_STEMS)
_BEFORE_AT = ("://", ":thin:", "(", "proxy", "socks")


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
    rows = _named(NAMED, _NO_SECRET, _NO_SECRET_WHOLE)
    patterns = [_Pattern(NAMES, row, WORD) for row in rows]
    stems = [max(word.lower().split("*"), key=len).strip("-") for word in words]
    for word, stem in zip(words, stems):
        rows = _named(rf"-*(?!-){_glob(word.lstrip('-'))}(?![\w.-])")
        patterns += [_Pattern((stem,), row) for row in rows]
    patterns += _UNNAMED
    return Finder((*_STEMS, *stems), tuple(patterns))


def _named(name: str, unless: str = "", unless_whole: str = "") -> Iterator[str]:
    """Patterns of values named by ``name``.  Whole arguments come first, because they may hold
    blanks; but a script (``sh -c``) is more than one value."""
    no_script = r"(?<!-c\x1f)(?<!-ec\x1f)(?<!-lc\x1f)"
    sign = r"(?:=+(?![=>])|:(?![:=]) *(?! ))"
    option = rf"(?:(?=-)|\+(?=\w)){name}"
    yield rf"(?<=\x1f)(?P<before>{option}\x1f){unless_whole}{WHOLE}*"
    yield rf"(?<=\x1f){no_script}(?P<before>/?{name}{sign}){unless_whole}{WHOLE}+"
    yield rf"(?P<before>{START}{name}{_BETWEEN}){unless}{_PART}"
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
