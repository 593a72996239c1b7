"""The command line: words in, text and an exit code out."""

from __future__ import annotations

import gc
import os
import sys
import time
import warnings
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Union,
)

from . import quick, words
from .baseline import dump
from .check import look_again
from .line import escape
from .metrics import METRICS, Metric, userparameters
from .model import PsdiffError, State
from .monitor import Monitor, Written

if TYPE_CHECKING:
    from argparse import Namespace

    Arguments = Union[Namespace, quick.Quick]

DIFFERS, CANNOT_TELL, INTERRUPTED = 1, 3, 130
_AGENT: Mapping[str, Metric] = {metric.command: metric for metric in METRICS}


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run one command.  Returns the exit code: 0, 1 differs, 2 usage, 3 cannot tell."""
    began = time.monotonic()
    gc.disable()  # all ends before there is anything worth collecting
    sys.stdout = sys.stdout or open(os.devnull, "w")  # closed, as by ">&-"
    sys.stderr = sys.stderr or open(os.devnull, "w")
    try:
        arguments = _parse(sys.argv[1:] if argv is None else argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Zabbix takes all of stderr for a part of the value
            return _COMMANDS[arguments.command](arguments)
    except BrokenPipeError:  # the reader of our output has had enough
        _drop_output()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except PsdiffError as error:
        text = escape(str(error))
    except Exception as error:  # our own mistake: Zabbix must not get a traceback for a value
        text = escape(f"unexpected {type(error).__name__}: {error}; please report it")
    try:
        return _report(arguments.command, text, time.monotonic() - began)
    except OSError:  # the disk that our output goes to is full, say: there is nobody to tell
        _drop_output()
        return CANNOT_TELL


def _parse(argv: Sequence[str]) -> Arguments:
    found = quick.parse(argv)
    if found:
        return found
    from .arguments import parse

    return parse(argv)


def _drop_output() -> None:
    """Keep Python from complaining, at its exit, about what it could not write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(command: str, error: str, seconds: float) -> int:
    """Say an error in the way of its command: to Zabbix on standard output, which is all
    that the agents distinguish from a value of stderr."""
    if command == "get":
        _print([words.failure(error, seconds)])
    elif command in _AGENT:
        _print([f"psdiff: error: {error}"])
    else:
        sys.stdout.flush()
        sys.stderr.buffer.write(f"psdiff-zbx: error: {error}\n".encode())
    return CANNOT_TELL


def _print(lines: Iterable[str]) -> None:
    """Lines as UTF-8, whatever the locale is."""
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
    sys.stdout.flush()


def _monitor(arguments: Arguments) -> Monitor:
    return Monitor(arguments.config, arguments.baseline, arguments.snapshot, arguments.min_age)


def _agent(arguments: Arguments) -> int:
    metric = _AGENT[arguments.command]
    if metric.answer is None:
        _print([metric.constant])
        return 0
    state = _monitor(arguments).state()
    text = metric.answer(state, getattr(arguments, "id", ""))
    _print([text] if text else [])
    return 0


def _show(arguments: Namespace) -> int:
    both = arguments.missing == arguments.extra

    def changes(state: State) -> List[str]:
        missing = state.comparison.missing if both or arguments.missing else ()
        extra = state.comparison.extra if both or arguments.extra else ()
        return [*words.changes("-", missing), *words.changes("+", extra)]

    look = _monitor(arguments).check(min_age=0).look
    limit = arguments.retry or 0
    found = look_again(lambda: changes(look()), bool, limit, time.monotonic, time.sleep)
    _print(found)
    return DIFFERS if found else 0


def _dump(arguments: Namespace) -> int:
    sys.stdout.buffer.write(dump(_monitor(arguments).host.tree()).encode())
    sys.stdout.flush()
    return 0


def _write(arguments: Namespace) -> int:
    return _tell(_monitor(arguments).write(), arguments.verbose)


def _manual(arguments: Namespace) -> int:
    monitor = _monitor(arguments)
    return _tell(monitor.change(arguments.user, arguments.cmdline, arguments.action), True)


def _tell(written: Written, verbose: bool) -> int:
    what = "Wrote" if written.changed else "No changes"
    lines = [f"{what} to {escape(str(written.path))}"]
    if verbose:
        lines += words.changes("-", written.comparison.missing)
        lines += words.changes("+", written.comparison.extra)
    _print(lines)
    return 0


def _explain(arguments: Namespace) -> int:
    from .inquiry import Inquiry

    inquiry = Inquiry(_monitor(arguments))
    if arguments.all:
        _print(inquiry.everything())
    elif arguments.cmdline is not None:
        _print(inquiry.command(arguments.user, arguments.cmdline))
    else:
        _print(inquiry.process(arguments.pid))
    return 0


def _snapshot(arguments: Namespace) -> int:
    from .recorded import dump as dump_snapshot

    sys.stdout.write(dump_snapshot(_monitor(arguments).host.snapshot()))
    sys.stdout.flush()
    return 0


def _userparameters(_: Namespace) -> int:
    sys.stdout.write(userparameters(_program()))
    return 0


def _template(arguments: Namespace) -> int:
    from .template import render

    _print([render(arguments.zabbix, arguments.active).rstrip("\n")])
    return 0


def _push(arguments: Namespace) -> int:
    from .push import login, push

    who = login(arguments.token_file, arguments.user)
    _print(push(arguments.url, who, arguments.active, arguments.link))
    return 0


def _program() -> str:
    """How the agent can run this very program: by an absolute path."""
    import shlex
    import shutil

    found = shutil.which(sys.argv[0]) or sys.argv[0]
    if os.path.basename(found) == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m psdiff_zbx"
    return shlex.quote(os.path.abspath(found))


_COMMANDS: Dict[str, Callable[..., int]] = {
    "show": _show,
    "dump": _dump,
    "write": _write,
    "manual": _manual,
    "explain": _explain,
    "snapshot": _snapshot,
    "userparameters": _userparameters,
    "template": _template,
    "push": _push,
    **dict.fromkeys(_AGENT, _agent),
}
