"""The records that travel from /proc to Zabbix, and the errors.  No behaviour."""

# No annotations from __future__: NamedTuple would compile each of them at each start.
from typing import Mapping, NamedTuple, Optional, Tuple

INIT = "INIT"
ROOT = "root"

EXPECTED, EXTRA, MISSING = "expected", "extra", "missing"
YOUNG, IGNORED, SHOWN = "young", "ignored", "shown"
"""What becomes of a process.  ``shown``: there is no baseline to compare it with."""

EXACT, AT_LEAST, OPTIONAL = "exact", "at-least", "optional"
"""The modes of a daemon: so many, at least one, may run or not."""

WORKER, SESSION, JOB, ON_DEMAND, DAEMON = "worker", "session", "job", "on-demand", "daemon"
KINDS = frozenset((WORKER, SESSION, JOB, ON_DEMAND, DAEMON))
"""The kinds of processes."""

CONTAINER = "container"
"""What runs in a container, whatever its kind."""

Key = Tuple[str, str]
"""(user, cmdline): what makes two processes the same daemon."""

Units = Tuple[Tuple[Key, str], ...]
"""Daemons, each with the name of a unit that starts it: see units.py.  One may have several."""


class PsdiffError(Exception):
    """Something that we cannot know or do, as one line: what, where, what to do about it."""


class ConfigError(PsdiffError):
    """A configuration or rules file that is wrong, unsafe or unreadable."""


class BaselineError(PsdiffError):
    """A baseline that is absent, damaged, unreadable or not writable."""


class ChangedError(BaselineError):
    """A baseline that somebody has changed since it was looked at."""


class SnapshotError(PsdiffError):
    """Processes that cannot be read, or a recording that is no snapshot."""


class UnknownDaemonError(PsdiffError):
    """A daemon that the baseline does not hold."""


class Unit(NamedTuple):
    """A unit of systemd, and what its files say of the processes in it: JOB, ON_DEMAND, DAEMON,
    or SESSION for a unit that ends with its user's logins."""

    name: str
    kind: str


class Process(NamedTuple):
    """One process as it was read, before any rule.

    ``cmdline`` and ``name`` (the kernel's comm) carry undecodable bytes as
    surrogates.  ``state`` is a letter of proc(5), or HALF_ENDED.  ``started`` is Unix time,
    ``cpu`` seconds, ``rss`` bytes.
    ``forked``: it runs its parent's program, for it has not called exec.  ``tty`` is
    the number of its controlling terminal, 0 for none.  ``cgroup`` and ``unit`` are
    None where they are not known.
    """

    pid: int
    ppid: int
    uid: int
    user: str
    name: str
    cmdline: Tuple[str, ...]
    state: str
    kthread: bool
    started: float
    cpu: float
    rss: int
    threads: int
    cgroup: Optional[str] = None
    forked: bool = False
    tty: int = 0
    unit: Optional[Unit] = None


class Line(NamedTuple):
    """One line of a tree.  A baseline's lines have no processes, a live line has one, and one
    of mode AT_LEAST has one or more."""

    depth: int
    cmdline: str
    user: str
    processes: Tuple[Process, ...] = ()
    mode: str = EXACT

    @property
    def key(self) -> Key:
        """The daemon that the line belongs to: (user, cmdline)."""
        return (self.user, self.cmdline)

    @property
    def number(self) -> int:
        """How many processes the line stands for."""
        return len(self.processes) or 1

    @property
    def is_frame(self) -> bool:
        """Whether this is the root line or INIT, which are no daemons."""
        if self.depth == 0:
            return True
        named_init = self.depth == 1 and self.cmdline == INIT
        return named_init and (not self.processes or self.processes[0].pid == 1)


Tree = Tuple[Line, ...]
"""Lines in the order in which they are printed, each below its parent."""


class Header(NamedTuple):
    """What a baseline says about itself.  ``written`` is Unix time; ``rules`` is the digest of the
    configuration under which it was written."""

    written: int
    host: str
    by: str
    version: str
    rules: str


class Baseline(NamedTuple):
    """An expected tree, the uids of its users by name, and the units of its daemons, as far as
    they are known.  ``header`` is None for psdiff's own files."""

    tree: Tree
    header: Optional[Header]
    users: Tuple[Tuple[str, int], ...] = ()
    units: Units = ()


class Source(NamedTuple):
    """Where the baseline of a state comes from.  ``written`` is Unix time."""

    path: str
    written: int
    by: str
    lines: int
    digest: str


class Daemon(NamedTuple):
    """An expected daemon and its running processes.

    ``started`` is the Unix time at which the oldest one started (0: none runs); ``cpu`` (seconds),
    ``rss`` (bytes) and ``threads`` are sums.  ``state``: see process_state.py.  ``roles`` are the
    paths of the roles' files that name it; none if only the host's own baseline does.  ``unit``
    are the names of the units that start it, with a blank between them; empty if none is known.
    """

    id: str
    name: str
    user: str
    cmdline: str
    expected: int
    mode: str
    running: int
    started: int
    cpu: float
    rss: int
    threads: int
    state: str
    roles: Tuple[str, ...] = ()
    unit: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether it has too few processes."""
        return self.running < self.expected


class Comparison(NamedTuple):
    """Two trees compared: each daemon, and the lines missing and extra."""

    daemons: Tuple[Daemon, ...]
    missing: Tuple[Line, ...]
    extra: Tuple[Line, ...]


IGNORED_KINDS = (WORKER, SESSION, JOB, ON_DEMAND, DAEMON, CONTAINER)
"""As what processes are ignored."""


class Filtered(NamedTuple):
    """A tree under the rules, and how many processes they ignore, by IGNORED_KINDS."""

    tree: Tree
    ignored: Mapping[str, int]


class Times(NamedTuple):
    """When the host has booted, or, in a container, when its pid 1 started (Unix time), and how
    many seconds ago; until when it is paused (Unix time).  0 for what is not known or not so."""

    boot: int = 0
    uptime: int = 0
    paused: int = 0


class State(NamedTuple):
    """One look at the host.  ``seconds`` is how long it took, ``processes`` how many processes
    there are, ``zombies`` how many of them have ended; ``ignored``: see Filtered."""

    source: Source
    comparison: Comparison
    processes: int
    seconds: float
    ignored: Mapping[str, int]
    zombies: int
    times: Times = Times()
