"""The root of a host: Debian with a plan's packages, configured, never booted.

In: a plan, such as a suite with all the daemons of the zoo.  Out: a folder in the cache, which
nobody writes to.  `python -m tests.zoo.root` builds what is missing of the zoo's; nothing is
installed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple, Optional

from tests.zabbix import packages
from tests.zabbix.cache import CACHE, kept
from tests.zoo.daemons import packages as packages_of

SUITES = ("bookworm", "trixie")
FILES = Path(__file__).parent / "files"
# mmdebstrap is a script for a perl that has all its modules, which not every host has.
BUILDER = packages.Bundle("mmdebstrap", ("bookworm",), ("mmdebstrap", "perl"))
OPTIONS = (
    "--quiet",
    "--mode=root",
    "--variant=apt",
    "--dpkgopt=force-unsafe-io",
    '--aptopt=Acquire::Languages "none"',
)
HOOKS = (
    "--customize-hook=umask 022; cp -rT --remove-destination {files} $1",
    "--customize-hook=chroot $1 sh -e /opt/zoo/prepare.sh",
)


class RootError(Exception):
    """It cannot be built; the last lines that say why."""


class Plan(NamedTuple):
    """`hooks` are options of mmdebstrap's, in which `{files}` is the folder `files`."""

    name: str
    suite: str
    packages: tuple[str, ...]
    hooks: tuple[str, ...]
    files: Optional[Path] = None

    @property
    def options(self) -> tuple[str, ...]:
        return (*OPTIONS, *self.hooks)


def zoo(suite: str, everyone: bool) -> Plan:
    """That of `suite` with the usual daemons or with all."""
    return Plan("zoo", suite, packages_of(everyone), HOOKS, FILES)


def folder(plan: Plan) -> Path:
    """Where that root is, or will be: another place for other contents."""
    contents = _contents(plan.files) if plan.files else []
    made_of = (plan.suite, plan.packages, plan.options, contents)
    digest = zlib.crc32(repr(made_of).encode())
    return CACHE / f"{plan.name}-{plan.suite}-{digest:08x}"


def _contents(files: Path) -> list[tuple[str, bytes]]:
    found = [path for path in sorted(files.rglob("*")) if path.is_file()]
    return [(str(path.relative_to(files)), path.read_bytes()) for path in found]


def build(plan: Plan) -> Path:
    """The root, from the cache if it is there."""
    return kept(folder(plan), lambda place: _bootstrap(plan, place))


def _bootstrap(plan: Plan, place: Path) -> None:
    command, env = _builder()
    options = [option.replace("{files}", str(plan.files)) for option in plan.options]
    source = f"deb [signed-by={packages.KEYRING}] {packages.mirror()} {plan.suite} main"
    include = f"--include={','.join(plan.packages)}"
    line = (*command, *options, include, plan.suite, str(place), source)
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RootError(f"{plan.suite}: " + "\n".join(done.stderr.splitlines()[-15:]))


def _builder() -> tuple[tuple[str, ...], dict[str, str]]:
    """The host's own mmdebstrap if it has one, else one that is unpacked, and its environment."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TMPDIR": "/var/tmp"}
    env["SYSTEMD_OFFLINE"] = "1"  # for scripts of packages that ask nobody whether it runs
    found = shutil.which("mmdebstrap")
    if found:
        return (found,), env
    unpacked = packages.fetch(BUILDER)
    libraries = [unpacked / "usr/share/perl5", *unpacked.glob("usr/share/perl/5.*")]
    libraries += unpacked.glob("usr/lib/*/perl/5.*")
    env["PERL5LIB"] = ":".join(str(each) for each in libraries)
    return ("perl", f"{unpacked}/usr/bin/mmdebstrap"), env


def main() -> int:
    """Build all of them and say where they lie."""
    try:
        for suite in SUITES:
            print(build(zoo(suite, everyone=True)), flush=True)
    except (OSError, RootError, packages.PackagesError) as error:
        print(f"python -m tests.zoo.root: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
