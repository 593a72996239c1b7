"""What `make packages` has built: the same bytes again, and what RPM itself makes of it.  And what
`make demo` shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import psdiff_zbx
from tests.booted.packaged import BUILT
from tests.files import TOP
from tools.packages import __main__ as packages
from tools.packages import about, pyz
from tools.packages.contents import PROGRAMS

pytestmark = pytest.mark.zabbix

# There is no python3 in an empty root to need, and no shell to run scripts.
ALONE = ("--nodeps", "--noscripts", "--notriggers")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return done.stdout


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_the_same_files_are_the_same_bytes(namespaces: None, tmp_path: Path, kind: str) -> None:
    first, second = (packages.build(kind, tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_an_empty_root_takes_the_rpm(namespaces: None, tmp_path: Path) -> None:
    (package,) = BUILT.glob("*.rpm")
    root = ("--root", str(tmp_path))
    run("rpm", *root, *ALONE, "--install", str(package))
    files = run("rpm", *root, "--query", "--configfiles", "psdiff-zbx")
    assert files == "/etc/psdiff-zbx/config.toml\n"
    assert run("rpm", *root, "--verify", "--nodeps", "psdiff-zbx") == ""
    for name in PROGRAMS:
        said = run(sys.executable, "-IB", f"{tmp_path}/usr/bin/{name}", "--version")
        assert said == f"{name} {psdiff_zbx.__version__}\n"
    run("rpm", *root, *ALONE, "--erase", "psdiff-zbx")
    assert list(tmp_path.rglob("*psdiff-zbx*")) == []


@pytest.mark.parametrize("pythons", [[sys.executable], []], ids=["compiled", "any-other-python"])
def test_the_single_file(tmp_path: Path, pythons: list[str]) -> None:
    (tmp_path / "work").mkdir()
    file = pyz.build(tmp_path, tmp_path / "work", about.when(), pythons)
    again = pyz.build(tmp_path / "work", tmp_path / "work", about.when(), pythons)
    assert file.read_bytes() == again.read_bytes()
    plugin = tmp_path / "psdiff-zbx-agent2"
    plugin.symlink_to(file)
    for path, name in ((file, "psdiff-zbx"), (plugin, plugin.name)):
        said = run(sys.executable, "-I", str(path), "--version")
        assert said == f"{name} {psdiff_zbx.__version__}\n"
    page = TOP / "psdiff_zbx" / "cli" / "share" / "psdiff-zbx.1"
    assert run(sys.executable, "-I", str(file), "man") == page.read_text()
    recorded = ("--snapshot", str(TOP / "tests/data/containers/podman.jsonl"), "dump")
    usual = run(sys.executable, "-m", "psdiff_zbx", *recorded)
    assert run(sys.executable, "-I", str(file), *recorded) == usual


def test_the_demo() -> None:
    env = {**os.environ, "PYTHON": sys.executable, "WHEELS": str(TOP / "build" / "wheels")}
    words = ("bash", str(TOP / "tests" / "demo.sh"))
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for shown in ("-     /opt/demo/worker 600", "+     /tmp/.stranger 600", '"expected": 2'):
        assert shown in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Done: ")
