"""The messages between zabbix_agent2 and a loadable plugin, from and to bytes.

In: bytes as they arrive, in any chunks.  Out: messages, and the reason for each frame that is
none.  A frame is ``uint32 type | uint32 length | payload``, little-endian, and only type 1, JSON,
is used (zabbix: src/go/pkg/plugin/comms).  This module uses no socket.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple, Union

LOG, REGISTER, REGISTERED, START, TERMINATE, EXPORT, EXPORTED = range(1, 8)
CONFIGURE, VALIDATE, VALIDATED, PERIOD, PERIOD_RESPONSE = range(8, 13)
INFO, CRITICAL, ERROR, WARNING, DEBUG, TRACE = range(6)
EXPORTER, CONFIGURATOR, RUNNER = 1, 2, 4

FRAME_LIMIT = 1 << 20
"""The largest payload that is read, in bytes.  An agent sends an item key of at most 2,048
characters or the lines of its configuration, so a larger frame is no request."""

_HEADER = struct.Struct("<II")
_JSON = 1
_NUMBERS = 1 << 32


class Message(NamedTuple):
    """One message.  ``fields`` is all that it holds besides its type and its id."""

    type: int
    id: int
    fields: Dict[str, Any]


class Rejected(NamedTuple):
    """A frame that is no message, and the reason.  The frames after it are not affected."""

    reason: str


def encode(message: Message) -> bytes:
    """A message as one frame.  Its JSON is ASCII, so any text can be encoded."""
    record = {"id": message.id, "type": message.type, **message.fields}
    payload = json.dumps(record, separators=(",", ":")).encode("ascii")
    return _HEADER.pack(_JSON, len(payload)) + payload


class Decoder:
    """Bytes to messages.  It holds at most one frame of FRAME_LIMIT bytes: a longer payload is
    dropped while it arrives.

    Only the length of a frame tells where the next one begins.  After a wrong length there is no
    way back: the decoder takes what follows for payload, and the agent gets no more answers until
    it is restarted.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> Iterator[Union[Message, Rejected]]:
        """The messages that are complete now.  Use them all before you feed the next chunk."""
        self._buffer += data
        while True:
            self._drop()
            header = self._header()
            if header is None:
                return
            kind, length = header
            if kind != _JSON or length > FRAME_LIMIT:
                self._skip = _HEADER.size + length
                yield Rejected(_unread(kind, length))
            elif len(self._buffer) < _HEADER.size + length:
                return
            else:
                yield _message(self._take(length))

    @property
    def pending(self) -> int:
        """The number of bytes that wait for the rest of their frame."""
        return len(self._buffer)

    def _drop(self) -> None:
        number = min(self._skip, len(self._buffer))
        del self._buffer[:number]
        self._skip -= number

    def _header(self) -> Optional[Tuple[int, int]]:
        if self._skip or len(self._buffer) < _HEADER.size:
            return None
        kind, length = _HEADER.unpack_from(self._buffer)
        return kind, length

    def _take(self, length: int) -> bytes:
        end = _HEADER.size + length
        payload = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return payload


def _unread(kind: int, length: int) -> str:
    if kind != _JSON:
        return f"a frame of the unknown type {kind}, {length} bytes"
    return f"a frame of {length} bytes, where {FRAME_LIMIT} are the most that is read"


def _message(payload: bytes) -> Union[Message, Rejected]:
    try:
        record = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return Rejected(f"a frame that is not JSON: {payload[:40]!r}")
    if not isinstance(record, dict):
        return Rejected(f"a frame that is no JSON object: {payload[:40]!r}")
    kind, number = record.pop("type", None), record.pop("id", 0)
    if not (_is_number(kind) and _is_number(number)):
        return Rejected(f"a frame without a proper type and id: {payload[:40]!r}")
    return Message(kind, number, record)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < _NUMBERS


def registered(number: int, name: str, metrics: Iterable[Tuple[str, str]]) -> Message:
    """The answer to REGISTER: item keys with their descriptions.  A description must begin with a
    capital and end with a full stop, or the agent panics."""
    flat: List[str] = [text for pair in metrics for text in pair]
    interfaces = EXPORTER | CONFIGURATOR
    fields = {"name": name, "metrics": flat, "interfaces": interfaces}
    return Message(REGISTERED, number, fields)


def exported(number: int, value: str) -> Message:
    """The answer to EXPORT: a value."""
    return Message(EXPORTED, number, {"value": value})


def refused(number: int, error: str) -> Message:
    """The answer to EXPORT that makes the item unsupported."""
    return Message(EXPORTED, number, {"error": error})


def validated(number: int, error: str) -> Message:
    """The answer to VALIDATE.  If there is an error, the agent shows it and does not start."""
    return Message(VALIDATED, number, {"error": error} if error else {})


def log_message(severity: int, text: str) -> Message:
    """A line for the agent's log."""
    return Message(LOG, 0, {"severity": severity, "message": text})
