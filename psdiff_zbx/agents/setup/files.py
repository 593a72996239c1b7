"""Our file in the agent's include folder.

In: the program, and the options of setup.  Out: the file's text, whether a text is ours, how two
texts differ.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ...core.agent_config import PLUGIN, plugin_configuration, userparameters
from ...core.line import escape
from ...host import atomic_files
from ..configuration import AgentError

_MARK = "# psdiff-zbx: "
_PATH = f"Plugins.{PLUGIN}.System.Path"


class Option(NamedTuple):
    """An option that every look at the host needs: ``word value`` on the command line."""

    word: str
    value: str

    @property
    def name(self) -> str:
        """The name of the plugin's option: ``MinAge`` for ``--min-age``."""
        return self.word.title().replace("-", "")


def option_words(options: Iterable[Option]) -> Tuple[str, ...]:
    """The options as arguments of the program."""
    return tuple(word for option in options for word in option)


def file_text(program: str, plugin: Optional[str], options: Sequence[Option]) -> str:
    """The text of our file.  It configures the plugin at the path ``plugin``, or, without one,
    UserParameters that run ``program``, a shell command."""
    if plugin is None:
        return userparameters(" ".join((program, *map(shlex.quote, option_words(options)))))
    rows = [f"Plugins.{PLUGIN}.{option.name}={option.value}\n" for option in options]
    return "".join((plugin_configuration(plugin), *rows))


def is_our_file(found: str) -> bool:
    """Whether a text was written by setup, or by one of the commands that print such a file."""
    return found.startswith(_MARK)


def is_plugin(found: str) -> bool:
    """Whether such a text configures the plugin."""
    return f"\n{_PATH}=" in found


def changed_settings(before: str, after: str) -> List[str]:
    """``- LINE`` and ``+ LINE`` for each difference, comments aside."""
    old, new = _settings(before), _settings(after)
    gone = [f"- {row}" for row in old if row not in new]
    return gone + [f"+ {row}" for row in new if row not in old]


def _settings(found: str) -> List[str]:
    return [row for row in found.splitlines() if row.strip() and not row.startswith("#")]


def put(file: Path, text: str, dry_run: bool, mode: int = 0o644) -> str:
    """Write a file, unless it is a ``dry_run``.  Returns a line that says so.

    Raises AgentError if it cannot be written.
    """
    try:
        if not dry_run:
            atomic_files.write_file(file, text.encode(), mode)
    except OSError as error:
        raise AgentError(f"cannot write {file}: {error.strerror}") from error
    return f"{'Would write' if dry_run else 'Wrote'} {escape(str(file))}"


def take_out(file: Path, dry_run: bool) -> str:
    """Remove a file, unless it is a ``dry_run``.  Returns a line that says so.

    Raises AgentError if it cannot be removed.
    """
    try:
        if not dry_run:
            file.unlink()
    except OSError as error:
        raise AgentError(f"cannot remove {file}: {error.strerror}") from error
    return f"{'Would remove' if dry_run else 'Removed'} {escape(str(file))}"
