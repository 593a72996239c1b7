"""What the live tests need, and the one place that says what they cannot do without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from tests.live.bare_host import BareHost, bare_host
from tests.live.forks import Forks
from tests.live.program import (
    MINIMAL,
    NOBODY,
    PACKAGE,
    Program,
)
from tests.live.recordings import recording
from tests.live.standins import StandIns, new_word, only


def _lacking(what: str) -> NoReturn:
    """Where the tests have to be complete, a lack is a failure."""
    if os.environ.get("CI") and os.geteuid() != 0:
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def root() -> None:
    """Stand-ins of other users, files of other users, mounts."""
    if os.geteuid() != 0:
        _lacking("needs root")


@pytest.fixture(scope="session")
def namespaces(root: None) -> None:
    """Mounts and pids of our own, which not every container allows."""
    line = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    if subprocess.run(line, capture_output=True, check=False).returncode:
        _lacking("needs root with the right to make namespaces (CAP_SYS_ADMIN)")


@pytest.fixture
def word() -> str:
    return new_word()


@pytest.fixture
def standins() -> Iterator[StandIns]:
    with StandIns() as running:
        yield running


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with Forks({**MINIMAL, "PYTHONPATH": str(PACKAGE.parent)}) as running:
        yield running


@pytest.fixture
def program(tmp_path: Path, forks: Forks) -> Program:
    """psdiff-zbx with an empty configuration and no baseline yet."""
    return Program(tmp_path, forks=forks).configure("")


@pytest.fixture
def lonely(tmp_path: Path, word: str, forks: Forks) -> Program:
    """psdiff-zbx that sees nothing but our own stand-ins."""
    return Program(tmp_path, forks=forks).configure(only(word))


@pytest.fixture(scope="session")
def everybody() -> Iterator[Path]:
    """A folder that everybody can look into, which pytest's own are not."""
    # Its name has no digit after which a letter comes, or it would be shown as <TMP>.
    made = Path(tempfile.mkdtemp(prefix="psdiff-zbx-live-", suffix="-folder"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def installed(everybody: Path) -> tuple[str, Path]:
    """An interpreter and the folder of a package that everybody can reach."""
    if _open(Path(sys.executable)) and _open(PACKAGE) and _open(Path(sys.prefix)):
        return sys.executable, PACKAGE.parent
    shutil.copytree(PACKAGE, everybody / PACKAGE.name, ignore=shutil.ignore_patterns("*.pyc"))
    tomli = find_spec("tomli")
    if tomli is not None and tomli.origin is not None:
        shutil.copytree(Path(tomli.origin).parent, everybody / "tomli")
    line = ["/usr/bin/python3", "-m", "psdiff_zbx", "version"]  # leaves its bytecode there
    done = subprocess.run(
        line, env={"PYTHONPATH": str(everybody)}, capture_output=True, check=False
    )
    if done.returncode:
        pytest.fail("needs a Python that everybody can reach: /usr/bin/python3 is too old")
    return "/usr/bin/python3", everybody


@pytest.fixture
def stranger(everybody: Path, installed: tuple[str, Path]) -> Program:
    """psdiff-zbx as a user without any right: nobody for root, else ourselves."""
    python, path = installed
    folder = Path(tempfile.mkdtemp(dir=everybody))
    folder.chmod(0o755)
    uid = NOBODY if os.geteuid() == 0 else None
    if uid is not None:
        os.chown(folder, uid, uid)
    return Program(folder, python, path, uid, env=MINIMAL).configure("")


@pytest.fixture
def host(namespaces: None, everybody: Path, installed: tuple[str, Path]) -> Iterator[BareHost]:
    """A host without any agent yet."""
    folder = Path(tempfile.mkdtemp(dir=everybody))
    folder.chmod(0o755)
    with bare_host(folder, *installed) as found:
        yield found


def _open(path: Path) -> bool:
    """Whether everybody can get there, also through its links."""
    ways = (path, path.resolve())
    return all(step.stat().st_mode & 0o001 for way in ways for step in (way, *way.parents))


@pytest.fixture(scope="session")
def cgroups(root: None) -> Path:
    """The unified hierarchy, if we may make groups there."""
    rows = [row.split() for row in Path("/proc/mounts").read_text().splitlines()]
    for _, folder, kind, options, *_ in rows:
        if kind == "cgroup2" and "rw" in options.split(","):
            return Path(folder)
    pytest.skip("needs root with a cgroup2 hierarchy that can be written")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for the baseline and nothing else."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture
def writer(program: Program, place: Path) -> Program:
    """psdiff-zbx with its baseline in that folder."""
    return program.with_options("--config", program.config, "--baseline", place / "baseline")


@pytest.fixture
def first(writer: Program, tmp_path: Path) -> Program:
    """The same, for a host with a few daemons."""
    return writer.replaying(recording(tmp_path / "first", ["/opt/a -x", "/opt/a -x", "/opt/b"]))


@pytest.fixture
def second(writer: Program, tmp_path: Path) -> Program:
    """The same, for a host with many: its baseline has more than 64 KiB."""
    names = [f"/opt/{number:04}/{'x' * 80}" for number in range(800)]
    return writer.replaying(recording(tmp_path / "second", names))


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """psdiff-zbx without any option, and a baseline of daemons a and b."""
    found = Program(tmp_path)
    found.config.write_text("")
    before = recording(tmp_path / "before", ["/opt/a -x", "/opt/b"])
    recording(tmp_path / "now", ["/opt/b", "/opt/c"])
    found.run("write", *found.own, "--snapshot", before).ok()
    return found


@pytest.fixture
def full(bare: Program) -> Program:
    """The same with the options: a is missing, c is extra."""
    return bare.with_options(*bare.own, "--snapshot", bare.folder / "now")
