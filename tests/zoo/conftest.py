"""A day in the zoo for each suite, once for all tests, and its figures at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.zabbix.packages import PackagesError
from tests.zabbix.program import WHEELS
from tests.zoo.daemons import daemons
from tests.zoo.day import Day, day
from tests.zoo.root import SUITES, RootError

# For how many seconds everybody is busy.  The short form does with the usual daemons of one suite,
# and looks more often; `make zoo` is the long one.
SECONDS = float(os.environ.get("ZOO_SECONDS", "60"))
LONG = SECONDS >= 300
PAUSE = 10.0 if LONG else 3.0
STORIES = pytest.StashKey[list[Day]]()


def _lacking(what: str) -> NoReturn:
    """Where the tests have to be complete, a lack is a failure."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def namespaces() -> None:
    """What a host needs of ours: namespaces, mounts and control groups."""
    if os.geteuid() != 0:
        _lacking("needs root")
    if shutil.which("apt-get") is None:
        _lacking("needs apt-get: the hosts are made of Debian's packages")
    line = "unshare --mount --pid --fork --net --cgroup mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    if subprocess.run(line.split(), capture_output=True, check=False).returncode:
        _lacking("needs root with the right to make namespaces (CAP_SYS_ADMIN)")
    if not list(WHEELS.glob("psdiff_zbx-*.whl")):
        pytest.fail(f"no psdiff-zbx in {WHEELS}: run `make wheels`", pytrace=False)


@pytest.fixture(scope="session", params=SUITES if LONG else SUITES[:1])
def today(request: pytest.FixtureRequest, namespaces: None) -> Iterator[Day]:
    """Everybody has been busy; the host still runs."""
    try:
        with day(request.param, LONG, SECONDS, PAUSE) as passed:
            request.config.stash.setdefault(STORIES, []).append(passed)
            yield passed
    except (PackagesError, RootError) as error:
        pytest.fail(str(error), pytrace=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each daemon in turn."""
    if "daemon" in metafunc.fixturenames:
        metafunc.parametrize("daemon", daemons(LONG), ids=lambda daemon: daemon.name)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Every figure of every day."""
    for passed in config.stash.get(STORIES, []):
        terminalreporter.section(f"zoo: {passed.suite}")
        for line in passed.story():
            terminalreporter.write_line(line)
