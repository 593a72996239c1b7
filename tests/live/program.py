"""psdiff-zbx as users meet it: a process of which exit code, stdout and stderr count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Optional, TypeVar, Union

import psdiff_zbx
from psdiff_zbx.core.item_values import STILL
from tests.live.forks import Forks

Word = Union[str, bytes, Path, int]
T = TypeVar("T")

PACKAGE = Path(psdiff_zbx.__file__).parent
NOBODY = 65534
PATIENCE = 20.0
# No locale: it is what an agent gives its children.
MINIMAL = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


class Result(NamedTuple):
    """How a command ended, and what it said; all of it has to be UTF-8."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines as Zabbix sees them: split at newlines only."""
        assert not self.out or self.out.endswith("\n"), self
        return self.out.split("\n")[:-1]

    def having(self, word: str) -> list[str]:
        """The lines with this word, without what stands before the command line."""
        return [line.lstrip(" ") for line in self.lines if word in line]

    @property
    def changes(self) -> list[str]:
        """The lines without their indents: ``- LINE`` and ``+ LINE``."""
        return [f"{line[:2]}{line[2:].strip()}" for line in self.lines]

    def json(self) -> Any:
        return json.loads(self.out)

    def ok(self, code: int = 0) -> Result:
        """This result, if it is a quiet success (or a quiet difference, with code 1); what is
        still different may follow it."""
        told, _, _ = self.err.partition(f"{STILL}\n")
        assert (self.code, told) == (code, ""), self
        return self

    @property
    def still(self) -> list[str]:
        """What is still different after a change of the baseline, without indents."""
        _, _, lines = self.err.partition(f"{STILL}\n")
        return Result(0, lines, "").changes


@dataclass(frozen=True)
class Program:
    """psdiff-zbx with a configuration and a baseline of its own, in ``folder``.

    With ``uid`` it runs as that user, which takes root.  With ``forks`` what replays a recording
    is not started anew each time.
    """

    folder: Path
    python: str = sys.executable
    path: Path = PACKAGE.parent
    uid: Optional[int] = None
    options: tuple[Word, ...] = ()
    env: Mapping[str, str] = field(default_factory=lambda: MINIMAL)
    forks: Optional[Forks] = None

    @property
    def baseline(self) -> Path:
        return self.folder / "baseline"

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def own(self) -> tuple[Word, ...]:
        """The options for its own files."""
        return ("--config", self.config, "--baseline", self.baseline)

    def configure(self, text: str) -> Program:
        """The same, with this configuration."""
        self.config.write_text(text, encoding="utf-8")
        self.config.chmod(0o644)
        return self.with_options(*self.own)

    def with_options(self, *options: Word) -> Program:
        return replace(self, options=options)

    def without(self, option: str) -> Program:
        """The same, less one of its options and its value."""
        at = self.options.index(option)
        return replace(self, options=(*self.options[:at], *self.options[at + 2 :]))

    def replaying(self, snapshot: Path) -> Program:
        """The same, for recorded processes."""
        return replace(self, options=(*self.options, "--snapshot", snapshot))

    def command(self, *words: Word) -> list[bytes]:
        line = (self.python, "-m", "psdiff_zbx", *self.options, *words)
        return [os.fsencode(word if not isinstance(word, int) else str(word)) for word in line]

    def words(self, *words: Word) -> list[str]:
        """A command, for those who run it in their own way."""
        return [word.decode() for word in self.command(*words)]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**self.env, "PYTHONPATH": str(self.path), **more}

    def start(
        self, *words: Word, env: Optional[Mapping[str, str]] = None, **how: Any
    ) -> subprocess.Popen[bytes]:
        """Start a command; the caller waits for it."""
        if self.uid is not None:
            how.update(user=self.uid, group=self.uid, extra_groups=[])
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        settings = {"env": self.environment(env or {}), "cwd": "/", **streams, **how}
        process: subprocess.Popen[bytes] = subprocess.Popen(self.command(*words), **settings)
        return process

    def run(self, *words: Word, stdin: bytes = b"", **how: Any) -> Result:
        """Run a command to its end.  It never prints a traceback."""
        if self.forks and "--snapshot" in self.options and how.keys() <= {"env"}:
            return self.fork(*words, stdin=stdin, **how)
        with self.start(*words, **how) as process:
            return finish(process, stdin)

    def fork(
        self,
        *words: Word,
        stdin: bytes = b"",
        env: Optional[Mapping[str, str]] = None,
        kill: tuple[int, str] | tuple[()] = (),
    ) -> Result:
        """The same, in a process that is forked, and may be killed at some step."""
        assert self.forks
        argv = self.command(*words)[3:]
        return checked(Result(*self.forks.run(argv, self.environment(env or {}), stdin, kill)))

    def write(self) -> Result:
        """Make what runs now the baseline; what differed before may be shown on stderr."""
        done = self.run("write", "--all")
        assert all(line[:2] in ("- ", "+ ") for line in done.err.splitlines()), done
        return done._replace(err="").ok()

    def each(self, commands: Iterable[Sequence[Word]]) -> list[Result]:
        """Run many commands to their ends."""
        return [self.fork(*words) for words in commands]


def finish(process: subprocess.Popen[bytes], stdin: bytes = b"") -> Result:
    """What became of a command that was started."""
    try:
        out, err = process.communicate(stdin, timeout=PATIENCE * 3)
    except BaseException:
        process.kill()
        raise
    return checked(Result(process.returncode, (out or b"").decode(), (err or b"").decode()))


def checked(result: Result) -> Result:
    """It holds no traceback."""
    assert "Traceback" not in f"{result.out}{result.err}", result
    return result


def sh(script: str, *arguments: Word, env: Optional[Mapping[str, str]] = None) -> Result:
    """A shell script that has to succeed, with ``arguments`` as $1, $2, …"""
    line = ["sh", "-euc", script, "sh", *map(str, arguments)]
    environment = dict(MINIMAL if env is None else env)
    quiet = subprocess.DEVNULL
    done = subprocess.run(line, stdin=quiet, capture_output=True, env=environment, check=False)
    found = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert found.code == 0, found
    return found


def error_of(result: Result, command: str) -> str:
    """The text of an error that is said in the way of its command, in one line."""
    assert result.code == 3, result
    if command == "get":
        found = result.ok(3).json()
        assert sorted(found) == ["error", "seconds", "version"], result
        assert len(result.lines) == 1, result
        return str(found["error"])
    agent = command in ("discover", "count", "missing", "extra")
    said, silent = (result.out, result.err) if agent else (result.err, result.out)
    assert silent == "", result
    start = "psdiff: error: " if agent else "psdiff-zbx: error: "
    assert said.startswith(start), result
    assert said.endswith("\n"), result
    assert said.count("\n") == 1, result
    return said[len(start) : -1]


def poll(question: Callable[[], T], patience: float = PATIENCE) -> T:
    """The first answer that is true, or the last one when patience is at its end."""
    deadline = time.monotonic() + patience
    while True:
        answer = question()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.005)


def ids(result: Result) -> Mapping[str, str]:
    """Of ``discover``: the id of each command line."""
    rows: Sequence[Mapping[str, str]] = result.json()
    return {row["{#PSDIFF.CMDLINE}"]: row["{#PSDIFF.ID}"] for row in rows}
