"""One rule: the conditions under which it applies, and what it makes of a command line."""

# No annotations from __future__: NamedTuple would compile each of them at each start.
import re
from functools import cached_property, lru_cache
from typing import Any, Callable, FrozenSet, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..model import DAEMON, ROOT, Unit
from .cgroup import matcher
from .program import program_name

LEADING_FLAGS = re.compile(r"^\(\?([aimsx]+)\)")
_LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]", re.DOTALL)  # \(, [(|]
_GROUP = re.compile(r"\([^()]*\)")
Argument = Union[str, bool, Tuple[str, str]]
"""The argument of an action; of ``replace`` a regular expression and a text."""

Choice = Optional[Tuple[str, ...]]
"""The texts of a condition, of which one must hold; None if the rule has no such condition."""

_LOGIN = "session-"  # session-2.scope
VOUCHERS = frozenset((
    ROOT, "service", "starter", "parent", "login", "terminals", "container", "manager",
))  # fmt: skip
"""Who may vouch for a process that it is what it says: vouching.py."""

UNREAD = "?"
"""The cgroup of a process as long as no rule has asked for it."""


class UnreadError(Exception):
    """All other conditions of a rule hold, and the cgroup, or who vouches, is still unread."""


def no_unit(cgroup: str) -> Optional[Unit]:
    """The unit of what is in none."""


class Subject(NamedTuple):
    """What rules look at.  For a line of a baseline all but the first two are unknown.

    ``is_title``: the process wrote its command line itself, in one argument.  ``standing`` is
    WORKER or SESSION where its place in the tree makes it one.  ``unit_of(cgroup)`` is its unit.
    ``pids`` are those numbers in its command line that are pids of its next of kin.
    ``vouchers`` are those of VOUCHERS that it has; None as long as no rule has asked for them.
    """

    cmdline: str
    user: str
    name: Optional[str] = None
    cgroup: Optional[str] = None
    is_title: bool = False
    standing: str = ""
    unit_of: Callable[[str], Optional[Unit]] = no_unit
    pids: Tuple[int, ...] = ()
    vouchers: Optional[FrozenSet[str]] = VOUCHERS

    @property
    def unit(self) -> Optional[Unit]:
        """The unit of systemd in which the process is, or None.

        Raises UnreadError if the cgroup is still unread.
        """
        if self.cgroup == UNREAD:
            raise UnreadError
        return self.unit_of(self.cgroup) if self.cgroup else None

    @property
    def kind(self) -> Optional[str]:
        """WORKER, SESSION, JOB, ON_DEMAND or DAEMON; None for a line of a baseline."""
        if self.name is None or self.standing:
            return self.standing or None
        unit = self.unit
        if unit is None or unit.name.startswith(_LOGIN):
            return DAEMON  # what is in a login's scope, and in no session, has been left behind
        return unit.kind


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
    program: Choice = None
    unit: Choice = None
    kind: Choice = None
    title: Optional[bool] = None
    vouched: Choice = None


class Rule(Row):
    """A row that can be applied.  Its regular expressions are compiled when they are first
    needed."""

    def applies(self, subject: Subject) -> bool:
        """Whether all conditions hold.  A ``match`` that ends in a blank is a whole word:
        ``"/usr/sbin/sshd "`` matches ``/usr/sbin/sshd`` without arguments too.

        Raises UnreadError if that depends on what is still unread.
        """
        for holds in self._conditions:  # noqa: SIM110 - all() takes twice as long
            if not holds(subject):
                return False
        return True

    @cached_property
    def _conditions(self) -> Sequence[Callable[[Subject], bool]]:
        """Those that are given, the cheapest first.  Most rules have one or two."""
        row: Any = self
        all_of_them: Sequence[Tuple[object, Callable[[Subject], bool]]] = (
            (row.match, lambda subject: f"{subject.cmdline} ".startswith(row.match)),
            (row.user, lambda subject: subject.user in row.user),
            (row.name, lambda subject: subject.name in row.name),
            (row.contains, lambda subject: any(map(subject.cmdline.__contains__, row.contains))),
            (row.program, lambda subject: program_name(subject.cmdline) in row.program),
            (row.title, lambda subject: subject.is_title is row.title),
            (row.regex, lambda subject: row._find(subject.cmdline) is not None),
            (row.cgroup, lambda subject: row._holds(subject.cgroup)),
            (row.unit, lambda subject: row._names(subject.unit)),
            (row.kind, lambda subject: subject.kind in row.kind),
            (row.vouched, lambda subject: row._is_vouched(subject, row.vouched)),
        )
        return [holds for given, holds in all_of_them if given is not None]

    @cached_property
    def _find(self) -> Callable[[str], Optional[re.Match[str]]]:
        assert self.regex is not None  # else nothing is searched for
        pattern = re.compile(self.regex)
        return pattern.match if is_anchored(self.regex) else pattern.search

    def _holds(self, cgroup: Optional[str]) -> bool:
        if cgroup == UNREAD:
            raise UnreadError
        return self._cgroups(cgroup or "")

    def _is_vouched(self, subject: Subject, vouchers: Tuple[str, ...]) -> bool:
        """Whether one of the vouchers vouches.  A line of a baseline was shown when it was
        written, so none did for a rule that ignores."""
        if subject.user == ROOT and ROOT in vouchers:
            return True
        if subject.name is None:
            return self.action != "ignore"
        if subject.vouchers is None:
            raise UnreadError
        return not subject.vouchers.isdisjoint(vouchers)

    def _names(self, unit: Optional[Unit]) -> bool:
        return unit is not None and self._units(unit.name)

    @cached_property
    def _cgroups(self) -> Callable[[str], bool]:
        return matcher(self.cgroup or ())

    @cached_property
    def _units(self) -> Callable[[str], bool]:
        return matcher(self.unit or ())

    def under(self, containers: str) -> bool:
        """Whether the rule is used under this value of ``containers``."""
        return self.containers in (None, containers)

    @property
    def meaning(self) -> Tuple[object, ...]:
        """The rule without its origin and its reason, as text and tuples of text."""
        conditions = (
            *(self.match, self.name, self.user, self.cgroup, self.contains, self.regex),
            *(self.program, self.unit, self.kind, str(self.title), self.vouched),
        )
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
