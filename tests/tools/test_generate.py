"""The committed files that people download are those that the package writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.generate import TOP, generated


@pytest.mark.parametrize("path", generated(), ids=lambda path: str(path.relative_to(TOP)))
def test_the_committed_file_is_what_make_generate_writes(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated()[path]
