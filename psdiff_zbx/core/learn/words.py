"""Command lines compared: which may be variants of each other, and where they differ.

In: command lines.  Out: what they have in common, as literal texts around patterns.
"""

from __future__ import annotations

import re
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

# One token each: 17, 1.2.3, v1.2.3, 10:22:49, 2026-11-26, f3a9, <TMP>.
_TOKEN = re.compile(r"<[A-Z]+>|[A-Za-z]*\d+(?:[.:_-]\d+)+|[A-Za-z0-9]+|.", re.DOTALL)
_PLAIN = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[A-Z][a-z]{2,}|[A-Z]{2,})*")  # ShopServer
_RANDOM = 6  # letters at least, as mktemp makes them: tmp.aXbGTq
_NUMBERED = re.compile(r"([A-Za-z]+)\d+(?:[.:_-]\d+)*")  # worker17, v1.2.3
_DATE = re.compile(r"((?:19|20)\d\d([-._]?)(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01]))(?!\d)")
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")
_DIGIT = r"\d"
_NUMBERS = (r"\d+", r"\d+(?:[.:_-]\d+)*")
_CLASSES = (*_NUMBERS, "[0-9a-f]+", "[0-9a-f-]+", "[A-Za-z0-9]+", "[^ /]+", r"\S+", r"\S*")
_MOST_HOLES = 20


def literal(text: str) -> str:
    """A regular expression that finds this text, as a person would write it."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def exactly(text: str) -> str:
    """A regular expression that finds this line and no other."""
    return f"^{literal(text)}$"


def shape(text: str) -> Tuple[str, ...]:
    """The words of a command line, in any order, with ``#`` for what looks as if it varied.

    >>> shape("/usr/bin/app -f /tmp/x.17 --port 8080")
    ('#', '--port', '-f', '/tmp/x.#', '/usr/bin/app')
    """
    return tuple(sorted(set(map(_masked, text.split(" ")))))


def stem(text: str) -> Tuple[Tuple[str, ...], str]:
    """A command line without a last option and its varying values, and that option.

    >>> stem("/usr/sbin/haproxy -D -sf 4711 4712")
    (('/usr/sbin/haproxy', '-D'), '-sf')
    """
    words = list(map(_masked, text.split(" ")))
    end = len(words)
    while end > 1 and "#" in words[end - 1] and not words[end - 1].startswith("-"):
        end -= 1
    if 1 < end < len(words) and words[end - 1].startswith("-"):
        return tuple(words[: end - 1]), words[end - 1]
    return tuple(words), ""


def _masked(word: str) -> str:
    return "".join("#" if _is_variable(token) else token for token in _TOKEN.findall(word))


def _is_variable(token: str) -> bool:
    if token.startswith("<") and len(token) > 1:
        return True
    if any(char.isdigit() for char in token):
        return True
    return len(token) >= _RANDOM and not _PLAIN.fullmatch(token)


class Piece(NamedTuple):
    """A literal text, or a pattern for what varies, and a narrower one if there is any: a counter
    may grow, a port does not."""

    text: str
    varies: bool = False
    narrow: str = ""


class Skeleton(NamedTuple):
    """What command lines have in common."""

    pieces: Tuple[Piece, ...]

    @property
    def head(self) -> str:
        """The literal text with which all of them begin."""
        first = self.pieces[0]
        return "" if first.varies else first.text

    @property
    def pattern(self) -> str:
        """A regular expression that finds them."""
        found = (each.text if each.varies else literal(each.text) for each in self.pieces)
        return f"^{''.join(found)}$"

    @property
    def narrower(self) -> Skeleton:
        """The same with the narrower patterns."""
        pieces = (each._replace(text=each.narrow or each.text) for each in self.pieces)
        return Skeleton(tuple(pieces))

    @property
    def replacement(self) -> Tuple[str, str]:
        """The same with the literal texts in groups, and the text that is left of a line."""
        pattern, text, group = "", "", 0
        for piece in self.pieces:
            if piece.varies:
                pattern += piece.text
                text += "<N>" if piece.text.startswith(_DIGIT) else "<ANY>"
            else:
                group += 1
                pattern += f"({literal(piece.text)})"
                text += f"\\{group}"
        return f"^{pattern}$", text


def skeleton(texts: Sequence[str], loose: bool = False, dates: bool = False) -> Optional[Skeleton]:
    """What command lines of the same number of words have in common; None if they have not, or
    differ where nothing looks as if it varied, unless that is taken ``loose``.  With ``dates``
    a date varies, although it is the same in all."""
    words = [text.split(" ") for text in texts]
    if len(set(map(len, words))) != 1:
        return None
    pieces: List[Piece] = []
    for number, column in enumerate(zip(*words)):
        found = _column(list(dict.fromkeys(column)), loose, dates)
        if found is None:
            return None
        pieces += [Piece(" ")] if number else []
        pieces += found
    made = Skeleton(tuple(_joined(pieces)))
    return made if sum(each.varies for each in made.pieces) <= _MOST_HOLES else None


def _column(values: Sequence[str], loose: bool, dates: bool) -> Optional[List[Piece]]:
    """The pieces of one word, which has these values."""
    if len(values) == 1:
        return _dated(values[0]) if dates else [Piece(values[0])]
    tokens = [_TOKEN.findall(value) for value in values]
    head = _same(tokens)
    tail = min(_same([row[::-1] for row in tokens]), min(map(len, tokens)) - head)
    middles = ["".join(row[head : len(row) - tail]) for row in tokens]
    first, last = tokens[0][:head], tokens[0][len(tokens[0]) - tail :]
    if not loose and not all(map(_varies, middles)):
        return None
    letters = {found[1] if (found := _NUMBERED.fullmatch(each)) else "" for each in middles}
    common = letters.pop() if len(letters) == 1 else ""
    middles = [each[len(common) :] for each in middles]
    pattern = next(each for each in _CLASSES if all(re.fullmatch(each, text) for text in middles))
    sizes = sorted(map(len, middles))
    size = f"{sizes[0]},{sizes[-1]}" if sizes[0] < sizes[-1] else str(sizes[0])
    narrow = f"{_DIGIT}{{{size}}}" if pattern == _NUMBERS[0] else ""
    return [Piece("".join([*first, common])), Piece(pattern, True, narrow), Piece("".join(last))]


def _varies(text: str) -> bool:
    return "#" in _masked(text)


def _same(rows: Iterable[Sequence[str]]) -> int:
    """With how many equal tokens all rows begin."""
    return next(
        (at for at, column in enumerate(zip(*rows)) if len(set(column)) > 1),
        min(map(len, rows)),
    )


def _dated(word: str) -> List[Piece]:
    found = _DATE.search(word)
    if not found:
        return [Piece(word)]
    form = re.sub(r"\d", r"\\d", literal(found[1]))
    return [Piece(word[: found.start()]), Piece(form, True), Piece(word[found.end() :])]


def _joined(pieces: Iterable[Piece]) -> List[Piece]:
    """Without empty texts, and with neighbours as one."""
    found: List[Piece] = []
    for piece in pieces:
        if piece.text and found and not piece.varies and not found[-1].varies:
            found[-1] = Piece(found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return found
