"""The file of a pause, beside the baseline: it is read at each look.

What is damaged, or could have been written by others, silences nobody.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from ..core.model import BaselineError
from . import baseline_store
from .regular_files import read_regular

if TYPE_CHECKING:
    from ..core.pause import Pause


def pause_path(baseline: Path) -> Path:
    """Where the pause of a baseline is: beside it, or, for psdiff's own, where ours would be."""
    ours = baseline_store.SYSTEM if baseline == baseline_store.PSDIFF else baseline
    real = baseline_store.target(ours)
    return real.with_name(f"{real.name}.pause")


def read_pause(baseline: Path) -> Optional[Pause]:
    """The pause that holds now; None if there is none.

    Raises BaselineError if the file cannot be read, is damaged, or could be of others: then
    nothing is paused.
    """
    path = pause_path(baseline)
    try:
        data = read_regular(path)[0]
        baseline_store.refuse_foreign(path)
        text = data.decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"cannot read the pause {path}: {error.strerror}") from error
    from ..core.pause import parse_pause

    now = time.time()
    found = parse_pause(text, str(path), now)
    return found if found.holds(now) else None


def paused_until(baseline: Path) -> int:
    """Until when the host is paused (Unix time); 0 if it is not, or nobody can tell."""
    try:
        found = read_pause(baseline)
    except BaselineError:
        return 0
    return found.until if found else 0
