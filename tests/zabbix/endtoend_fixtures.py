"""The one fixture of the end-to-end tests, a plugin of those modules that need it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zabbix.endtoend import World


@pytest.fixture(scope="session")
def everything(program: Path, folder: Path) -> Iterator[World]:
    """Started once for all modules."""
    with World(program, folder) as running:
        yield running


@pytest.fixture
def world(everything: World) -> Iterator[World]:
    """Everything runs, also after a test that failed."""
    yield everything
    if everything.machine.restore():
        everything.wait_for_values()
