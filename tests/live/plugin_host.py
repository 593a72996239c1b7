"""A stand-in for agent 2: it starts the real plugin and speaks the agent's side of the protocol.

It has its own reading and writing of frames, so that both sides cannot be wrong alike.
"""

from __future__ import annotations

import base64
import json
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Optional

from tests.live.program import (
    MINIMAL,
    PACKAGE,
    PATIENCE,
    poll,
)

Record = dict[str, Any]
Asked = tuple[str, tuple[str, ...]]
PLUGIN = (sys.executable, "-m", "psdiff_zbx.plugin.main")
ENVIRONMENT = {**MINIMAL, "PYTHONPATH": str(PACKAGE.parent)}
LOG, REGISTER, TERMINATE, EXPORT, CONFIGURE, VALIDATE = 1, 2, 5, 6, 8, 9


def frame(payload: bytes, kind: int = 1) -> bytes:
    return struct.pack("<II", kind, len(payload)) + payload


def options_tree(options: Mapping[str, object]) -> Record:
    """Options as agents 6.0.14 and 7.0.9 send them."""
    nodes = [
        {"Name": name, "Line": 2, "Nodes": [{"Value": _base64(str(value)), "Line": 2}]}
        for name, value in options.items()
    ]
    path = {"Name": "Path", "Line": 1, "Nodes": [{"Value": _base64("/opt/plugin"), "Line": 1}]}
    system = {"Name": "System", "Line": 1, "Nodes": [path]}
    return {"Name": "PsdiffZbx", "Nodes": [system, *nodes], "Line": 1}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class PluginHost:
    """One run of the plugin, from `with` to the end of the block; `logs` are what it told."""

    def __init__(self, folder: Path, initial: bool = False, measured: bool = True) -> None:
        """`measured`: coverage, if it is on, sees it."""
        self.path = folder / "agent.sock"
        self.initial = initial
        self.env = ENVIRONMENT if measured else {**MINIMAL, "PYTHONPATH": str(PACKAGE.parent)}
        self.logs: list[Record] = []
        self._number = 0

    def __enter__(self) -> PluginHost:
        """Start it, and wait for its connection."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.path))
            listener.listen()
            listener.settimeout(PATIENCE)
            words = [*PLUGIN, str(self.path), str(self.initial).lower()]
            self.process = subprocess.Popen(
                words, env=self.env, cwd="/", stdin=subprocess.DEVNULL, stdout=-1, stderr=-1
            )
            self.connection = listener.accept()[0]
        self.connection.settimeout(PATIENCE)
        self._stream = self.connection.makefile("rb")
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever it was told before, it ends with its agent, and never prints anything."""
        self.hang_up()
        try:
            printed = self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.path.unlink()
        assert (self.process.returncode, *printed) == (0, b"", b"")

    def hang_up(self) -> None:
        """As the kernel does for an agent that is gone."""
        self._stream.close()
        self.connection.close()

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)

    def send(self, kind: int, **fields: object) -> int:
        """A message, and the number under which it is answered."""
        self._number += 1
        record = {"id": self._number, "type": kind, **fields}
        self.raw(frame(json.dumps(record).encode()))
        return self._number

    def receive(self) -> Record:
        """The next message that is not for the log."""
        while True:
            kind, length = struct.unpack("<II", self._stream.read(8))
            assert kind == 1
            record = json.loads(self._stream.read(length))
            assert isinstance(record, dict)
            if record["type"] != LOG:
                return record
            self.logs.append(record)

    def call(self, kind: int, **fields: object) -> Record:
        """A message and its answer."""
        number = self.send(kind, **fields)
        answer = self.receive()
        assert answer["id"] == number
        return answer

    def configure(self, options: Mapping[str, object], seconds: int = 3) -> None:
        """What an agent with this Timeout and these lines of configuration says first."""
        private = options_tree(options)
        self.send(CONFIGURE, global_options={"Timeout": seconds}, private_options=private)

    def ask(self, key: str, *parameters: str, **more: object) -> Record:
        """The answer to one key, without its number and type."""
        answer = self.call(EXPORT, key=key, parameters=list(parameters), **more)
        assert answer.pop("type") == EXPORT + 1
        del answer["id"]
        return answer

    def value(self, key: str, *parameters: str, **more: object) -> str:
        """The value of one key."""
        found = self.ask(key, *parameters, **more)
        assert list(found) == ["value"], found
        return str(found["value"])

    def document(self, **more: object) -> Record:
        """What psdiff.get says."""
        found = json.loads(self.value("psdiff.get", **more))
        assert isinstance(found, dict)
        return found

    def ask_all(self, questions: Iterable[Asked]) -> list[Record]:
        """All at once; the answers in the order of the questions."""
        numbers = [
            self.send(EXPORT, key=key, parameters=list(parameters))
            for key, parameters in questions
        ]
        answers = {answer["id"]: answer for answer in (self.receive() for _ in numbers)}
        return [answers[number] for number in numbers]

    def rss(self) -> int:
        """Bytes of memory in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (row,) = [row for row in status.splitlines() if row.startswith("VmRSS:")]
        return int(row.split()[1]) * 1024

    def ends(self, patience: float = PATIENCE) -> Optional[int]:
        """Its exit code, once it has ended."""
        poll(lambda: self.process.poll() is not None, patience)
        return self.process.returncode

    def told(self) -> list[str]:
        """The texts for the agent's log so far, with a last question to be sure of them."""
        assert self.value("psdiff.version")
        return [record["message"] for record in self.logs]
