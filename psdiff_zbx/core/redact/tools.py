"""Tools that take a secret in an option whose name does not say so, or at a fixed place.

In: a command line as one text.  Out: the same text, with ``********`` for these secrets.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Iterable, Iterator, List, NamedTuple, Optional, Tuple

from .patterns import HIDDEN, MASK, QUOTE, SEPARATOR, SHOWN, WHOLE, value
from .tool_table import LOGS, TOOLS, Samples


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
        blank=r"[^\S\n]+",
        char=r"\S",
        quote=QUOTE,
        secret=value(),
        # A line of a baseline is escaped: "\n" stands for a line end.
        program=r"[|;&](?=[\s\\]|\Z)"
        r"|(?:(?:\n|\\n)(?:\s|\\[nt]){0,9}|(?<!\S)|(?<=\\[nt]))(?<!--name[ \x1f])"
        r"(?:(?:(?!\\[nt])[^\s|;&]|[|;&](?!\\))*[/(\"'`|;&{])?([\w.-]+)\)?(?![^\s\\])",
    ),
)


def _prefixes(stems: Iterable[str]) -> Iterator[str]:
    """Those that begin with no other: in order, these follow the one that they begin with."""
    last = ""
    for stem in sorted(stems):
        if not last or not stem.startswith(last):
            last = stem
            yield stem


_ROWS = {name: samples for row, samples in TOOLS.items() for name in row.split("|")}
_STEMS = sorted((name.rstrip("*") for name in _ROWS if "*" in name), key=len, reverse=True)
_SHORTEST = tuple(_prefixes(_STEMS))
_NAMES = frozenset([*LOGS, "echo", "printf"]).union(name for name in _ROWS if _ROWS[name])
_BORDERS = str.maketrans(dict.fromkeys("/()\"'`|;&{\\", " "))
_BORDER = r"(?<![^\s/(\"'`|;&{])"
_READER = (
    r"(?:\S*/)?(?:chpasswd|cryptsetup|kinit|passwd|smbpasswd|su|sudo\s[^|;&]*(?<=\s)-\w*S"
    r"|[^|;&]*\s--pass(?:phrase|wd|word)-(?:on-)?(?:fd|stdin))(?![\w.-])"
)
# echo SECRET | sudo -S reboot
_PIPED = (
    rf"(?P<before>{_BORDER}(?:echo|printf)\s+(?:-\w+\s+)?{QUOTE}(?![\s\\-]){SHOWN})"
    rf"(?P<secret>[^\"'|;&\n]{{0,99}}[^\s\"'|;&])(?=\\*[\"']?\s*\|\s*{_READER})"
)


def mentioned(text: str) -> bool:
    """Whether one of the tools may be in the text.  It takes about a microsecond."""
    if "\\" in text:
        text = text.replace("\\n", " ").replace("\\t", " ")
    words = text.translate(_BORDERS).split()
    return not _NAMES.isdisjoint(words) or any(map(text.__contains__, _SHORTEST))


def hide(text: str) -> str:
    """The text with the tools' secrets hidden."""
    for program, label in LOGS.items():
        text = _without_log(text, program, label)
    text = _compiled(_PIPED).sub(_masked, text)
    for reading in _READINGS:
        text = "".join(_hidden(text, reading))
    return text


def _masked(match: re.Match[str]) -> str:
    """What is found without its secret, in as many arguments."""
    return match["before"] + re.sub(rf"[^{SEPARATOR}]+", MASK, match["secret"])


def _without_log(text: str, program: str, label: str) -> str:
    """The text without what stands after the ``label`` in the program's title."""
    title = _compiled(rf"{_BORDER}{program}(?!\S)").search(text)
    if not title:
        return text
    log = rf"(?s:(?P<before>(?<!\S){QUOTE}{label}\s+(?!\s)){SHOWN}(?P<secret>.+))"
    return text[: title.end()] + _compiled(log).sub(_masked, text[title.end() :])


def _hidden(text: str, reading: _Reading) -> Iterator[str]:
    """The text in parts, each without the secrets of the programs in it."""
    start = 0
    programs: List[Tuple[int, Samples]] = []
    for mark in re.finditer(reading.program, text):
        samples = _samples(mark[1]) if mark[1] else ()
        if samples is None:
            continue
        if not samples or text.startswith(("\n", "\\n"), mark.start()):
            yield _without(text[start : mark.start()], programs, reading)
            start, programs = mark.start(), []
        if samples and all(samples != known for _, known in programs):
            programs.append((mark.end() - start, samples))
    yield _without(text[start:], programs, reading)


def _samples(name: str) -> Optional[Samples]:
    """The row of a program; None if the table has none."""
    if name in _ROWS:
        return _ROWS[name]
    if not name.startswith(_SHORTEST):
        return None
    return next(_ROWS[f"{stem}*"] for stem in _STEMS if name.startswith(stem))


def _without(text: str, programs: List[Tuple[int, Samples]], reading: _Reading) -> str:
    """The text without the secrets of each program, which are behind its name.  A name may be a
    value, too, so it does not end the arguments before it: ``mysql -u centreon -pSECRET``."""
    for end, samples in reversed(programs):
        arguments = text[end:]
        for sample in samples:
            arguments = _pattern(sample, reading).sub(HIDDEN, arguments)
        text = text[:end] + arguments
    return text


@cache
def _pattern(sample: str, reading: _Reading) -> re.Pattern[str]:
    blank, char, quote, secret, _ = reading
    sample = sample.replace("USER", f"(?:(?![:%,]){char})+").replace("WORD", f"(?!-){char}+")
    # Two blanks, for an argument without text: one after the other they would try every split.
    sample = sample.replace("  ", f"(?:{blank.rstrip('+')}){{2,}}")
    before, _, after = sample.replace(" ", f"(?:{blank})").partition("SECRET")
    hidden = rf"(?!{quote}\*{{8}}){char}+(?={after})" if after else secret
    return _compiled(rf"(?<!{char})(?P<before>{before}{quote}){hidden}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
