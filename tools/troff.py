"""Plain text as troff, with the macros of man(7).

In: text as people write it.  Out: lines that troff never takes for requests.
"""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Iterator

# Without an escape, groff prints typographic quotes, hyphens and accents that no shell accepts.
_SPECIAL = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    '"': r"\(dq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
}
_WIDTH = 66  # characters; escaped lines are longer
_FLAG = re.compile(r"(?<![\w\\])(?:\\-){1,2}[a-z](?:\\-|[a-z])*")
_VALUE = re.compile(r"\b[A-Z]{2,}\b")


def escape(text: str) -> str:
    r"""One line of text, in ASCII: ``.x -y`` is ``\&.x \-y``."""
    line = "".join(map(_escaped, text))
    return rf"\&{line}" if line.startswith(".") else line


def _escaped(char: str) -> str:
    return _SPECIAL.get(char) or (char if char.isascii() else rf"\[u{ord(char):04X}]")


def form(text: str) -> str:
    """``--retry [SECONDS]`` as manuals write it: flags bold, values italic."""
    line = _VALUE.sub(r"\\fI\g<0>\\fR", escape(text))
    return _FLAG.sub(r"\\fB\g<0>\\fR", line)


def bold(text: str) -> str:
    """A text in bold, as troff."""
    return rf"\fB{escape(text)}\fR"


def prose(text: str) -> Iterator[str]:
    """Text as short lines.  Each sentence begins a line, so that troff sets the space before
    it."""
    for sentence in re.split(r"(?<=\.)(?:  |\n)", text):
        yield from map(escape, wrap(sentence, _WIDTH, break_on_hyphens=False))


def tagged(tag: str, text: str) -> Iterator[str]:
    """A term, already troff, with its indented text."""
    return iter([".TP", tag, *prose(text)])
