"""One connection to zabbix_agent2, from its first request to its end.

In: a connected socket.  Out: answers on it.  Only the agent's Terminate, or the end of the
connection, ends the loop.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Callable, Dict, Optional, Union

from .. import __version__
from ..core.agent_config import PLUGIN
from ..core.item_keys import METRICS, failure_value
from ..core.line import error_line
from ..core.model import ConfigError, State
from . import protocol
from .answers import (
    Answers,
    Question,
    RefusedError,
    Troubles,
    asked,
)
from .options import parse_options, seconds_in
from .protocol import Message, Rejected
from .workers import Request, Workers

_DEFAULT_TIMEOUT = 3.0  # seconds; the agent's own default
_USED = 0.9  # of the timeout: the answer must reach the agent before it is over
_CHUNK = 1 << 16


class Connection:
    """One connection to an agent."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._outgoing: SimpleQueue[bytes] = SimpleQueue()
        self._decoder = protocol.Decoder()
        self._workers: Optional[Workers] = None
        self._timeout = _DEFAULT_TIMEOUT
        self._options: object = None
        self._has_writer = False
        self._strange = Troubles(self._tell)
        self._handlers: Dict[int, Callable[[Message], None]] = {
            protocol.REGISTER: self._register,
            protocol.VALIDATE: self._validate,
            protocol.CONFIGURE: self._configure,
            protocol.EXPORT: self._export,
            protocol.START: lambda _: None,
        }

    def serve(self) -> None:
        """Answer requests until the agent sends Terminate, or is gone."""
        with suppress(RuntimeError):  # no thread: it is written at once
            Thread(target=self._write, daemon=True).start()
            self._has_writer = True
        while True:
            data = self._receive()
            if data == b"":
                return
            for message in self._decoder.feed(data or b""):
                if isinstance(message, Message) and message.type == protocol.TERMINATE:
                    return
                self._handle(message)
            if self._workers:
                self._workers.expire()

    def _receive(self) -> Optional[bytes]:
        """The bytes that have arrived: none at the end, None if a request's time is over
        before."""
        patience = self._workers.patience() if self._workers else None
        try:
            ready = select.select([self._connection], [], [], patience)[0]
            return self._connection.recv(_CHUNK) if ready else None
        except OSError:
            return b""

    def _write(self) -> None:
        """A thread of its own, so that reading never waits for the agent to read.  One goroutine
        of the agent both writes and hands on what it has read, so both sides could wait for each
        other forever (zabbix: src/go/plugins/external/broker.go, runBackground)."""
        with suppress(OSError):  # the agent is gone, and _receive finds out
            while True:
                self._connection.sendall(self._outgoing.get())

    def _send(self, message: Message) -> None:
        if self._has_writer:
            self._outgoing.put(protocol.encode(message))
        else:
            with suppress(OSError):
                self._connection.sendall(protocol.encode(message))

    def _tell(self, severity: int, text: str) -> None:
        self._send(protocol.log_message(severity, text))

    def _handle(self, message: Union[Message, Rejected]) -> None:
        try:
            if isinstance(message, Rejected):
                self._strange.now(f"the agent has sent {message.reason}")
            elif message.type in self._handlers:
                self._handlers[message.type](message)
            else:
                self._strange.now(f"the agent has sent a message of unknown type {message.type}")
        except Exception as error:
            self._strange.now(error_line(error))

    def _register(self, message: Message) -> None:
        metrics = [(metric.key, metric.description) for metric in METRICS]
        self._send(protocol.registered(message.id, PLUGIN, metrics))

    def _validate(self, message: Message) -> None:
        try:
            parse_options(message.fields.get("private_options"))
            self._send(protocol.validated(message.id, ""))
        except ConfigError as error:
            self._send(protocol.validated(message.id, str(error)))

    def _configure(self, message: Message) -> None:
        options = message.fields.get("global_options")
        self._timeout = seconds_in(options, "Timeout", _DEFAULT_TIMEOUT)
        self._options = message.fields.get("private_options")
        self._serve()

    def _serve(self) -> Workers:
        """Serve with the options as they are.  Raises RuntimeError if no thread can be started."""
        service = Answers(_states(self._options, self._tell), time.monotonic, self._tell)
        if self._workers is None:
            self._workers = Workers(service, time.monotonic, self._reply)
        self._workers.service = service
        return self._workers

    def _reply(self, number: int, value: str) -> None:
        self._send(protocol.exported(number, value))

    def _export(self, message: Message) -> None:
        began, fields = time.monotonic(), message.fields
        try:
            metric, parameter = asked(fields.get("key"), fields.get("parameters"))
        except RefusedError as error:
            self._send(protocol.refused(message.id, str(error)))
            return
        if metric.answer is None:
            self._reply(message.id, metric.constant)
            return
        limit = _USED * seconds_in(fields, "timeout", self._timeout)
        try:
            workers = self._workers or self._serve()
        except RuntimeError as error:
            text = f"cannot answer: {error}"
            self._reply(message.id, failure_value(metric, text, time.monotonic() - began))
            return
        workers.ask(Request(message.id, Question(metric, parameter, began, limit)))


def _states(options: object, tell: Callable[[int, str], None]) -> Callable[[float], State]:
    """The function that looks at the host.  Its modules are imported only when a key is asked for,
    because the agent's start waits for the run that registers."""
    try:
        from .cached_state import CachedState

        given = parse_options(options)
        cached = CachedState(given)
    except Exception as error:
        return _failing(error_line(error))
    tell(protocol.INFO, f"psdiff-zbx {__version__} watches {given.baseline or 'this host'}")
    return cached.state


def _failing(text: str) -> Callable[[float], State]:
    def state(_: float) -> State:
        raise ConfigError(text)

    return state
