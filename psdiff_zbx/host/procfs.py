"""Linux's /proc to processes, in one pass."""

from __future__ import annotations

import os
import time
from functools import lru_cache, partial
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ..core.cache import Cache
from ..core.model import Process, SnapshotError
from ..core.process_state import DEAD, HALF_ENDED
from ..core.redact import Redact
from ..core.rules.cgroup import parse_cgroup
from . import boot_clock, proc_stat
from .cgroupfs import read_cgroups
from .mounts import REMEDY, mounts, refuse_hidden
from .patience import Patience, StuckError
from .proc_reader import Raw, Reader, slurp
from .user_names import user_names
from .user_namespace import OVERFLOW, refuse_unmapped

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
# Seconds for one process.  An agent waits for three, and some of them are for another look.
_PATIENCE = Patience(1.5)
_LONG = 1024  # bytes of a command line that may take a while to be searched for secrets
_ALL_LONG = 1.0  # seconds, for all of these


def read_proc(
    root: str = "/proc",
    known: Optional[Cache] = None,
    redact: Redact = tuple,
    users: Optional[Mapping[str, str]] = None,
) -> List[Process]:
    """All processes of this pid namespace, in whatever order.  While they are read they may
    end, change their titles and lose their parents.

    The cgroup is left out where only the process itself can tell it.  ``known`` remembers
    them from one read to the next: one that has not changed since is the very same record.
    ``redact`` is asked once about each command line, of which most hosts have many twins.
    ``users`` are names by uid, for where the user directory does not answer in time.
    Raises SnapshotError if other users' processes cannot be seen, or if one cannot be read.
    """
    try:
        found = mounts(root)
        refuse_hidden(root, found)
        # Cgroups go first, so that processes of a container that ends meanwhile are still known.
        raws = _read(Reader(root, read_cgroups(found), known), known)
        uids = {raw.uid for raw in raws}
        if OVERFLOW in uids:
            _refuse_unmapped(root)
    except PermissionError as error:
        raise SnapshotError(f"no permission to read {_place(root, error)}: {REMEDY}") from None
    except OSError as error:
        raise SnapshotError(f"cannot read {_place(root, error)}: {error.strerror}") from None
    if not any(raw.pid == "1" for raw in raws):
        raise SnapshotError(f"{root} does not show pid 1, so it hides processes: {REMEDY}")
    return _Maker(user_names(uids, known, users or {}), redact).all(raws, known)


def _read(reader: Reader, known: Optional[Cache]) -> List[Raw]:
    if known:
        known.turn()
    try:
        return _PATIENCE.run(reader.read, lambda: reader.at)
    except StuckError as error:
        raise SnapshotError(_stuck(*error.at)) from None


def _stuck(pid: str, data: bytes) -> str:
    program = proc_stat.decode(proc_stat.parse_stat(data).name) if data else "?"
    return (
        f"process {pid} ({program}) has not let its command line be read for "
        f"{_PATIENCE.seconds:g} s: see what it waits for (/proc/{pid}/wchan), or end it"
    )


def _refuse_unmapped(root: str) -> None:
    try:
        uid_map = slurp(f"{root}/self/uid_map")
    except FileNotFoundError:  # a kernel without user namespaces
        return
    refuse_unmapped(proc_stat.decode(uid_map))


def _place(root: str, error: OSError) -> str:
    return os.path.join(root, str(error.filename or ""))


def read_cgroup(process: Process, root: str = "/proc") -> Optional[str]:
    """The path of a process' cgroup, or None if the process has gone."""
    try:
        return parse_cgroup(proc_stat.decode(slurp(f"{root}/{process.pid}/cgroup")))
    except (FileNotFoundError, ProcessLookupError):
        return None


class _Seen(NamedTuple):
    """What was read of a process, and what was made of it."""

    raw: Raw
    process: Process


def _arguments(redact: Redact, cmdline: bytes, beyond: str) -> Tuple[str, ...]:
    shown = redact(proc_stat.arguments(cmdline))
    return (*shown, beyond) if beyond else shown


class _Maker:
    """Makes processes of what was read."""

    def __init__(self, names: Mapping[int, str], redact: Redact) -> None:
        self.names = names
        self.boot = boot_clock.boot_time()
        self.spent: Dict[int, float] = {}
        self.arguments = lru_cache(None)(partial(_arguments, redact))
        self.decode = lru_cache(None)(proc_stat.decode)

    def all(self, raws: Iterable[Raw], known: Optional[Cache]) -> List[Process]:
        if known is None:
            return [self._process(raw) for raw in raws]
        return [self._known(raw, known) for raw in raws]

    def _known(self, raw: Raw, known: Cache) -> Process:
        before: Optional[_Seen] = known.get(raw.pid)
        if before and before.raw is raw and before.process.user == self.names[raw.uid]:
            return before.process
        return known.put(raw.pid, _Seen(raw, self._process(raw))).process

    def _long_arguments(self, raw: Raw, program: str) -> Tuple[str, ...]:
        """Any user can have a thousand of them."""
        began = time.monotonic()
        shown = self.arguments(raw.cmdline, raw.beyond)
        self.spent[raw.uid] = self.spent.get(raw.uid, 0.0) + time.monotonic() - began
        if sum(self.spent.values()) > _ALL_LONG:
            user = self.names[max(self.spent, key=self.spent.__getitem__)]
            raise SnapshotError(
                f"too many long command lines, most of them of user {user}: they have taken "
                f"{_ALL_LONG:g} s, up to that of process {raw.pid} ({program})"
            )
        return shown

    def _state(self, stat: proc_stat.Stat, has_arguments: bool) -> str:
        if stat.is_ending and not has_arguments:
            return DEAD
        if has_arguments and stat.state == b"Z":
            return HALF_ENDED
        return self.decode(stat.state)

    def _process(self, raw: Raw) -> Process:
        stat = proc_stat.parse_stat(raw.data)
        name, is_long = self.decode(stat.name), len(raw.cmdline) > _LONG
        return Process(
            stat.pid,
            stat.ppid,
            raw.uid,
            self.names[raw.uid],
            name,
            self._long_arguments(raw, name)
            if is_long
            else self.arguments(raw.cmdline, raw.beyond),
            self._state(stat, bool(raw.cmdline)),
            stat.is_kthread,
            self.boot + stat.started / _TICKS,
            stat.cpu / _TICKS,
            stat.rss * _PAGE,
            stat.threads,
            raw.cgroup,
            stat.forked,
            stat.tty,
        )
