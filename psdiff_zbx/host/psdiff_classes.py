"""The classes on which psdiff's own configuration files build, with psdiff's names.

A method that the administrator's class overrides decides; our rules do the rest.
"""

from __future__ import annotations

import itertools
from typing import Dict, Iterator, Optional, Set, Tuple, Union

from ..core.model import EXACT, Line
from ..core.rules.apply import settle
from ..core.rules.facts import RECORDED
from ..core.rules.rule import Subject
from ..core.rules.ruleset import Rules, Verdict
from ..core.rules.verdicts import Judge

Texts = Union[str, Tuple[str, ...]]


class Process:
    """A process as psdiff's hooks know it.  Hooks may change ``cmdline`` and ``user``."""

    # Newer versions of psdiff can show listening sockets.  Hooks for them find none here.
    _listens: Tuple[str, ...] = ()

    def __init__(self, line: Line, parent: Optional[Process]) -> None:
        self.line = line
        self.pid = line.processes[0].pid if line.processes else 0
        self.exe = line.processes[0].name[:8] if line.processes else line.cmdline  # ps's fname
        self.user = line.user
        self.cmdline = line.cmdline
        self.parent = parent
        self.subject: Optional[Subject] = None
        self.children: Set[Process] = set()
        self.root: Process = parent.root if parent else self
        self.process_map: Dict[int, Process] = {} if parent is None else parent.process_map
        self.process_map[self.pid] = self
        if parent is not None:
            parent.children.add(self)

    def lineage(self, include_self: bool = True) -> Iterator[Process]:
        """The process and its ancestors, upwards."""
        process: Optional[Process] = self if include_self else self.parent
        while process is not None:
            yield process
            process = process.parent

    def has_parent(
        self,
        include_self: bool = False,
        cmdline__startswith: Optional[Texts] = None,
        pid: Optional[int] = None,
    ) -> bool:
        """Whether an ancestor has this pid or begins with (one of) these texts."""
        return any(
            (cmdline__startswith is not None and process.cmdline.startswith(cmdline__startswith))
            or (pid is not None and process.pid == pid)
            for process in self.lineage(include_self)
        )

    def get_process(self, pid: Optional[int]) -> Optional[Process]:
        """The process with this pid, or None."""
        return self.process_map.get(pid) if pid else None

    def to_string(self, indent: int = 0) -> str:
        """The line of the process, as psdiff writes it."""
        cmdline = self.cmdline.rstrip(" ")
        return f"{'  ' * indent}{cmdline}  {{user={self.user}}}"

    def __str__(self) -> str:
        return self.to_string()


class ProcessFormatter:
    """Shows every process as it is.

    >>> class Local(ProcessFormatter):
    ...     def include(self, process):
    ...         return not process.cmdline.startswith("/usr/bin/atop ")
    """

    rules = Rules()

    def __init__(self, root: Process) -> None:
        self.judge = Judge(self.rules, RECORDED, ())
        self.root = root
        self.known: Dict[Subject, Verdict] = {}
        self.fates: Dict[Process, Tuple[bool, Optional[int]]] = {}
        self.standings: Dict[Process, str] = {}

    def adjust(self, process: Process) -> None:
        """Change what is shown of a process.  Called once for each, parents first."""

    def include(self, process: Process) -> bool:
        """Whether a process is shown.  Its children are asked about on their own."""
        return True

    def to_string(self, process: Process, indent: int = 0) -> str:
        """The line of a process, as psdiff writes it."""
        return process.to_string(indent)

    def mode(self, process: Process) -> str:
        """How many such processes there have to be."""
        return EXACT


class FilteredProcessFormatter(ProcessFormatter):
    """Adjusts and includes as our rules say."""

    def adjust(self, process: Process) -> None:
        """Rewrite the command line by our rules."""
        if not process.line.is_frame:
            process.cmdline = self.rules.normalise(self.subject(process))

    def include(self, process: Process) -> bool:
        """Whether our rules show the process."""
        unknown = itertools.takewhile(lambda each: each not in self.fates, process.lineage())
        for each in reversed(list(unknown)):
            _, covered = self.fates[each.parent] if each.parent else (True, None)
            frame = each.line.is_frame
            self.fates[each] = (True, None) if frame else settle(self.verdict(each), covered)
        return self.fates[process][0]

    def mode(self, process: Process) -> str:
        """How many there have to be by our rules."""
        return self.verdict(process).mode

    def subject(self, process: Process) -> Subject:
        """A process as our rules first see it."""
        if process.subject is None:
            parent = process.parent
            above = self.standings.get(parent, "") if parent else ""
            line = parent.line if parent else None
            standing = self.judge.standing(process.line, line, above)
            self.standings[process] = standing
            process.subject = self.judge.subject(process.line, standing)
        return process.subject

    def verdict(self, process: Process) -> Verdict:
        """What our rules decide about a process, as the hooks have adjusted it."""
        seen = self.subject(process)._replace(cmdline=process.cmdline, user=process.user)
        if seen not in self.known:
            self.known[seen] = self.rules.decide(seen)
        return self.known[seen]
