"""A booted host on which psdiff-zbx is installed and not yet set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.booted.bare import bare as boot
from tests.zabbix.packages import PackagesError
from tests.zoo.conftest import namespaces
from tests.zoo.host import Host
from tests.zoo.root import RootError

__all__ = ["namespaces"]


@pytest.fixture(scope="module")
def bare(namespaces: None) -> Iterator[Host]:
    """One for all tests of a module, with a network of its own."""
    try:
        with boot() as host:
            yield host
    except (PackagesError, RootError) as error:
        pytest.fail(str(error), pytrace=False)
