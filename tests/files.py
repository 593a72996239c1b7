"""Where the files are, and configuration files of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from psdiff_zbx.core.model import ConfigError
from psdiff_zbx.host.config import load_config

TOP = Path(__file__).parents[1]
DATA = TOP / "tests" / "data"


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)
