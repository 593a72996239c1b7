"""The passive protocol against a listener that says what it wants.  Real agents:
tests/zabbix/test_doctor.py."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from psdiff_zbx.agents.passive_check import PassiveError, ask_agent

PATIENCE = 5.0


def framed(value: bytes, flags: int = 1) -> bytes:
    return struct.pack("<4sBII", b"ZBXD", flags, len(value), 0) + value


@contextmanager
def listener(says: bytes, heard: list[bytes], stays: bool = False) -> Iterator[tuple[str, int]]:
    """One connection: reads the question, says something, and hangs up unless it `stays`."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            heard.append(connection.recv(1000))
            connection.sendall(says)
            if stays:
                connection.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()
        thread.join(PATIENCE)


@pytest.mark.parametrize(
    ("says", "value"),
    [
        (framed(b"1.0.0"), "1.0.0"),
        (framed(b""), ""),
        (framed("é\n{}".encode()), "é\n{}"),
        (framed(b"\xff"), "\udcff"),
        (framed(b"x" * 500_000), "x" * 500_000),
        (framed(b"ZBX_NOTSUPPORTED\0Unknown metric x"), "ZBX_NOTSUPPORTED: Unknown metric x"),
        (framed(b"ZBX_NOTSUPPORTED\0"), "ZBX_NOTSUPPORTED"),
        (b"", None),
    ],
)
def test_an_answer(says: bytes, value: str) -> None:
    heard: list[bytes] = []
    with listener(says, heard) as address:
        assert ask_agent(address, "psdiff.version", PATIENCE) == value
    assert heard == [framed(b"psdiff.version")]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "no answer of a Zabbix agent, b'SSH-2.0-OpenS'"),
        (b"ZBXD", "a cut off answer, b'ZBXD'"),
        (framed(b"1.0.0")[:-1], "a cut off answer"),
        (framed(b"x", flags=3), "no answer of a Zabbix agent"),
        (struct.pack("<4sBII", b"ZBXD", 1, 1 << 31, 0), "no answer of a Zabbix agent"),
    ],
)
def test_no_answer_of_an_agents(says: bytes, why: str) -> None:
    with listener(says, []) as address, pytest.raises(PassiveError) as caught:
        ask_agent(address, "psdiff.version", PATIENCE)
    assert why in str(caught.value)


def test_nothing_comes() -> None:
    with listener(b"", [], stays=True) as address, pytest.raises(OSError, match="timed out"):
        ask_agent(address, "psdiff.version", 0.1)
