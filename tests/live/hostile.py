"""Processes that try to be two lines, nothing, somebody else, a header, a macro.

Of each: what its title and its name are, and how psdiff-zbx shows it.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.live.standins import new_word

WORD = new_word()
_W = WORD.encode()


class Hostile(NamedTuple):
    """One such process; ``shown`` is its command line as the contract wants it."""

    title: bytes
    shown: str
    comm: bytes = _W


def _same(text: str) -> Hostile:
    """A title that is shown as it is."""
    title = text.format(WORD)
    return Hostile(title.encode(), title)


HOSTILE = {
    "newline": Hostile(b"%s a\nroot  {user=root}\n" % _W, rf"{WORD} a\nroot  {{user=root}}\n"),
    "newline argument": Hostile(b"%s\0\n\0b\0" % _W, rf"{WORD} \n b"),
    "carriage return": Hostile(b"%s ok\r+ evil" % _W, rf"{WORD} ok\x0d+ evil"),
    "crlf": Hostile(b"%s\r\n" % _W, rf"{WORD}\x0d\n"),
    "tab": Hostile(b"%s\ta\t" % _W, rf"{WORD}\ta\t"),
    "escape sequence": Hostile(b"%s \x1b[2J\x1b[31m\x07" % _W, rf"{WORD} \x1b[2J\x1b[31m\x07"),
    "other controls": Hostile(b"%s\x01\x0b\x0c\x1c\x7f" % _W, rf"{WORD}\x01\x0b\x0c\x1c\x7f"),
    "c1 controls": Hostile(b"%s \xc2\x85\xc2\x9b31m" % _W, rf"{WORD} \x85\x9b31m"),
    "invalid utf-8": Hostile(
        b"%s \xff\xfe \xc3( \xe2\x82" % _W, rf"{WORD} \xff\xfe \xc3( \xe2\x82"
    ),
    "encoded surrogate": Hostile(b"%s \xed\xa0\x80" % _W, rf"{WORD} \xed\xa0\x80"),
    "overlong nul": Hostile(b"%s \xc0\x80" % _W, rf"{WORD} \xc0\x80"),
    "latin-1": Hostile(b"%s caf\xe9" % _W, rf"{WORD} caf\xe9"),
    "separators": Hostile(f"{WORD} \u2028\u2029".encode(), rf"{WORD} \u2028\u2029"),
    "bidi overrides": Hostile(
        f"{WORD} \u202egnp.\u202c\u2066x\u2069".encode(),
        rf"{WORD} \u202egnp.\u202c\u2066x\u2069",
    ),
    "other scripts": _same("{} größe 守护进程 \U0001f600"),
    "no-break space": _same("{} \u00a0a\u3000"),
    "user at the end": _same("{}  {{user=root}}"),
    "user only": Hostile(b"  {user=root} %s  {user=" % _W, f"{{user=root}} {WORD}  {{user="),
    "leading blanks": Hostile(b"      %s deep" % _W, f"{WORD} deep"),
    "trailing blanks": Hostile(b"%s wide   \0\0" % _W, f"{WORD} wide"),
    "empty arguments": Hostile(b"%s\0\0\0a\0\0" % _W, f"{WORD}   a"),
    "first argument empty": Hostile(b"\0\0%s\0a\0" % _W, f"{WORD} a"),
    "user macro": _same('{} {{$MACRO}} {{$X:"regex"}}'),
    "lld macro": _same("{} {{#PSDIFF.ID}} {{HOST.NAME}} {{{{ITEM.VALUE}}.regsub(a,b)}}"),
    "quotes": _same("{} 'a' \"b\" `id` $(id) \"'"),
    "backslashes": _same("{} \\ \\\\ \\n \\x0a \\u2028 \\"),
    "end of a baseline": Hostile(b"# end %s" % _W, f"# end {WORD}"),
    "comment": Hostile(b"# %s" % _W, f"# {WORD}"),
    "header": Hostile(b"# psdiff-zbx baseline 1\n%s" % _W, rf"# psdiff-zbx baseline 1\n{WORD}"),
    "like a missing line": Hostile(b"- %s" % _W, f"- {WORD}"),
    "like an extra line": Hostile(b"+ %s" % _W, f"+ {WORD}"),
    "like a shortened text": Hostile(f"… and 5 more {WORD}".encode(), f"… and 5 more {WORD}"),
    "like an error": Hostile(b"psdiff: error: %s" % _W, f"psdiff: error: {WORD}"),
    "like unsupported": Hostile(b"ZBX_NOTSUPPORTED\0%s" % _W, f"ZBX_NOTSUPPORTED {WORD}"),
    "like a zombie": Hostile(b"[%s] <defunct>" % _W, f"[{WORD}] <defunct>"),
    "no arguments": Hostile(b"", f"[{WORD}]"),
    "blanks only": Hostile(b"   \0 \0", rf"[a{WORD}]", b"a" + _W),
    "name like stat": Hostile(b"", rf"[) R 1 ({WORD}]", b") R 1 (" + _W),
    "name with newline": Hostile(b"", rf"[\nx) {WORD}]", b"\nx) " + _W),
    "name with controls": Hostile(b"", rf"[\x1b[1m\xff{WORD}]", b"\x1b[1m\xff" + _W),
    "name with blanks": Hostile(b"", f"[  {WORD}  ]", b"  " + _W + b"  "),
    "name like a user": Hostile(b"", f"[  {{user={WORD}]", b"  {user=" + _W),
}
