"""One unit file of systemd, and the names of units: systemd.syntax(7), systemd.unit(5).

In: the path of a file, or the name of a unit.  Out: what the file assigns, or the parts of the
name.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple, Optional

Sections = Dict[str, Dict[str, str]]
"""What is assigned in each section, by key.  The last assignment counts; an empty one resets."""

SYSTEMD = "/run/systemd/system"
"""A folder that exists where systemd runs as pid 1: sd_booted(3)."""

_BLANKS = " \t\r"
_COMMENTS = frozenset("#;")
_TRUE = frozenset(("1", "yes", "y", "true", "t", "on"))
_LONGEST = 1 << 20


class Name(NamedTuple):
    """The parts of a unit's name.  ``at`` is ``@`` in templates and their instances.

    ``getty@tty1.service`` → ``getty``, ``@``, ``tty1``, ``service``
    """

    prefix: str
    at: str
    instance: str
    suffix: str

    @property
    def template(self) -> str:
        """The template that it is an instance of; its own name if it is none."""
        return f"{self.prefix}{self.at}.{self.suffix}"

    @property
    def service(self) -> str:
        """The service that a timer or socket of this name starts."""
        return f"{self.prefix}{self.at}{self.instance}.service"

    def expand(self, text: str) -> str:
        """``text`` with the specifiers replaced that make names of units.

        ``Service=systemd-journald@%i.service``
        """
        if "%" not in text:
            return text
        whole = f"{self.prefix}{self.at}{self.instance}"
        specifiers = (("%p", self.prefix), ("%i", self.instance), ("%I", self.instance))
        for specifier, value in (*specifiers, ("%N", whole)):
            text = text.replace(specifier, value)
        return text


@lru_cache(maxsize=1024)
def parts(unit: str) -> Name:
    """The parts of a unit's name.  An instance may contain dots and ``@`` itself."""
    stem, _, suffix = unit.rpartition(".")
    return Name(*stem.partition("@"), suffix)


def instance_of(template: str, unit: str) -> str:
    """The instance of ``template`` that has the instance name of ``unit``; if ``template`` is
    none, its own name."""
    name = parts(template)
    if not name.at or name.instance:
        return template
    return f"{name.prefix}@{parts(unit).instance}.{name.suffix}"


def read(path: str) -> Optional[str]:
    """The text of a file, or None if it cannot be read.

    It is empty for what has no size: a link to ``/dev/null`` masks just as an empty file does, and
    a FIFO in somebody's home must not make us wait.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            size = min(os.fstat(opened).st_size, _LONGEST)
            return os.read(opened, size).decode(errors="surrogateescape")
        finally:
            os.close(opened)
    except OSError:
        return None


def parse(text: str) -> Sections:
    """What a unit file assigns.  Lines that are no assignment are left out."""
    sections: Sections = {}
    section: Dict[str, str] = {}
    for row in _joined(text) if "\\\n" in text else text.split("\n"):
        line = row.strip(_BLANKS)
        if line[:1] == "[":
            section = sections.setdefault(line[1:-1], {})
        elif "=" in line and line[0] not in _COMMENTS:
            key, _, value = line.partition("=")
            section[key.rstrip(_BLANKS)] = value.lstrip(_BLANKS)
    return sections


def _joined(text: str) -> Iterator[str]:
    """The lines, those that end in a backslash joined with what follows the next comments."""
    held: List[str] = []
    for row in text.split("\n"):
        line = row.lstrip(_BLANKS)
        if line[:1] in _COMMENTS:
            continue
        if (len(line) - len(line.rstrip("\\"))) % 2:
            held.append(line[:-1])
            continue
        yield " ".join((*held, line))
        held = []
    yield " ".join(held)


def merge(sections: Sections, over: Sections) -> None:
    """Add to ``sections`` what a drop-in assigns."""
    for name, section in over.items():
        sections.setdefault(name, {}).update(section)


def is_true(text: str) -> bool:
    """Whether a boolean argument is true: systemd.syntax(7)."""
    return text.lower() in _TRUE
