"""Names of secrets: words that say that a value is one, unless another word says it is not.

In: nothing.  Out: regular expressions of such names, for ``patterns.py``.  Any user can start a
process with very long arguments, so a name is tried only from its first character.
"""

from __future__ import annotations

from typing import Dict, List


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
WORD = (
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
NAMES = ("pass", "pw", "psk", "secret", "cred", "token", "key", "auth", "jwt", "bearer", "cookie")
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
NAMED = rf"(?=[\w.-]*?{WORD})(?!{_HARMLESS})[\w.-]+"
START = r"(?:(?<![\w./-])|(?<=\s/))(?:(?<=\\)[nt])?"  # "/password:x", but not "/etc/passwd:x"
