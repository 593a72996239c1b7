"""psdiff-zbx under the eyes of the agent's user.

In: a user and a command.  Out: what that command prints, started as an agent starts it, and which
folder keeps the user from a file.  Only root can become somebody else.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterable, NamedTuple, Optional, Tuple

from ..core.model import PsdiffError
from ..host.procfs import user_name

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What systemd gives a service, and the agent what it runs."""

_PATIENCE = 30.0  # seconds: the longest Timeout of an agent


class AccountError(PsdiffError):
    """A user that is not there, or a command that does not run as that user."""


class Ran(NamedTuple):
    """How a command ended, what it printed, and how many seconds that took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def error(self) -> str:
        """Why it failed; nothing where it did not."""
        said = (self.err or self.out).strip().rpartition("\n")[2]
        return said.replace("psdiff-zbx: error: ", "", 1) if self.code else ""


class Account(NamedTuple):
    """A user who runs psdiff-zbx by ``command``."""

    user: str
    uid: int
    groups: Tuple[int, ...]
    command: Tuple[str, ...]

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def run(self, *words: str) -> Ran:
        """Raises AccountError where it cannot be started, or does not end."""
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
        """The first folder on the way to any of the files that this user may not enter."""
        ways = [Path(way) for path in paths for way in (path, os.path.realpath(path))]
        folders = [folder for way in ways for folder in reversed(way.parents)]
        return next((str(folder) for folder in folders if not self._enters(folder)), None)

    def opening(self, path: str) -> str:
        """How root lets this user read a file."""
        return f"run: chmod go+rX {self.closed_folder([path]) or path}"

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
    """Whether a folder's mode lets somebody go through it."""
    if uid == 0:
        return True
    if folder.st_uid == uid:
        return bool(folder.st_mode & 0o100)
    return bool(folder.st_mode & (0o010 if folder.st_gid in groups else 0o001))


def account(user: str, command: Tuple[str, ...]) -> Account:
    """That of ``user`` for root; for all others their own.  Raises AccountError."""
    if os.geteuid():
        groups = (os.getegid(), *os.getgroups())
        return Account(user_name(os.geteuid()), os.geteuid(), groups, command)
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        raise AccountError(f"no user {user}; install a Zabbix agent, which brings it") from None
    groups = tuple(os.getgrouplist(user, found.pw_gid))
    return Account(user, found.pw_uid, (found.pw_gid, *groups), command)
