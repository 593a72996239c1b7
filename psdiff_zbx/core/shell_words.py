"""Words of a shell command that stands in single quotes.

In: any text; a process can choose the path of its configuration, and so what root may type.  Out:
a word that means this text and nothing else: sh(1).
"""

from __future__ import annotations

import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_MEANING = re.compile(r'([\\"$`])')  # what means something in double quotes


def shell_word(text: str) -> str:
    """The text itself, or in double quotes; in single ones only where a shell that remembers its
    commands would replace a ``!``.
    """
    if _PLAIN.fullmatch(text):
        return text
    return shlex.quote(text) if "!" in text else '"' + _MEANING.sub(r"\\\1", text) + '"'
