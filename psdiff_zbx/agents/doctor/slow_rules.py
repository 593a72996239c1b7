"""Find rules of one's own whose regular expressions some command line keeps busy for long.

In: a monitor.  Out: findings; none if all is well.  The expressions are tried in processes of
their own, for Python cannot be stopped while it is in one.
"""

from __future__ import annotations

import gc
import itertools
import os
import re
import signal
from typing import Iterable, Iterator

from ...core.rules.explain_text import SHIPPED, place_of, quoted
from ...core.rules.rule import Rule
from ...core.rules.shapes import patterns, shapes
from ...host.monitor import Monitor
from .findings import WARNING, Finding

_SIZE = 4_000  # characters; of a longer command line no more is looked at
_MOST = 300  # texts for each expression
_LIMIT = 0.1  # seconds of processor time for one text; the worst shipped rule takes 0.015


def check_rules(monitor: Monitor) -> Iterator[Finding]:
    """One finding for each slow expression, with the rule's name."""
    for rule in monitor.host.config.rules.rows:
        if rule.origin != SHIPPED:
            yield from (_slow(rule, each) for each in patterns(rule) if is_slow(each))


def _slow(rule: Rule, pattern: str) -> Finding:
    text = f"{place_of(rule)}: {quoted(pattern)} takes long for a command line that any user can"
    remedy = (
        "begin it with ^, repeat no part that is repeated itself, or name the program beside it "
        '(program = "…")'
    )
    return Finding("rules", WARNING, f"{text} make up", remedy)


def is_slow(pattern: str) -> bool:
    """Whether there is a text of 4,000 characters that takes longer than 0.1 s.  It has to do so
    twice: what the hypervisor takes from a virtual machine counts as the process' own time."""
    texts = list(itertools.islice(shapes(pattern, _SIZE), _MOST))
    compiled = re.compile(pattern)
    return all(_takes_long(compiled, texts) for _ in range(2))


def _takes_long(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    child = os.fork()
    if child == 0:
        _try(pattern, texts)
    return os.waitpid(child, 0)[1] != 0


def _try(pattern: re.Pattern[str], texts: Iterable[str]) -> None:
    """End this process, by SIGVTALRM if a text takes too long.  Its default ends a process even
    while that is in a regular expression."""
    gc.disable()  # a collection may take longer than a text
    for text in texts:
        signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT)
        pattern.search(text)
    os._exit(0)
