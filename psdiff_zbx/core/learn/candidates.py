"""Rules that would make variants of a line one line, the narrowest first.

In: the texts of the variants.  Out: rows of rules.  Whether they do no harm is not asked here.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence, Tuple

from ..rules.rule import Argument, Rule
from .words import exactly, literal, skeleton

LEARNED_FILE = "learned.toml"
_SHORTEST = 4  # characters with which a command line must begin to be found by them


def rewrites(user: str, texts: Sequence[str], loose: bool) -> Iterator[Rule]:
    """Rules that rewrite these command lines of a user into one.  ``loose``: they are known to be
    variants, for the same process had them."""
    if _is_reordered(texts):
        program = texts[0].split(" ")[0]
        yield rule(user, "sort_arguments", True, match=(f"{program} ",))
    found = skeleton(texts, loose)
    if found and found.head and any(each.varies for each in found.pieces):
        for each in dict.fromkeys((found, found.narrower)):
            yield _under(user, found.head, "replace", each.replacement)
    if not found:
        yield from _tails(user, [text.split(" ") for text in texts], loose)


def _is_reordered(texts: Sequence[str]) -> bool:
    words = [tuple(text.split(" ")) for text in texts]
    first, bags = {row[0] for row in words}, {tuple(sorted(row)) for row in words}
    return len(first) == len(bags) == 1 < len(set(words))


def _tails(user: str, rows: Sequence[List[str]], loose: bool) -> Iterator[Rule]:
    """Rules for command lines that begin alike, and end with more or less of something."""
    pairs = enumerate(zip(*rows))
    size = next((at for at, column in pairs if len(set(column)) > 1), min(map(len, rows)))
    if not size:
        return
    head = rows[0][:size]
    option = _option(head, [row[size:] for row in rows])
    if option and size - (option == head[-1]) > 0:
        before = " ".join(head[:-1] if option == head[-1] else head)
        if f" {option} " not in f"{before} ":
            yield _under(user, f"{before} ", "cut", f" {option} ")
    if loose and (size > 1 or head[0].endswith(":")):
        text = " ".join(head)
        yield _under(user, text, "replace", (f"^({literal(text)})( .*)?$", r"\1"))


def _option(head: List[str], tails: List[List[str]]) -> str:
    """The option whose values differ: the last word that all have, or the first that some have."""
    firsts = {tail[0] for tail in tails if tail}
    if len(head) > 1 and head[-1].startswith("-") and all(tails):
        return head[-1]
    only = firsts.pop() if len(firsts) == 1 else ""
    return only if only.startswith("-") else ""


def _under(user: str, head: str, action: str, argument: Argument) -> Rule:
    """A rule for command lines that begin so."""
    if len(head) < _SHORTEST:
        return rule(user, action, argument, regex=f"^{literal(head)}")
    return rule(user, action, argument, match=(head,))


def decision(
    user: str, texts: Sequence[str], action: str, argument: Argument = True, whole: bool = True
) -> Optional[Rule]:
    """The rule that decides about these lines of a user, or None if they have too little in
    common.  With ``whole=False`` they show no arguments, but rules see them."""
    pattern = exactly(texts[0]) if len(texts) == 1 else ""
    found = skeleton(texts, dates=True)
    if found and found.head:
        pattern = found.pattern
    if not pattern:
        return None
    if not whole:
        pattern = f"{pattern[:-1]}(?: |$)"
    return rule(user, action, argument, regex=pattern)


def rule(
    user: str,
    action: str,
    argument: Argument,
    match: Optional[Tuple[str, ...]] = None,
    regex: Optional[str] = None,
) -> Rule:
    """A rule for a user's processes."""
    return Rule(LEARNED_FILE, 1, action, argument, match=match, regex=regex, user=(user,))
