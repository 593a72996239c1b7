"""`make bench`: what it costs to look at crowds of processes, beside others who do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import report, size
from tests.zabbix.packages import PEERS, PackagesError, ensure_user, fetch
from tests.zabbix.program import ProgramError, install, run

SIZES = (300, 3_000, 10_000)
BUSY = 0.5
VERSION = "import platform; print(platform.python_version())"
# What runs in there is the init of its own pid namespace, with a /proc of its own.
NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def main(sizes: Sequence[int] = SIZES) -> int:
    """Measure and tell.  Returns 1 if nothing can be measured, with a line that says why."""
    lacks = _lacks()
    if os.getloadavg()[0] > BUSY:
        print("others are at work on this machine: expect noise in wall times", file=sys.stderr)
    if lacks is None:
        lacks = _bench(sizes)
    if lacks:
        print(f"make bench: {lacks}", file=sys.stderr)
    return 1 if lacks else 0


def _lacks() -> str | None:
    if sys.platform != "linux" or shutil.which("apt-get") is None:
        return "the others come from Debian's packages, and here is no apt-get"
    if os.geteuid() != 0:
        return "not root: agents and daemons belong to different users"
    if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
        return "the kernel gives us no pid namespace (a container without the privilege?)"
    return None


def _bench(sizes: Sequence[int]) -> str | None:
    with tempfile.TemporaryDirectory(prefix="psdiff-zbx-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            ensure_user()
            fetch(PEERS)
            install(folder / size.VENV)
        except (PackagesError, ProgramError) as error:
            return str(error)
        for number in sizes:
            print(f"{number:,} processes …", file=sys.stderr, flush=True)
            inner = [sys.executable, "-m", size.__name__, name, str(number)]
            if subprocess.run([*NAMESPACE, *inner], check=False).returncode:
                return f"it failed among {number:,} processes"
        version = run(f"{name}/{size.VENV}/bin/python", "-c", VERSION).strip()
        print("\n".join(report.report({n: size.read(folder, n) for n in sizes}, version)))
        print("\n".join(report.documents(size.read_document(folder, n) for n in sizes)))
    return None


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or SIZES))
