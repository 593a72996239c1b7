"""The files of a host's roles: baselines that add up with its own, and that no command changes.

In: the path of the configuration, beside which they are, and those of further ones.  Out: what
they hold.  A file that other users could have written is refused.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from ..core.baseline import parse_baseline
from ..core.model import BaselineError, ConfigError, Tree, UnknownDaemonError
from ..core.roles import Part
from . import baseline_store, config, trusted_files
from .user_names import user_name

FOLDER = "baseline.d"
_REMEDY = "restore it, or move it away"


def role_folder(config_path: Optional[Path] = None) -> Path:
    """The folder for the roles' files that belong to a configuration."""
    return (config_path.parent if config_path else config.FOLDER) / FOLDER


def role_files(config_path: Optional[Path], more: Sequence[Path], own: Path) -> List[Path]:
    """The files of the folder in name order, then ``more``; each once, and not the host's ``own``.

    Raises BaselineError if the folder cannot be read.
    """
    found = {baseline_store.target(own): own}
    for path in (*_listed(role_folder(config_path)), *more):
        found.setdefault(baseline_store.target(path), path)
    return list(found.values())[1:]


def _listed(folder: Path) -> List[Path]:
    """Less hidden files and those that editors leave, as ``web~``."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BaselineError(f"cannot read {folder}: {error.strerror}") from error
    return [folder / name for name in names if name[0] != "." and name[-1] != "~"]


def read_role(path: Path) -> Part:
    """What a role's file holds.  Raises BaselineError."""
    try:
        data, status = trusted_files.read_trusted(path)
    except ConfigError as error:
        raise BaselineError(str(error)) from error
    return part_of(path, data, status, _REMEDY)


def part_of(path: Path, data: bytes, status: os.stat_result, remedy: str) -> Part:
    """What the bytes of a baseline's file hold.  Raises BaselineError, with the remedy."""
    found = parse_baseline(data, str(path), remedy)
    # A file without our header does not say when it was written, nor by whom; a header that
    # somebody has edited may not say when.
    written = found.header.written if found.header else 0
    by = found.header.by if found.header else user_name(status.st_uid)
    return Part(str(path), found, written or int(status.st_mtime), by)


def watched_files(config_path: Optional[Path], more: Sequence[Path]) -> List[Path]:
    """All files and folders on which the roles depend, whether they exist or not."""
    folder = role_folder(config_path)
    try:
        return [folder, *_listed(folder), *more]
    except BaselineError:
        return [folder, *more]


def refuse_role(path: Path, config_path: Optional[Path]) -> None:
    """Raise BaselineError if a baseline that is about to be written is a role's."""
    folder = role_folder(config_path)
    if baseline_store.target(path).parent == baseline_store.target(folder):
        raise BaselineError(
            f"{path} is a role's file, which no command changes; write another file, and put it "
            "there when it holds what the role has"
        )


def refuse_edit(role: Part, edit: Callable[[Tree], object]) -> None:
    """Raise BaselineError if the role's file could be edited in that way."""
    with contextlib.suppress(UnknownDaemonError):
        edit(role.baseline.tree)
        raise BaselineError(
            f"it stands in {role.path}, which no command changes: edit it there; "
            "nothing is changed"
        )
