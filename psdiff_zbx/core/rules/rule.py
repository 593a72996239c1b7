"""One rule: the conditions under which it applies, and what it makes of a command line."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Callable, Mapping, NamedTuple, Optional, Tuple, Union

LEADING_FLAGS = re.compile(r"^\(\?([aimsx]+)\)")
_LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]", re.DOTALL)  # \(, [(|]
_GROUP = re.compile(r"\([^()]*\)")
Argument = Union[str, bool, Tuple[str, str]]
"""The argument of an action; of ``replace`` a regular expression and a text."""

Choice = Optional[Tuple[str, ...]]
"""The texts of a condition, of which one must hold; None if the rule has no such condition."""

_CGROUPS = 1024
_WILD = re.compile(r"\*|\?|\[!?\]?[^]]*\]|\[")  # fnmatch's
UNREAD = "?"
"""The cgroup of a process as long as no rule has asked for it."""


class CgroupNeededError(Exception):
    """All other conditions of a rule hold, and the cgroup is still unread."""


class Subject(NamedTuple):
    """What rules look at.  ``name`` and ``cgroup`` are None for a line of a baseline."""

    cmdline: str
    user: str
    name: Optional[str] = None
    cgroup: Optional[str] = None


class Row(NamedTuple):
    """A rule as it is written.  ``origin`` is the file in which it stands, ``number`` its place
    there, from 1.  ``containers`` is the setting under which it is used (None: always)."""

    origin: str
    number: int
    action: str
    argument: Argument
    reason: str = ""
    match: Choice = None
    regex: Optional[str] = None
    name: Choice = None
    user: Choice = None
    cgroup: Choice = None
    contains: Choice = None
    containers: Optional[str] = None


class Rule(Row):
    """A row that can be applied.  Its regular expressions are compiled when they are first
    needed."""

    def applies(self, subject: Subject) -> bool:
        """Whether all conditions hold.  A ``match`` that ends in a blank is a whole word:
        ``"/usr/sbin/sshd "`` matches ``/usr/sbin/sshd`` without arguments too.

        Raises CgroupNeededError if that depends on a cgroup that is still unread.
        """
        return (
            (self.match is None or f"{subject.cmdline} ".startswith(self.match))
            and (self.user is None or subject.user in self.user)
            and (self.name is None or subject.name in self.name)
            and (self.contains is None or any(map(subject.cmdline.__contains__, self.contains)))
            and (self.regex is None or self._find(subject.cmdline) is not None)
            and (self.cgroup is None or self._holds(subject.cgroup))
        )

    @cached_property
    def _find(self) -> Callable[[str], Optional[re.Match[str]]]:
        assert self.regex is not None  # else nothing is searched for
        pattern = re.compile(self.regex)
        return pattern.match if is_anchored(self.regex) else pattern.search

    def _holds(self, cgroup: Optional[str]) -> bool:
        if cgroup == UNREAD:
            raise CgroupNeededError
        return self._globs(cgroup or "")

    @cached_property
    def _globs(self) -> Callable[[str], bool]:
        """Whether a cgroup matches one of the globs.  Processes are many and cgroups are few, so
        the answers are remembered.  Compiling the globs takes longer than reading a host's
        processes, so it is done only for a cgroup that may match."""
        longest = [max(_WILD.split(glob), key=len) for glob in self.cgroup or ()]

        def holds(cgroup: str) -> bool:
            return any(text in cgroup for text in longest) and self._matches(cgroup)

        return lru_cache(_CGROUPS)(holds)

    def _matches(self, cgroup: str) -> bool:
        from fnmatch import translate

        globs = "|".join(translate(glob) for glob in self.cgroup or ())
        return _compiled(globs).match(cgroup) is not None

    def under(self, containers: str) -> bool:
        """Whether the rule is used under this value of ``containers``."""
        return self.containers in (None, containers)

    @property
    def meaning(self) -> Tuple[object, ...]:
        """The rule without its origin and its reason, as text and tuples of text."""
        conditions = (self.match, self.name, self.user, self.cgroup, self.contains, self.regex)
        argument = self.argument
        if isinstance(argument, tuple):
            return (*conditions, self.action, *argument)
        return (*conditions, self.action, str(argument))

    @cached_property
    def rewrites(self) -> bool:
        """Whether it changes the command line; otherwise it decides about the process."""
        return self.action in REWRITE


def is_anchored(pattern: str) -> bool:
    """Whether a pattern can match at the beginning only: ``^a``, but not ``^a|b``.  Python's
    ``search`` would still try it at every place."""
    text = _LITERAL.sub("", LEADING_FLAGS.sub("", pattern))
    while (outer := _GROUP.sub("", text)) != text:
        text = outer
    return text.startswith("^") and "|" not in text


def program_of(cmdline: str) -> str:
    """The command line without its arguments."""
    return cmdline.split(" ", 1)[0]


def _sorted_arguments(cmdline: str) -> str:
    first, *arguments = cmdline.split() or [cmdline]
    return " ".join([first, *sorted(arguments)])


def _replace(cmdline: str, argument: Argument) -> str:
    assert isinstance(argument, tuple)  # as parse.py made it
    pattern, text = argument
    return _compiled(pattern).sub(text, cmdline)


_compiled = lru_cache(None)(re.compile)


REWRITE: Mapping[str, Callable[[str, Argument], str]] = {
    "cut": lambda cmdline, text: cmdline.split(str(text), 1)[0],
    "program_only": lambda cmdline, _: program_of(cmdline),
    "replace": _replace,
    "sort_arguments": lambda cmdline, _: _sorted_arguments(cmdline),
}
