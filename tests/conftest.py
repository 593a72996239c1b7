"""What tests of several modules need, and which of them run in one process."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.sampling import PROFILE

# No test is timed: others run beside it.
settings.register_profile("all", deadline=None, max_examples=70)
settings.register_profile("fewer", deadline=None, max_examples=15)
settings.load_profile(PROFILE)

REAL = ("tests/zabbix/", "tests/booted/", "tests/zoo/")
# These wait for minutes, so they begin first.
LONGEST = (
    "tests/booted/test_proxy.py",
    "world",
    "remedies",
    "tests/zoo/test_zoo.py",
    "tests/booted/test_click.py",
    "remedies of files",
    "tests/zabbix/test_fleet.py",
)


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in a hook of its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With xdist a file's tests stay together, as its fixtures do; so do those of a group."""
    for item in items:
        if item.get_closest_marker("zabbix") and not item.location[0].startswith(REAL):
            raise pytest.UsageError(f"{item.nodeid}: its place is in {', '.join(REAL)}")
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))
    items.sort(key=_begins)


def _begins(item: pytest.Item) -> int:
    """The longest first."""
    group = item.get_closest_marker("xdist_group")
    assert group is not None
    name = str(group.args[0])
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A configuration folder that only its owner can write."""
    made = tmp_path / "etc" / "psdiff-zbx"
    (made / "rules.d").mkdir(parents=True)
    (made / "rules.d").chmod(0o755)
    made.chmod(0o755)
    return made
