"""What the groups say of their processes is what the processes say of their groups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.core.rules.cgroup import parse_cgroup
from psdiff_zbx.host import cgroupfs
from psdiff_zbx.host.cgroupfs import read_cgroups
from psdiff_zbx.host.mounts import Mount, mounts
from tests.live.program import NOBODY, poll
from tests.live.standins import StandIns


def told(pid: str) -> str | None:
    try:
        return parse_cgroup(Path(f"/proc/{pid}/cgroup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None


def test_they_agree_about_every_process() -> None:
    before = read_cgroups(mounts())
    own = {pid: told(pid) for pid in before}
    steady = {pid for pid, path in read_cgroups(mounts()).items() if before.get(pid) == path}
    assert {pid: before[pid] for pid in steady if own[pid]} == {
        pid: own[pid] for pid in steady if own[pid]
    }


def test_a_group_within_a_group(cgroups: Path, standins: StandIns, word: str) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    folder = cgroups / f"{word}.slice" / f"{word}.service"
    folder.mkdir(parents=True)
    try:
        (folder / "cgroup.procs").write_text(str(pid))
        assert (
            read_cgroups(mounts())[str(pid)] == f"/{word}.slice/{word}.service" == told(str(pid))
        )
    finally:
        standins.stop(*standins.running)
        assert poll(lambda: not (folder / "cgroup.procs").read_text())
        folder.rmdir()
        folder.parent.rmdir()


def test_a_threaded_group_is_left_to_its_processes(
    cgroups: Path, standins: StandIns, word: str
) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    folder = cgroups / word / "threads"
    folder.mkdir(parents=True)
    try:
        (folder / "cgroup.type").write_text("threaded")
        (folder.parent / "cgroup.procs").write_text(str(pid))
        found = read_cgroups(mounts())
        assert found.get(str(pid), told(str(pid))) == told(str(pid))
        assert found, "the others are still told"
    finally:
        standins.stop(*standins.running)
        assert poll(lambda: not (folder.parent / "cgroup.procs").read_text())
        folder.rmdir()
        folder.parent.rmdir()


def test_a_closed_group_hides_its_own_processes_only(
    cgroups: Path, standins: StandIns, word: str
) -> None:
    pid = standins.sleeper(f"/opt/{word}/alpha").pid
    folder = cgroups / word
    folder.mkdir(0o700)
    try:
        (folder / "cgroup.procs").write_text(str(pid))
        assert str(pid) in read_cgroups(mounts())
        os.seteuid(NOBODY)
        seen = read_cgroups(mounts())
        os.seteuid(0)
        assert str(pid) not in seen
        assert str(os.getpid()) in seen
    finally:
        os.seteuid(0)
        standins.stop(*standins.running)
        assert poll(lambda: not (folder / "cgroup.procs").read_text())
        folder.rmdir()


def test_a_hundred_thousand_groups_are_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "cgroup.procs").write_text(f"{number}1\n")
    (tmp_path / "cgroup.procs").touch()
    whole = Mount("/", str(tmp_path), "cgroup2", ("rw",))
    monkeypatch.setattr(cgroupfs, "_MOST", 11)
    assert len(read_cgroups([whole])) == 10
    monkeypatch.setattr(cgroupfs, "_MOST", 10)
    assert read_cgroups([whole]) == {}


@pytest.mark.parametrize(
    "mount",
    [
        Mount("/../..", "/sys/fs/cgroup", "cgroup2", ("rw",)),
        Mount("/", "/nowhere", "cgroup2", ("rw",)),
        Mount("/", "/etc/passwd", "cgroup2", ("rw",)),
    ],
    ids=["of-another-namespace", "not-there", "no-folder"],
)
def test_what_cannot_be_told_is_not_told(monkeypatch: pytest.MonkeyPatch, mount: Mount) -> None:
    assert read_cgroups([mount]) == {}


def test_of_several_mounts_the_one_that_shows_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, pids in (("whole", "1\n7\n"), ("part", "7\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup.procs").write_text(pids)
    whole, part = (
        Mount(root, str(tmp_path / name), "cgroup2", ("rw",))
        for root, name in (("/", "whole"), ("/a.slice", "part"))
    )
    for mounted in ([whole, part], [part, whole]):
        assert read_cgroups(mounted) == {"1": "/", "7": "/"}
    assert read_cgroups([part]) == {"7": "/a.slice"}
