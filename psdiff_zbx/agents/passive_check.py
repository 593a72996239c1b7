"""One question to a running agent, as zabbix_get 6.0 asks it; 7.0's agents answer that too.

In: an address, a key, seconds.  Out: the value as text.
"""

from __future__ import annotations

import socket
import struct
from typing import BinaryIO, Optional, Tuple

from ..core.model import PsdiffError

NOT_SUPPORTED = "ZBX_NOTSUPPORTED"
_START = b"ZBXD"
_HEADER = struct.Struct("<4sBII")  # start, flags, length of the data, reserved
_PLAIN = 1
_LONGEST = 1 << 24  # bytes; no agent sends more


class PassiveError(PsdiffError):
    """An answer that is none of an agent's."""


def ask_agent(address: Tuple[str, int], key: str, seconds: float) -> Optional[str]:
    """The value, or ``ZBX_NOTSUPPORTED: why``; None where the agent hangs up.

    Raises OSError where nobody listens or nothing comes in time, and PassiveError.
    """
    with socket.create_connection(address, seconds) as connection:
        try:
            connection.sendall(_HEADER.pack(_START, _PLAIN, len(key), 0) + key.encode())
            with connection.makefile("rb") as stream:
                head = stream.read(_HEADER.size)
                return _text(head, stream) if head else None
        except (BrokenPipeError, ConnectionResetError):
            return None


def _text(head: bytes, stream: BinaryIO) -> str:
    data = stream.read(_length(head))
    if len(data) < _length(head):
        raise PassiveError(f"a cut off answer, {data[-20:]!r}")
    value, _, why = data.decode(errors="surrogateescape").partition("\0")
    return f"{value}: {why}" if why else value


def _length(head: bytes) -> int:
    if len(head) < _HEADER.size:
        raise PassiveError(f"a cut off answer, {head!r}")
    start, flags, length, _ = _HEADER.unpack(head)
    if (start, flags) != (_START, _PLAIN) or length > _LONGEST:
        raise PassiveError(f"no answer of a Zabbix agent, {head!r}")
    return int(length)
