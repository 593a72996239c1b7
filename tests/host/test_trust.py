"""Whether somebody else could change what root runs: on real files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.core.model import BaselineError
from psdiff_zbx.host.baseline_store import locked, read_baseline
from psdiff_zbx.host.journal import read_history
from psdiff_zbx.host.trusted_files import fault


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A link to a program in a folder with a package: ours alone."""
    os.umask(0o022)
    for folder in ("opt/venv/bin", "opt/venv/lib/package", "bin", "home"):
        (tmp_path / folder).mkdir(parents=True, mode=0o755)
    for file in ("opt/venv/bin/program", "opt/venv/lib/package/module.py"):
        (tmp_path / file).write_text("pass\n")
    link = tmp_path / "bin" / "program"
    link.symlink_to("../opt/venv/bin/program")
    return link


def found(*paths: Path) -> str:
    """The fault, without the folder that all of it is in."""
    within = next(str(path) for path in paths[0].parents if path.name.startswith("test_"))
    why = fault([str(path) for path in paths], os.geteuid(), f"{within}/") or ""
    return why.replace(f"{within}/", "")


def test_nobody_else_could(program: Path, tmp_path: Path) -> None:
    assert found(program, tmp_path / "opt/venv/lib", tmp_path / "opt/none/at/all") == ""


@pytest.mark.parametrize(
    "path",
    [
        "bin",
        "opt",
        "opt/venv",
        "opt/venv/bin",
        "opt/venv/bin/program",
        "opt/venv/lib",
        "opt/venv/lib/package",
        "opt/venv/lib/package/module.py",
    ],
)
@pytest.mark.parametrize("bit", [0o020, 0o002])
def test_others_could(program: Path, tmp_path: Path, path: str, bit: int) -> None:
    (tmp_path / path).chmod((tmp_path / path).stat().st_mode | bit)
    assert found(program, tmp_path / "opt/venv/lib") == f"{path} can be written by others"


@pytest.mark.parametrize("absolute", [True, False])
def test_what_a_link_leads_to(program: Path, tmp_path: Path, absolute: bool) -> None:
    """A package that somebody else's folder has."""
    target = tmp_path / "home" / "package"
    target.mkdir()
    (target / "module.py").write_text("pass\n")
    (target / "module.py").chmod(0o666)
    link = tmp_path / "opt/venv/lib/other"
    link.symlink_to(target if absolute else "../../../home/package")
    assert found(program, tmp_path / "opt/venv/lib") == (
        "home/package/module.py can be written by others"
    )


def test_what_is_not_there_could_be_put_there(program: Path, tmp_path: Path) -> None:
    (tmp_path / "home").chmod(0o777)
    assert found(program, tmp_path / "home/python.zip") == "home can be written by others"


def test_a_loop_ends(program: Path, tmp_path: Path) -> None:
    (tmp_path / "opt/venv/lib/loop").symlink_to("..")
    assert found(program, tmp_path / "opt/venv/lib") == ""


def test_another_owner(program: Path) -> None:
    assert fault([str(program)], os.geteuid() + 1) == f"/ belongs to uid {os.stat('/').st_uid}"


NOBODY = 65534


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """In a folder of its own within another."""
    os.umask(0o022)
    path = tmp_path / "home" / "state" / "baseline"
    path.parent.mkdir(parents=True)
    path.touch()
    path.with_name("baseline.history").touch()
    return path


def refused(path: Path) -> str:
    """Why the baseline and its history are not trusted, and would not be written."""
    with pytest.raises(BaselineError) as caught:
        read_baseline(path)
    with pytest.raises(BaselineError, match="is not trusted: "):
        read_history(path)
    with pytest.raises(BaselineError, match="is not trusted: "), locked(path):
        pass
    return str(caught.value)


def test_a_baseline_of_our_own_is_trusted(baseline: Path) -> None:
    baseline.parent.chmod(0o1777)  # as /tmp
    assert read_baseline(baseline)[0] == b""
    assert read_history(baseline) == []


@pytest.mark.parametrize("part", ["folder", "all"])
def test_one_that_others_can_change_is_not(baseline: Path, part: str) -> None:
    for path in {"folder": [baseline.parent], "all": [*baseline.parent.iterdir()]}[part]:
        path.chmod(path.stat().st_mode | 0o022)
    assert "can be written by others; 'chmod go-w " in refused(baseline)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("part", ["file", "folder", "folder above"])
def test_root_trusts_no_file_that_another_could_have_put_there(baseline: Path, part: str) -> None:
    paths = {
        "file": [*baseline.parent.iterdir()],
        "folder": [baseline.parent],
        "folder above": [baseline.parent.parent],
    }
    for path in paths[part]:
        os.chown(path, NOBODY, NOBODY)
    assert "belongs to uid 65534; it must belong to root" in refused(baseline)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_link_of_another_is_not_followed(baseline: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(baseline)
    assert read_baseline(link)[0] == b""
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(BaselineError, match="belongs to uid 65534"):
        read_baseline(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root looks at the whole way")
def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(BaselineError, match="Too many levels of symbolic links"):
        read_baseline(tmp_path / "a")
    with pytest.raises(BaselineError, match="Too many levels"), locked(tmp_path / "a"):
        pass
