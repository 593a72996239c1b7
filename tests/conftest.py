"""What tests of several modules need."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A configuration folder that only its owner can write."""
    made = tmp_path / "etc" / "psdiff-zbx"
    (made / "rules.d").mkdir(parents=True)
    (made / "rules.d").chmod(0o755)
    made.chmod(0o755)
    return made
