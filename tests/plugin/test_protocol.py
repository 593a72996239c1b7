"""Messages to and from the bytes of agent 2's sockets."""

from __future__ import annotations

import json
import struct

import pytest

from psdiff_zbx.plugin import protocol
from psdiff_zbx.plugin.protocol import (
    FRAME_LIMIT,
    Decoder,
    Message,
    Rejected,
    encode,
)

START = Message(protocol.START, 3, {})
# Sent by agent 7.0.9.
SAMPLE = b'{"id":2,"type":6,"key":"psdiff.get","parameters":[""]}'


def frame(payload: bytes, kind: int = 1) -> bytes:
    return struct.pack("<II", kind, len(payload)) + payload


def test_a_frame_of_an_agent() -> None:
    assert list(Decoder().feed(frame(SAMPLE))) == [
        Message(protocol.EXPORT, 2, {"key": "psdiff.get", "parameters": [""]})
    ]


def test_an_answer_is_one_frame_of_ascii() -> None:
    data = encode(protocol.exported(2, "é\ud800"))
    assert struct.unpack("<II", data[:8]) == (1, len(data) - 8)
    assert data[8:].isascii()
    assert json.loads(data[8:]) == {"id": 2, "type": 7, "value": "é\ud800"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (protocol.refused(4, "no"), {"id": 4, "type": 7, "error": "no"}),
        (protocol.validated(5, ""), {"id": 5, "type": 10}),
        (protocol.validated(5, "bad"), {"id": 5, "type": 10, "error": "bad"}),
        (protocol.log_message(2, "x"), {"id": 0, "type": 1, "severity": 2, "message": "x"}),
        (
            protocol.registered(1, "N", [("k", "K.")]),
            {"id": 1, "type": 3, "name": "N", "metrics": ["k", "K."], "interfaces": 3},
        ),
    ],
)
def test_the_messages_that_we_send(message: Message, expected: object) -> None:
    assert json.loads(encode(message)[8:]) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (frame(b"{}", kind=2), "a frame of the unknown type 2, 2 bytes"),
        (frame(b"{"), "a frame that is not JSON: b'{'"),
        (frame(b""), "a frame that is not JSON: b''"),
        (frame(b"\xff"), "a frame that is not JSON"),
        (frame(b"[" * 100_000), "a frame that is not JSON"),
        (frame(b"9" * 5000), "a frame that is n"),
        (frame(b"[1]"), "a frame that is no JSON object: b'[1]'"),
        (frame(b"{}"), "a frame without a proper type and id"),
        (frame(b'{"type":true}'), "a frame without a proper type and id"),
        (frame(b'{"type":1,"id":-1}'), "a frame without a proper type and id"),
        (frame(b'{"type":1,"id":4294967296}'), "a frame without a proper type and id"),
        (frame(b" " * (FRAME_LIMIT + 1)), "a frame of 1048577 bytes, where 1048576 are"),
    ],
)
def test_what_is_no_message_says_why_and_harms_nothing_else(data: bytes, reason: str) -> None:
    rejected, following = Decoder().feed(data + encode(START))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(reason)
    assert following == START


def test_a_frame_of_the_most_that_is_read() -> None:
    payload = b'{"id":3,"type":4}'.ljust(FRAME_LIMIT)
    assert list(Decoder().feed(frame(payload))) == [START]


def test_a_huge_payload_is_dropped_while_it_arrives() -> None:
    decoder = Decoder()
    (rejected,) = decoder.feed(struct.pack("<II", 1, 4 << 20))
    assert isinstance(rejected, Rejected)
    for _ in range(64):
        assert list(decoder.feed(b"x" * (1 << 16))) == []
        assert decoder.pending == 0
    assert list(decoder.feed(encode(START))) == [START]


def test_a_cut_frame_is_no_message() -> None:
    data = encode(START)
    decoder = Decoder()
    for end in range(len(data)):
        assert list(decoder.feed(data[end : end + 1])) == ([START] if end == len(data) - 1 else [])
