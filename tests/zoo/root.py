"""The root of a suite's host: Debian with all the daemons of the zoo, configured, never booted.

In: a suite.  Out: a folder in the cache, which comes whole or not at all, and which nobody
writes to.  `python -m tests.zoo.root` builds what is missing; nothing is installed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from tests.zabbix import packages
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
    "--customize-hook=umask 022; cp -rT --remove-destination {files} $1",
    "--customize-hook=chroot $1 sh -e /opt/zoo/prepare.sh",
)


class RootError(Exception):
    """It cannot be built; the last lines that say why."""


def folder(suite: str, everyone: bool) -> Path:
    """Where that root is, or will be: another place for other contents."""
    files = [path for path in sorted(FILES.rglob("*")) if path.is_file()]
    contents = [(str(path.relative_to(FILES)), path.read_bytes()) for path in files]
    made_of = (suite, packages_of(everyone), OPTIONS, contents)
    return packages.CACHE / f"zoo-{suite}-{zlib.crc32(repr(made_of).encode()):08x}"


def build(suite: str, everyone: bool) -> Path:
    """The root of `suite` with the usual daemons or with all, from the cache if it is there."""
    place = folder(suite, everyone)
    if place.is_dir():
        return place
    packages.CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="zoo-", dir=packages.CACHE))
    try:
        unfinished.chmod(0o755)
        _bootstrap(suite, packages_of(everyone), unfinished)
        unfinished.rename(place)
    except BaseException:
        shutil.rmtree(unfinished)
        raise
    return place


def _bootstrap(suite: str, include: tuple[str, ...], place: Path) -> None:
    command, env = _builder()
    options = [option.replace("{files}", str(FILES)) for option in OPTIONS]
    source = f"deb [signed-by={packages.KEYRING}] {packages.mirror()} {suite} main"
    line = (*command, *options, f"--include={','.join(include)}", suite, str(place), source)
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RootError(f"{suite}: " + "\n".join(done.stderr.splitlines()[-15:]))


def _builder() -> tuple[tuple[str, ...], dict[str, str]]:
    """The host's own mmdebstrap if it has one, else one that is unpacked, and its environment."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TMPDIR": "/var/tmp"}
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
            print(build(suite, everyone=True), flush=True)
    except (OSError, RootError, packages.PackagesError) as error:
        print(f"python -m tests.zoo.root: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
