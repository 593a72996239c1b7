"""Command lines that are too long to be looked at: their beginning, and a digest of the rest.

In: the arguments as the kernel has them.  Out: at most some 4 KB of them.  Rules and secrets are
looked for in these only, so that no command line costs more than others.
"""

from __future__ import annotations

from typing import List, Tuple

from .digest import hex_digest

_LONGEST = 4096  # bytes
_ARGUMENT = 1024  # bytes of an argument of such a command line; a class path, mostly
_LONG = _LONGEST + 128  # bytes; a command line that was shortened once stays as it is
_WORDS = 256  # bytes before the cut in which a word may end: half a secret is not recognised
_ENDS = b' ,;:&"'
_NUL = b"\0"


def shorten(cmdline: bytes) -> Tuple[bytes, str]:
    r"""The command line, and what stands for the arguments that were left out of it (nothing, if
    none was).  Of a long one, each long argument is its beginning, how many bytes follow, and
    eight hex digits of their digest: ``/opt/a.jar:…(+61440:9f86d081)``.

    >>> shorten(b"/usr/sbin/cron\0-f\0")
    (b'/usr/sbin/cron\x00-f\x00', '')
    """
    if len(cmdline) > _LONG:
        cmdline = cmdline.rstrip(_NUL)
    if len(cmdline) <= _LONG:
        return cmdline, ""
    kept: List[bytes] = []
    start = size = 0
    while start < len(cmdline):
        end = cmdline.find(_NUL, start)
        end = len(cmdline) if end < 0 else end
        argument = _beginning(cmdline[start:end])
        size += len(argument) + 1
        if size > _LONGEST:
            break
        kept.append(argument)
        start = end + 1
    return _NUL.join(kept), _rest(cmdline[start:])


def _beginning(argument: bytes) -> bytes:
    if len(argument) <= _ARGUMENT:
        return argument
    at = max(argument.rfind(bytes([end]), _ARGUMENT - _WORDS, _ARGUMENT) for end in _ENDS)
    at = at if at >= 0 else _whole(argument, _ARGUMENT)
    return argument[:at] + _rest(argument[at:]).encode()


def _whole(text: bytes, at: int) -> int:
    """No later than ``at``, where no character of UTF-8 is cut in two."""
    return next((each for each in range(at, at - 4, -1) if text[each] & 0xC0 != 0x80), at)


def _rest(data: bytes) -> str:
    if not data:
        return ""
    return f"…(+{len(data)}:{hex_digest(data)[:8]})"
