"""What the tests run, from Debian's packages, unpacked into cached folders.

In: a bundle, which is a name, suites and packages.  Out: the folder with what they hold:
Zabbix's agents, server, proxy and zabbix_get of each version, what a server needs beside itself
(PostgreSQL, PHP, the frontend), and a browser.
`python -m tests.zabbix.packages` downloads, and as root makes sure of the user zabbix;
`prefix()` only looks.  Nothing is installed on the host, and no service is started.
On a host that has all of it installed, ZABBIX_INSTALLED is the version of that, the only one which
is then used.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

from tests.zabbix.cache import CACHE, kept

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DPKG_STATUS = Path("/var/lib/dpkg/status")
USER = "zabbix"
FETCH = "python -m tests.zabbix.packages"


class Bundle(NamedTuple):
    """`packages` of the last of `suites`, with the libraries which the host lacks."""

    name: str
    suites: tuple[str, ...]
    packages: tuple[str, ...]


SUITES = {"6.0": ("bookworm",), "7.0": ("bookworm", "bookworm-backports")}
INSTALLED = os.environ.get("ZABBIX_INSTALLED")
VERSIONS = (INSTALLED,) if INSTALLED else tuple(SUITES)
PROGRAMS = {
    version: Bundle(
        f"zabbix-{version}", suites, ("zabbix-agent", "zabbix-agent2", "zabbix-server-pgsql")
    )
    for version, suites in SUITES.items()
}
PROXIES = {
    version: Bundle(f"proxy-{version}", suites, ("zabbix-proxy-sqlite3",))
    for version, suites in SUITES.items()
}
STACKS = {
    version: Bundle(
        f"stack-{version}",
        suites,
        ("zabbix-frontend-php", "postgresql", "php-cli", "php-pgsql", "php-curl"),
    )
    for version, suites in SUITES.items()
}
BROWSER = Bundle("browser", ("bookworm",), ("chromium", "chromium-driver", "fonts-liberation"))
# For the bench only, which fetches them itself.
PEERS = Bundle("peers", ("bookworm",), ("monitoring-plugins-basic", "prometheus-process-exporter"))
BUNDLES = (*PROGRAMS.values(), *PROXIES.values(), *STACKS.values(), BROWSER)
# The host's own are not used, so that every host tests the same.
OURS = ("zabbix-", "postgresql", "php", "chromium")


class PackagesError(Exception):
    """Zabbix's programs cannot be had; one line that says why."""


def prefix(bundle: Bundle) -> Path:
    """The folder with the programs of `bundle`; PackagesError where it was never fetched."""
    if INSTALLED:
        return Path("/")
    folder = _folder(bundle)
    if not folder.is_dir():
        raise PackagesError(f"no {folder}: run `{FETCH}` as root first")
    return folder


def library_path(root: Path) -> str:
    """What LD_LIBRARY_PATH has to be for the programs under `root`."""
    return ":".join(str(folder) for folder in sorted(root.glob("usr/lib/*-linux-gnu*")))


def fetch(bundle: Bundle) -> Path:
    """Download `bundle` unless it is cached."""
    return kept(_folder(bundle), lambda folder: _unpack(bundle, folder))


def _unpack(bundle: Bundle, folder: Path) -> None:
    for package in _download(bundle, folder.parent):
        _run("dpkg-deb", "--extract", str(package), str(folder))
    folder.chmod(0o755)


def ensure_user() -> None:
    """Create the system user that Zabbix's own packages would create."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        home = ("--no-create-home", "--home-dir", "/nonexistent")
        _run("useradd", "--system", "--user-group", *home, "--shell", "/usr/sbin/nologin", USER)


def _folder(bundle: Bundle) -> Path:
    return CACHE / f"{bundle.name}-{zlib.crc32(repr((bundle, OURS)).encode()):08x}"


def _download(bundle: Bundle, folder: Path) -> list[Path]:
    """The packages of `bundle`, and the libraries which the host lacks, as files."""
    options = _apt_options(bundle, folder)
    _run("apt-get", *options, "update")
    install = ("--yes", "--no-install-recommends", "--download-only", "install")
    release = ("--target-release", bundle.suites[-1])
    _run("apt-get", *options, *release, *install, *bundle.packages)
    return sorted(folder.glob("cache/archives/*.deb"))


def _apt_options(bundle: Bundle, folder: Path) -> list[str]:
    """Options which let apt-get see the bundle's suites only and write under `folder` only."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    source = f"deb [target=Packages signed-by={KEYRING}] {mirror()}"
    lines = "".join(f"{source} {suite} main\n" for suite in bundle.suites)
    (folder / "sources.list").write_text(lines)
    _hide_the_hosts_own(folder / "status", (*OURS, *bundle.packages))
    settings = (
        f"Dir::Etc::sourcelist={folder}/sources.list",
        "Dir::Etc::sourceparts=-",
        f"Dir::State::lists={folder}/lists",
        f"Dir::State::status={folder}/status",
        f"Dir::Cache={folder}/cache",
        "Debug::NoLocking=true",
        "APT::Sandbox::User=root",
    )
    return [word for setting in settings for word in ("-o", setting)]


def _hide_the_hosts_own(status: Path, names: tuple[str, ...]) -> None:
    """A copy of dpkg's status in which nothing is installed that begins with one of `names`, and
    nothing that needs it: apt does nothing where an installed package lacks what it depends on.

    Nor is anything of the same source: a package often depends on the very version of a sibling,
    and the archive may be a point release ahead of the host.
    """
    texts = DPKG_STATUS.read_text(encoding="utf-8").split("\n\n")
    shown = [_stanza(text) for text in texts if text.strip()]
    sources = {each.source for each in shown if each.name.startswith(names)}
    gone = [each for each in shown if each.source in sources]
    while gone:
        shown = [each for each in shown if each not in gone]
        lacking = {name for each in gone for name in (each.name, *each.provides)}
        gone = [each for each in shown if lacking & each.needs]
    status.write_text("\n\n".join(each.text for each in shown) + "\n", encoding="utf-8")


class Stanza(NamedTuple):
    """One package of dpkg's status."""

    name: str
    source: str
    provides: frozenset[str]
    needs: frozenset[str]
    text: str


def _stanza(text: str) -> Stanza:
    fields: dict[str, str] = dict(re.findall(r"^([A-Z][\w-]+): *(.*)", text, re.MULTILINE))
    needs = f"{fields.get('Pre-Depends', '')}, {fields.get('Depends', '')}"
    name = fields["Package"]
    source = fields.get("Source", name).split(" ")[0]
    return Stanza(
        name, source, _names(fields.get("Provides", "")), _names(needs), text.strip("\n")
    )


def _names(relation: str) -> frozenset[str]:
    """``libc6 (>= 2.36), perl:any | perl5``: the names."""
    words = (each.split("(")[0].split(":")[0].strip() for each in re.split("[,|]", relation))
    return frozenset(filter(None, words))


def mirror() -> str:
    """The URI from which the host itself takes Debian's main packages."""
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(LABEL)"
    targets = _run("apt-get", "indextargets", "--format", form, "Identifier: Packages")
    found = re.search(r"^(\S+) [a-z]+ main Debian$", targets, re.MULTILINE)
    if found is None:
        raise PackagesError("apt knows no Debian main archive: run `apt-get update` first")
    return found[1]


def _run(*command: str) -> str:
    """What `command` prints; PackagesError with its last line if it fails."""
    env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PackagesError(f"{command[0]} {command[-1]}: {last}")
    return done.stdout.decode()


def main() -> int:
    """Fetch everything and say where it lies."""
    try:
        if os.geteuid() == 0:
            ensure_user()
        for bundle in BUNDLES:
            print(fetch(bundle))
    except (OSError, PackagesError) as error:
        print(f"{FETCH}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
