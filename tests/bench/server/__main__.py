"""`make bench-server`: what templates cost a real server, ours beside others.

    python -m tests.bench.server [HOSTS [MINUTES]]

OTHER= names another build of ours: a commit, or a folder with its files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench.server.feed import FeedError
from tests.bench.server.report import report
from tests.bench.server.trial import Result, trial
from tests.bench.server.variants import variants
from tests.zabbix.packages import PackagesError, ensure_user
from tests.zabbix.server_daemon import ServerError

HOSTS, DAEMONS, MINUTES = 1_000, 50, 5.0


def main(hosts: int = HOSTS, minutes: float = MINUTES) -> int:
    """Measure one after the other, and tell.  Returns 1 if it cannot, with a line of why."""
    if os.geteuid() != 0:
        print("make bench-server: not root: the server runs as user zabbix", file=sys.stderr)
        return 1
    try:
        ensure_user()
        with tempfile.TemporaryDirectory(prefix="psdiff-zbx-bench-", dir="/var/tmp") as name:
            Path(name).chmod(0o755)
            found: dict[str, Result] = {}
            for each in variants(os.environ.get("OTHER")):
                found[each.name] = trial(each, hosts, DAEMONS, minutes, Path(name))
                _tell_so_far(found)
    except (FeedError, PackagesError, ServerError, subprocess.CalledProcessError) as error:
        print(f"make bench-server: {error}", file=sys.stderr)
        return 1
    print("\n".join(report(found)))
    return 0


def _tell_so_far(found: Mapping[str, Result]) -> None:
    """The next template takes a quarter of an hour, or more."""
    print("\n".join(report(found)), file=sys.stderr, flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(main(*map(int, words[:1]), *map(float, words[1:2])))
