"""`make reboots`: how quiet a reboot is, and that a daemon that it has lost is named.

    python -m tests.reboots [REBOOTS [INTERVAL [GRACE]]]

A Debian with real daemons is watched by servers, some of whose clocks are an hour off.  No reboot
may make a problem above information.  Then one daemon is disabled before a last reboot: its
problem has to come within {$PSDIFF.BOOT.GRACE} and two collections, and nobody else's.  INTERVAL
and GRACE, in seconds, are the template's if they are not given: then a reboot takes seven minutes.
"""

from __future__ import annotations

import subprocess
import sys

from tests.reboots.run import PLAN
from tests.reboots.watchers import FAKETIME
from tests.zabbix.packages import PackagesError, ensure_user, fetch
from tests.zoo.root import RootError, build

ALONE = ("unshare", "--net", "sh", "-ec", 'ip link set lo up; exec "$@"', "sh")


def main() -> int:
    """Fetch what is not there yet, and run without a network."""
    try:
        ensure_user()
        fetch(FAKETIME)
        build(PLAN)
    except (OSError, PackagesError, RootError) as error:
        print(f"make reboots: {error}", file=sys.stderr)
        return 1
    line = (*ALONE, sys.executable, "-m", "tests.reboots.run", *sys.argv[1:])
    return subprocess.run(line, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
