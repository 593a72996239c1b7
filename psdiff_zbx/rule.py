"""One rule: the conditions under which it applies, and what it makes of a command line."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from re import Pattern
from typing import Callable, Mapping, NamedTuple, Optional, Tuple, Union

Argument = Union[str, bool, Tuple["Pattern[str]", str]]


class Subject(NamedTuple):
    """What rules look at.  ``name`` and ``cgroup`` are None for a line of a baseline."""

    cmdline: str
    user: str
    name: Optional[str] = None
    cgroup: Optional[str] = None


@dataclass(frozen=True)
class Rule:
    """One row.  ``origin`` is the file it stands in, ``number`` its place there, from 1."""

    origin: str
    number: int
    action: str
    argument: Argument
    reason: str = ""
    match: Optional[str] = None
    regex: Optional[Pattern[str]] = None
    name: Optional[str] = None
    user: Optional[str] = None
    cgroup: Optional[str] = None

    def applies(self, subject: Subject) -> bool:
        """Whether all conditions hold.  A ``match`` that ends in a blank is a whole word:
        ``"/usr/sbin/sshd "`` matches ``/usr/sbin/sshd`` without arguments too."""
        return (
            (self.match is None or f"{subject.cmdline} ".startswith(self.match))
            and (self.user is None or self.user == subject.user)
            and (self.name is None or self.name == subject.name)
            and (self.regex is None or self.regex.search(subject.cmdline) is not None)
            and (self.cgroup is None or fnmatchcase(subject.cgroup or "", self.cgroup))
        )

    @property
    def meaning(self) -> Tuple[Optional[str], ...]:
        """All that matters of the rule, as text."""
        conditions = (self.match, self.name, self.user, self.cgroup)
        regex = self.regex and self.regex.pattern
        argument = self.argument
        if isinstance(argument, tuple):
            return (*conditions, regex, self.action, argument[0].pattern, argument[1])
        return (*conditions, regex, self.action, str(argument))

    @property
    def rewrites(self) -> bool:
        return self.action in REWRITE


def program(cmdline: str) -> str:
    """The command line less its arguments."""
    return cmdline.split(" ", 1)[0]


def _sorted_arguments(cmdline: str) -> str:
    first, *arguments = cmdline.split() or [cmdline]
    return " ".join([first, *sorted(arguments)])


def _replace(cmdline: str, argument: Argument) -> str:
    assert isinstance(argument, tuple)  # as ruletable.py made it
    pattern, text = argument
    return pattern.sub(text, cmdline)


REWRITE: Mapping[str, Callable[[str, Argument], str]] = {
    "cut": lambda cmdline, text: cmdline.split(str(text), 1)[0],
    "program_only": lambda cmdline, _: program(cmdline),
    "replace": _replace,
    "sort_arguments": lambda cmdline, _: _sorted_arguments(cmdline),
}
