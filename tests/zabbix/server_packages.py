"""What a Zabbix server needs beside itself, from Debian's packages, in cached folders.

In: a bundle, which is a name, suites and packages.  Out: the folder with what they hold:
PostgreSQL, PHP and the frontend for each version, and a browser.
`python -m tests.zabbix.server_packages` downloads, and `packages`'s programs too; `prefix()`
only looks.  Nothing is installed on the host, and no service is started.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

from tests.zabbix import packages
from tests.zabbix.packages import CACHE, SUITES, VERSIONS, PackagesError

FETCH = "python -m tests.zabbix.server_packages"


class Bundle(NamedTuple):
    """`packages` of the last of `suites`, with the libraries which the host lacks."""

    name: str
    suites: tuple[str, ...]
    packages: tuple[str, ...]


STACK = ("zabbix-frontend-php", "postgresql", "php-cli", "php-pgsql", "php-curl")
STACKS = {version: Bundle(f"stack-{version}", SUITES[version], STACK) for version in VERSIONS}
BROWSER = Bundle("browser", ("bookworm",), ("chromium", "chromium-driver", "fonts-liberation"))
BUNDLES = (*STACKS.values(), BROWSER)
# The host's own are not used, so that every host tests the same.
OURS = ("zabbix-", "postgresql", "php", "chromium")


def prefix(bundle: Bundle) -> Path:
    """The folder with the programs of `bundle`; PackagesError where it was never fetched."""
    folder = _folder(bundle)
    if not folder.is_dir():
        raise PackagesError(f"no {folder}: run `{FETCH}` as root first")
    return folder


def fetch(bundle: Bundle) -> Path:
    """Download `bundle` unless it is cached; the folder comes whole or not at all."""
    folder = _folder(bundle)
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    CACHE.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        unpacked = Path(name, "unpacked")
        for package in _download(bundle, Path(name)):
            packages._run("dpkg-deb", "--extract", str(package), str(unpacked))
        unpacked.chmod(0o755)
        try:
            unpacked.rename(folder)
        except OSError:  # Not empty: another run was quicker, and its folder is as good.
            if not folder.is_dir():
                raise
    return folder


def _folder(bundle: Bundle) -> Path:
    return CACHE / f"{bundle.name}-{zlib.crc32(repr((bundle, OURS)).encode()):08x}"


def _download(bundle: Bundle, folder: Path) -> list[Path]:
    """The packages of `bundle`, and the libraries which the host lacks, as files."""
    options = packages._apt_options(bundle.suites, folder)
    _hide_the_hosts_own(folder / "status")
    packages._run("apt-get", *options, "update")
    install = ("--yes", "--no-install-recommends", "--download-only", "install")
    release = ("--target-release", bundle.suites[-1])
    packages._run("apt-get", *options, *release, *install, *bundle.packages)
    return sorted(folder.glob("cache/archives/*.deb"))


def _hide_the_hosts_own(status: Path) -> None:
    """Make apt believe that nothing of OURS is installed."""
    hidden = tuple(f"Package: {name}" for name in OURS)
    stanzas = status.read_text(encoding="utf-8").split("\n\n")
    others = [stanza for stanza in stanzas if not stanza.lstrip("\n").startswith(hidden)]
    status.write_text("\n\n".join(others), encoding="utf-8")


def main() -> int:
    """Fetch everything and say where it lies."""
    try:
        if os.geteuid() == 0:
            packages.ensure_user()
        for version in VERSIONS:
            print(packages.fetch(version))
        for bundle in BUNDLES:
            print(fetch(bundle))
    except (OSError, PackagesError) as error:
        print(f"{FETCH}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
