"""What secrets look like: their names, the text between name and value, the value.

A command line is searched as one text, its arguments joined by ``SEPARATOR``.  Any user can start
a process with very long arguments, so every pattern takes linear time: it tries a name only from
its first character, and a value only after its name.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Iterator, List, NamedTuple, Tuple

MASK = "********"
HIDDEN = rf"\g<before>{MASK}"
SEPARATOR = "\x1f"  # the unit separator, which \s matches

# Datadog's default words and many more.  A word that is also a part of harmless words counts
# only outside of them: tokenizer, compass, passive, oldpwd.
_WORD = (
    r"(?a:password(?!less)|passwd|passphrase|passcode|secret|credential|stripetoken"
    r"|(?:access|api|auth)[-_]?token|api[-_]?key|masterauth|oauth2-bearer|setcookie|erlang[-_]cookie"
    r"|(?:token|(?<!old)pwd|(?<![a-z])(?:pass|psk|jwt))(?![a-z])"
    r"|(?:admin|auth|bind|cert|db|ftp|http|key|ldap|login|mail|my|require|root|smtp|sql|store"
    r"|user|vnc)pass(?![a-z])"
    r"|(?:access|account|app|auth|encryption|licen[cs]e|master|private|signing)[-_]?keys?(?![a-z])"
    r"|(?:basic|http|proxy)[-_]?auth(?![a-z]))"
)
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
    rf"(?:(?<=\\)[nt])?-*{_WHETHER}|[\w.-]*(?:(?:[-_.]|{_WORD}s?)(?:{_ABOUT})s?"
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
_SWITCH = r"true|false|yes|no|on|off|none|null|never|always|auto|prompt|ask|stdin|\d"
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
_STEMS = (
    *("pass", "pwd", "secret", "token", "credential", "key", "auth", "cookie", "psk", "jwt"),
    *("bearer", "identified", *_ISSUED_STEMS),
)
_BEFORE_AT = ("://", ":thin:", "(")


class _Pattern(NamedTuple):
    """A pattern that finds a secret.  It can match only a text with one of the ``stems``, or, if
    there are none, with a ``_WORD``.  It is compiled only for such a text, because compiling all
    patterns takes longer than reading a host's processes."""

    stems: Tuple[str, ...]
    pattern: str

    def hide(self, text: str) -> str:
        if self.stems:
            there = any(map(text.lower().__contains__, self.stems))
        else:
            there = _compiled(_WORD).search(text) is not None
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
    patterns = [_Pattern((), row) for row in _named(_NAMED, _NO_SECRET, _NO_SECRET_WHOLE)]
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
    yield rf"(?<=\x1f)(?P<before>(?=-){name}\x1f){unless_whole}{WHOLE}*"
    yield rf"(?<=\x1f){no_script}(?P<before>/?{name}{sign}){unless_whole}{WHOLE}+"
    yield rf"(?P<before>{_START}{name}{_BETWEEN}){unless}{_PART}"
    after = rf"(?:\s+{QUOTE}|\\*[\"'],\s*\\*[\"'])(?!-)"
    yield rf"(?P<before>(?<![^\s\"'\[({{=])(?=-){name}{after}){unless}{value()}"


def _glob(word: str) -> str:
    """The regular expression of a glob.  It never backtracks, because ``*a*a*a`` would then take
    forever."""
    first, *others = (re.escape(part) for part in re.sub(r"\*+", "*", word).split("*"))
    pattern: List[str] = [first]
    for number, part in enumerate(others[:-1]):
        pattern.append(rf"(?=(?P<part{number}>[\w.-]*?{part}))(?P=part{number})")
    return "".join([*pattern, *(rf"[\w.-]*{part}" for part in others[-1:])])
