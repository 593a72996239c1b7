"""A plugin that is refused its threads answers errors, and never for another host's baseline."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest

from psdiff_zbx.plugin import connection, protocol, workers
from psdiff_zbx.plugin.connection import Connection
from tests.live.plugin_host import frame, options_tree


class Agent:
    """Asks a plugin that runs in a thread of ours."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket, self._decoder = ours, protocol.Decoder()

    def send(self, kind: int, **fields: object) -> None:
        self._socket.sendall(frame(json.dumps({"id": 7, "type": kind, **fields}).encode()))

    def ask(self, key: str) -> Any:
        self.send(protocol.EXPORT, key=key, parameters=[])
        while True:
            for message in self._decoder.feed(self._socket.recv(1 << 16)):
                assert isinstance(message, protocol.Message)
                if message.type != protocol.LOG:
                    return message.fields


class Refusing(threading.Thread):
    """No thread may be started."""

    allowed = False

    def start(self) -> None:
        if not self.allowed:
            raise RuntimeError("can't start new thread")
        super().start()


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.setattr(Refusing, "allowed", False)
    for module in (connection, workers):
        monkeypatch.setattr(module, "Thread", Refusing)
    ours, its = socket.socketpair()
    plugin = threading.Thread(target=Connection(its).serve)
    plugin.start()
    with ours:
        yield Agent(ours)
    plugin.join()
    its.close()


def test_it_says_so_and_then_serves_what_it_was_configured_for(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = tmp_path / "none"
    agent.send(protocol.CONFIGURE, private_options=options_tree({"Baseline": baseline}))
    for _ in range(2):
        found = agent.ask("psdiff.missing")
        assert found["value"] == "psdiff: error: cannot answer: can't start new thread"
    monkeypatch.setattr(Refusing, "allowed", True)
    assert f"no baseline at {baseline}" in agent.ask("psdiff.missing")["value"]
