"""The files of a process in /proc, from bytes to values: proc(5).  This module opens no file."""

from __future__ import annotations

from typing import NamedTuple, Tuple

# linux/sched.h: "Getting shut down", "Forked but didn't exec", "I am a kernel thread"
PF_EXITING = 0x00000004
PF_FORKNOEXEC = 0x00000040
PF_KTHREAD = 0x00200000
_KILLED = 1 << 8  # SIGKILL among the pending signals: signal(7)
_LAST = 21  # the last field after the name that we need: rss


class Stat(NamedTuple):
    """``/proc/PID/stat``.  ``started`` (since the boot) and ``cpu`` are in clock ticks, ``rss`` is
    in pages.  ``is_ending``: it has ended, and is not a zombie yet.  ``forked``: it has not called
    exec.  ``tty`` is the number of its controlling terminal, 0 for none.  ``threads`` are those
    that have not ended, and the main thread."""

    pid: int
    ppid: int
    name: bytes
    state: bytes
    is_kthread: bool
    is_ending: bool
    started: int
    cpu: int
    rss: int
    threads: int
    forked: bool
    tty: int


def parse_stat(data: bytes) -> Stat:
    """The fields of ``812 (a) b) S 1 …``.  The name may have blanks and parentheses, so it ends at
    the last parenthesis."""
    end = data.rindex(b")")
    fields = data[end + 2 :].split(None, _LAST + 1)
    pid, _, name = data[:end].partition(b" (")
    state, flags = fields[0], int(fields[6])
    return Stat(
        int(pid),
        int(fields[1]),
        name,
        state,
        flags & PF_KTHREAD != 0,
        flags & PF_EXITING != 0 and state != b"Z",
        int(fields[19]),
        int(fields[11]) + int(fields[12]),
        int(fields[_LAST]),
        int(fields[17]),
        flags & PF_FORKNOEXEC != 0,
        int(fields[4]),
    )


def is_bare(data: bytes) -> bool:
    """Whether a process has no arguments, by its stat: it is a kernel thread, or has ended."""
    state, *_, flags = data[data.rindex(b")") + 2 :].split(None, 7)[:7]
    if state == b"Z":
        return parse_stat(data).threads < 2
    return state in b"Xx" or int(flags) & (PF_EXITING | PF_KTHREAD) != 0


def is_zombie(data: bytes) -> bool:
    """Whether a process' main thread has ended, by its stat."""
    return data[data.rindex(b")") + 2 :].startswith(b"Z")


def is_killed(status: bytes) -> bool:
    """Whether a thread is about to end, by its status: ``SigPnd:\t0000000000000100`` has SIGKILL,
    as exit_group(2) sends it to all."""
    pending = status.partition(b"SigPnd:")[2].split(None, 1)
    return bool(pending) and int(pending[0], 16) & _KILLED != 0


def arguments(cmdline: bytes) -> Tuple[str, ...]:
    """The arguments in ``b"/usr/sbin/cron\\0-f\\0"``.  A rewritten title may be padded with more
    NULs (``b"postgres: checkpointer \\0\\0\\0"``)."""
    stripped = cmdline.rstrip(b"\0")
    if not stripped:
        return ()
    return tuple(decode(stripped).split("\0"))


def decode(text: bytes) -> str:
    """Bytes as text, always UTF-8: the agent has no locale, and must see what root's shell saw."""
    return text.decode("utf-8", "surrogateescape")
