"""`make debian13`: the tests with a real Zabbix, on what Debian 13 has of everything.

    python -m tests.booted.debian13 [TESTS…]

Server, frontend and agents 7.0, PHP, PostgreSQL and Python are those that are installed on a
Debian 13, which boots in namespaces of its own.  TESTS are files of tests/zabbix, or words for
pytest.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.zabbix.cache import CACHE
from tests.zabbix.packages import PackagesError
from tests.zabbix.program import WHEELS
from tests.zoo import root
from tests.zoo.host import Host, HostError

UNITS = "zabbix-agent zabbix-agent2 zabbix-server postgresql apache2"
# Nothing of it runs but what the tests start.
PLAN = root.Plan(
    "debian13",
    "trixie",
    (
        *("systemd", "systemd-sysv", "dbus", "procps", "iproute2", "python3-venv"),
        *("zabbix-agent", "zabbix-agent2", "zabbix-server-pgsql", "zabbix-frontend-php"),
        *("postgresql", "php-cli", "php-pgsql", "php-curl"),
    ),
    (f"--customize-hook=chroot $1 systemctl --quiet disable {UNITS}",),
)
ZABBIX, PYTHON = "7.0", "3.13"
HERE = Path(__file__).parents[2]
# Those that need no browser, and not the whole machine.
NAMES = ("template*", "errors", "push", "actions", "access", "agents", "plugin", "pause_and_roles")
TESTS = tuple(
    sorted(
        str(path.relative_to(HERE))
        for name in NAMES
        for path in HERE.glob(f"tests/zabbix/test_{name}.py")
    )
)
PLACE = "/opt/tests"
NEEDS = ("pyzabbix", "hypothesis", "pytest<9", "pytest-cov", "pytest-xdist", "tomli", "psutil")
INSTALL = f"""
mkdir -m 755 {CACHE}
python3 -m venv /opt/venv
/opt/venv/bin/pip install --quiet --no-index --find-links /opt/needs {{}}
dpkg-query --show zabbix-server-pgsql zabbix-agent zabbix-agent2 postgresql-17 php8.4-cli python3
"""


def run(tests: list[str]) -> int:
    """How pytest ends there."""
    with Host(root.build(PLAN)) as host:
        files = host.files / PLACE.lstrip("/")
        ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__")
        shutil.copytree(HERE, files, ignore=ignored)
        shutil.copytree(WHEELS, files / "build/wheels")
        with tempfile.TemporaryDirectory() as needs:
            _fetch_needs(needs)
            shutil.copytree(needs, host.files / "opt/needs")
        needed = " ".join(f"'{each}'" for each in NEEDS)
        print(host.run("sh", "-ec", INSTALL.format(needed)), flush=True)
        line = ("/opt/venv/bin/python", "-m", "pytest", "-q", "-m", "zabbix", *tests)
        where = (f"--chdir={PLACE}", f"ZABBIX_INSTALLED={ZABBIX}", "CI=1")
        return host.follow("env", *where, *line)


def _fetch_needs(folder: str) -> None:
    """What the tests need, for the Python of that host."""
    line = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    target = ("--only-binary=:all:", f"--python-version={PYTHON}", f"--dest={folder}")
    subprocess.run((*line, *target, *NEEDS), check=True)


def main() -> int:
    """Returns pytest's code, or 1 with a line of why."""
    try:
        return run(sys.argv[1:] or list(TESTS))
    except (HostError, PackagesError, root.RootError, subprocess.CalledProcessError) as error:
        print(f"make debian13: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
