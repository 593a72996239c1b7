"""Check program, configuration and processes as the agent's user sees them.

In: the account of that user, and our own monitor.  Out: findings.  It changes nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Iterable, Iterator, Sequence

from ... import __file__ as package
from ...core.model import ConfigError, Process
from ...core.rules.explain_text import SHIPPED
from ...core.shell_words import shell_word
from ...host import config, interpreter
from ...host.monitor import Monitor
from ...host.mounts import mounts
from ..run_as import Account, AccountError
from .findings import OK, WARNING, Finding, some, wrong

# The first pid namespace of a machine: PROC_PID_INIT_INO in include/linux/proc_ns.h.
_FIRST_NAMESPACE = 0xEFFFFFFC
_HIDING = ("hidepid=", "gid=")


def check_program(account: Account) -> Finding:
    """Whether the user can run the program with its interpreter and its modules."""
    try:
        ran = account.run("version")
    except AccountError as error:
        return wrong("program", error, _way(account))
    command = " ".join(account.command)
    if ran.error:
        return wrong("program", f"{account.user} cannot run {command}: {ran.error}", _way(account))
    return Finding("program", OK, f"{account.user} runs {command}, version {ran.out.strip()}")


def _way(account: Account) -> str:
    folder = account.closed_folder((account.command[0], sys.executable, package))
    if folder and (folder == "/root" or folder.startswith("/home")):
        return f"{account.user} may not enter {folder}: install psdiff-zbx in /opt/psdiff-zbx"
    if folder and not _is_ours(folder):
        return f"{account.user} may not enter {folder}: 'chmod o+x {shell_word(folder)}'"
    if not interpreter.in_virtual_environment():
        return f"try it as {account.user}"
    # As after an installation under umask 077: not only the first file is closed.
    return f"{account.user} must be able to read it: 'chmod -R go+rX {shell_word(sys.prefix)}'"


def _is_ours(folder: str) -> bool:
    """Whether it is the virtual environment, which holds no secret, or is in it."""
    own = os.path.realpath(sys.prefix)
    is_within = os.path.commonpath((own, os.path.realpath(folder))) == own
    return interpreter.in_virtual_environment() and is_within


def check_python(account: Account) -> Iterator[Finding]:
    """Whether the program's Python is the distribution's, and the one that it was installed for:
    nothing if so."""
    program = os.path.realpath(account.command[0])
    flaw = interpreter.interpreter_flaw(interpreter.interpreter_of(program) or program)
    if flaw:
        remedy = "install the package, which the distribution's Python runs, whatever its version"
        yield Finding("python", WARNING, flaw, remedy)


def check_configuration(monitor: Monitor, account: Account, error: str) -> Finding:
    """Whether the configuration is safe and valid, for us and for the agent's user.  ``error`` is
    what that user gets instead of processes; empty if all is well."""
    try:
        found = monitor.host.config
    except ConfigError as problem:
        return wrong("configuration", problem)
    places = config.watched_files(monitor.config_path)
    closed = [str(path) for path in places if str(path) in error]
    if closed:
        opening = account.opening(max(closed, key=len))
        return wrong("configuration", f"{account.user}: {error}", opening)
    files = [path for path in places if path.is_file()]
    own = sum(rule.origin != SHIPPED for rule in found.rules.rows)
    names = ", ".join(map(str, files))
    text = f"{names}: {some(own, 'own rule')}" if files else "only the shipped rules"
    return Finding("configuration", OK, text)


def check_users(
    account: Account, there: Iterable[Process], here: Iterable[Process]
) -> Iterator[Finding]:
    """Whether the user sees each process under the same user's name as we do: nothing if so."""
    ours = {process.pid: process for process in here}
    for process in there:
        own = ours.get(process.pid)
        if own and own.uid == process.uid and own.user != process.user:
            text = f"{account.user} sees user {process.user} where we see {own.user}"
            yield wrong("users", text, f"let 'getent passwd {own.uid}' say the same for both")
            return


def check_processes(account: Account, number: int, error: str) -> Finding:
    """Whether the agent's user sees the processes of all users.  ``number`` is how many it sees,
    ``error`` what it gets instead."""
    if error:
        text, _, remedy = error.partition("): ")  # "… (hidepid=2): mount it without …"
        text = f"{account.user}: {text}{')' if remedy else ''}"
        return wrong("processes", text, _remount(account, error) or remedy)
    text = f"{account.user} sees all {number}"
    hiding = [option for option in _options_of_proc() if option.startswith(_HIDING)]
    if hiding:
        text += f", with /proc mounted {','.join(hiding)}"
    if os.stat("/proc/self/ns/pid").st_ino != _FIRST_NAMESPACE:
        text += ", those of this container only"
    return Finding("processes", OK, text)


def _remount(account: Account, error: str) -> str:
    """How the agent's group, and nobody else, may see all; with hidepid=ptraceable no group may:
    proc(5)."""
    if "/proc hides" not in error or "hidepid=4" in error or "hidepid=ptraceable" in error:
        return ""
    option = f"gid={account.groups[0]}"
    return f"'mount -o remount,{option} /proc', and add {option} where /etc/fstab mounts it"


def _options_of_proc() -> Sequence[str]:
    found = [mount.options for mount in mounts() if mount.point == "/proc"]
    return found[-1] if found else ()
