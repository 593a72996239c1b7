"""One passive check, sent as zabbix_get 6.0 sends it; agents of 7.0 answer it, too.

In: an address, an item key, seconds.  Out: the value as text.  It does not speak TLS.
https://www.zabbix.com/documentation/7.0/en/manual/appendix/protocols/header_datalen
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
    """An answer that does not come from a Zabbix agent."""


def ask_agent(address: Tuple[str, int], key: str, seconds: float) -> Optional[str]:
    """The value, or ``ZBX_NOTSUPPORTED: why``; None if the agent hangs up.

    Raises OSError if there is no connection or no answer in time, and PassiveError if the answer
    does not come from an agent.
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
