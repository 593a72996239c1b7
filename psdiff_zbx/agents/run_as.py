"""Run psdiff-zbx as the agent's user.

In: a user and a command.  Out: what the command prints if it is started as an agent starts it, and
the folder that keeps the user from a file.  Only root can run a command as another user.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterable, NamedTuple, Optional, Tuple

from ..core.model import PsdiffError
from ..core.shell_words import shell_word
from ..host.services import manager
from ..host.user_names import user_name

PATH = manager.PATH
"""The PATH that systemd gives a service, and that an agent gives its commands."""

_PATIENCE = 30.0  # seconds: the longest Timeout of an agent


class AccountError(PsdiffError):
    """A user that does not exist, or a command that does not run as that user."""


class Ran(NamedTuple):
    """The exit code of a command, what it printed, and how many seconds it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def error(self) -> str:
        """The last line of its error; empty if it did not fail."""
        said = (self.err or self.out).strip().rpartition("\n")[2]
        return said.replace("psdiff-zbx: error: ", "", 1) if self.code else ""


class Account(NamedTuple):
    """A user, and the ``command`` by which this user runs psdiff-zbx."""

    user: str
    uid: int
    groups: Tuple[int, ...]
    command: Tuple[str, ...]

    @property
    def is_us(self) -> bool:
        """Whether this program runs as that user."""
        return self.uid == os.geteuid()

    def run(self, *words: str) -> Ran:
        """Run the command with these words, as an agent would.

        Raises AccountError if it cannot be started or does not end within 30 seconds.
        """
        began = time.monotonic()
        try:
            done = subprocess.run(
                (*self.command, *words),
                env={"PATH": PATH},
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
                **self._identity(),
            )
        except subprocess.TimeoutExpired:
            raise AccountError(f"'{words[0]}' does not end within {_PATIENCE:g} s") from None
        except OSError as error:
            raise AccountError(f"cannot run {error.filename}: {error.strerror}") from error
        out, err = (text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr))
        return Ran(done.returncode, out, err, time.monotonic() - began)

    def closed_folder(self, paths: Iterable[str]) -> Optional[str]:
        """The first folder on the way to one of the files that this user may not enter."""
        ways = [Path(way) for path in paths for way in (path, os.path.realpath(path))]
        folders = [folder for way in ways for folder in reversed(way.parents)]
        return next((str(folder) for folder in folders if not self._enters(folder)), None)

    def opening(self, path: str) -> str:
        """The remedy by which root lets this user read a file: ``'chmod …'``."""
        return f"'chmod go+rX {shell_word(self.closed_folder([path]) or path)}'"

    def may_read(self, path: str) -> bool:
        """Whether this user may read a file, or list a folder, by its mode; one that is not there
        is no obstacle."""
        try:
            found = os.stat(path)
        except OSError:
            return True
        if self.closed_folder([path]):
            return False
        needed = 0o5 if stat.S_ISDIR(found.st_mode) else 0o4
        return may_use(found, self.uid, self.groups, needed)

    @property
    def group(self) -> str:
        """The name of the user's own group, or its number."""
        try:
            return grp.getgrgid(self.groups[0]).gr_name
        except KeyError:
            return str(self.groups[0])

    def _enters(self, folder: Path) -> bool:
        try:
            found = os.stat(folder)
        except OSError:
            return False
        return may_enter(found, self.uid, self.groups)

    def _identity(self) -> Dict[str, Any]:
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.groups[0], "extra_groups": self.groups}


def may_enter(folder: os.stat_result, uid: int, groups: Iterable[int]) -> bool:
    """Whether a folder's mode lets this uid, with these groups, enter it."""
    return may_use(folder, uid, groups, 0o1)


def may_use(found: os.stat_result, uid: int, groups: Iterable[int], needed: int) -> bool:
    """Whether a mode has all of the ``needed`` bits (4 read, 1 enter) for this uid and groups."""
    if uid == 0:
        return True
    shift = 6 if found.st_uid == uid else 3 if found.st_gid in groups else 0
    return found.st_mode >> shift & needed == needed


def account(user: str, command: Tuple[str, ...]) -> Account:
    """The account of ``user`` if we are root, else our own.

    Raises AccountError if there is no such user.
    """
    if os.geteuid():
        groups = (os.getegid(), *os.getgroups())
        return Account(user_name(os.geteuid()), os.geteuid(), groups, command)
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        raise AccountError(f"no user {user}; install a Zabbix agent, which brings it") from None
    groups = tuple(os.getgrouplist(user, found.pw_gid))
    return Account(user, found.pw_uid, (found.pw_gid, *groups), command)
