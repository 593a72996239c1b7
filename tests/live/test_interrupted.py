"""Writes that meet a full disk, a signal or each other: the baseline is the old or the new one."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from psdiff_zbx.host import journal
from tests.live.program import (
    MINIMAL,
    PATIENCE,
    Program,
    error_of,
    finish,
    sh,
)
from tests.live.recordings import recording
from tests.sampling import EACH

OURS = {"baseline", "baseline.old", "baseline.history", ".baseline.lock"}
KILLS = 25 // EACH


def body(data: bytes) -> bytes:
    """A baseline without the line that tells when it was written."""
    rows = data.split(b"\n")
    assert rows[0] == b"# psdiff-zbx baseline 1"
    assert rows[-2:] == [b"# end", b""]
    return b"\n".join(row for row in rows if not row.startswith(b"# written: "))


def bodies(path: Path, *programs: Program) -> list[bytes]:
    """What each of these writes."""
    found = []
    for program in programs:
        program.write()
        found.append(body(path.read_bytes()))
    assert len(set(found)) == len(programs)
    return found


@pytest.mark.parametrize("limit", [100, 400, 4096, 40_000])
def test_a_file_that_cannot_grow_leaves_the_old_baseline(
    first: Program, second: Program, place: Path, limit: int
) -> None:
    first.write()
    before = (place / "baseline").read_bytes()
    limited = ["prlimit", f"--fsize={limit}", *second.words("write")]
    env = {**MINIMAL, "PYTHONPATH": str(second.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = finish(subprocess.Popen(limited, env=env, stdout=-1, stderr=-1))
    assert str(place / "baseline") in error_of(done, "write")
    assert (place / "baseline").read_bytes() == before
    assert set(os.listdir(place)) <= OURS


# $1 the size of the disk, $2 the folder, $3 the old baseline, $4… psdiff-zbx
FULL = """
size=$1; folder=$2; old=$3; shift 3
mount -t tmpfs -o "size=$size" tmpfs "$folder"
cat "$old" >"$folder/baseline"
code=0; "$@" || code=$?
cmp "$old" "$folder/baseline" >&2
ls -A "$folder"
echo "$code"
"""


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("size", ["4k", "8k", "16k", "64k"])
def test_a_full_disk_leaves_the_old_baseline(
    first: Program, second: Program, place: Path, tmp_path: Path, size: str
) -> None:
    first.write()
    old = shutil.copy(place / "baseline", tmp_path / "old")
    unshare = 'exec unshare --mount sh -uc "$@"'
    env = {**MINIMAL, "PYTHONPATH": str(second.path)}
    done = sh(unshare, FULL, "sh", size, place, old, *second.words("write"), env=env)
    *left, code = done.lines
    assert code == "3"
    assert "No space left" in error_of(done._replace(code=3, out=""), "write")
    assert set(left) <= OURS


def test_whenever_it_is_killed_the_baseline_is_whole(
    first: Program, second: Program, place: Path
) -> None:
    path = place / "baseline"
    whole = bodies(path, second, first)
    began = time.monotonic()
    second.write()
    duration = time.monotonic() - began
    survived = 0
    for number in range(KILLS):
        program = (first, second)[number % 2]
        with program.start("write", env=MINIMAL) as process:
            time.sleep(duration * 1.2 * (number + random.random()) / KILLS)
            process.kill()
            process.wait(PATIENCE)
            survived += process.returncode == 0
        assert body(path.read_bytes()) in whole
    assert survived < KILLS, "none of them was killed"
    assert bodies(path, first, second) == whole[::-1]
    assert set(os.listdir(place)) == OURS


def test_killed_at_each_step_the_baseline_is_whole(
    first: Program, second: Program, place: Path
) -> None:
    path = place / "baseline"
    whole = bodies(path, second, first)
    steps = 0
    while killed_at(steps + 1, second, place):
        steps += EACH
        assert body(path.read_bytes()) in whole
        assert body((place / "baseline.old").read_bytes()) in whole
        assert is_in_the_history(path)
        first.write()
        assert body(path.read_bytes()) == whole[1]
    assert body(path.read_bytes()) == whole[0]
    assert steps >= 8, "fewer than the files that are opened, renamed, synced"
    assert set(os.listdir(place)) == OURS


def is_in_the_history(path: Path) -> bool:
    """Whether the last step led to what the file is now."""
    return journal.digest(path.read_text()) == journal.read_history(path)[-1].after


ADD = ("manual", "add", "root", "/opt/new")
# A change, and what takes it back.
CHANGES = {"accept": (("accept", "--extra"), ("undo",)), "undo": (("undo",), ADD)}


@pytest.mark.parametrize("change", CHANGES)
def test_killed_at_each_step_nothing_is_lost_and_nothing_told_that_was_not(
    first: Program, second: Program, place: Path, change: str
) -> None:
    path = place / "baseline"
    first.write()
    first.run(*ADD).ok()
    words, back = CHANGES[change]
    before, told, steps = path.read_bytes(), 2, 0
    while killed_at(steps + 1, second, place, *words):
        steps += EACH
        is_done = path.read_bytes() != before
        assert is_in_the_history(path)
        assert len(journal.read_history(path)) == told + is_done
        if is_done:
            first.run(*back).ok()
            before, told = path.read_bytes(), told + 2
    assert steps >= 8, "fewer than the files that are opened, renamed, synced"


# What is killed, and what goes before it.
PAUSES = {"begun": (("pause", "1h"), ()), "ended": (("pause", "--end"), ("pause", "1h"))}


@pytest.mark.parametrize("change", PAUSES)
def test_killed_at_each_step_a_pause_is_begun_or_not_and_the_history_knows(
    first: Program, place: Path, change: str
) -> None:
    path, (words, before) = place / "baseline.pause", PAUSES[change]
    first.write()
    steps, told = 0, 1
    while True:
        if path.exists() == (change == "begun"):
            first.run(*(before or ("pause", "--end"))).ok()
            told += steps > 0 or change == "ended"
        was = path.exists()
        if not killed_at(steps + 1, first, place, *words):
            break
        steps += EACH
        told += path.exists() != was
        assert first.run("pause").ok().out.startswith("paused" if path.exists() else "not paused")
        assert len(journal.read_history(place / "baseline")) == told
    assert steps >= 8, "fewer than the files that are opened, renamed, synced"
    assert set(os.listdir(place)) <= {*OURS, "baseline.pause"}


def killed_at(step: int, program: Program, folder: Path, *words: str) -> bool:
    """Whether a command was killed when it touched this folder for the step-th time."""
    return program.fork(*(words or ("write",)), kill=(step, str(folder))).code < 0


@pytest.fixture
def onlooker(writer: Program, place: Path) -> Iterator[Callable[[], int]]:
    """Reads the baseline all the time; tells how often, and fails if it ever was damaged."""
    stop, found = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            data = (place / "baseline").read_bytes()
            found.append(data.startswith(b"# psdiff-zbx") and data.endswith(b"\n# end\n"))
            time.sleep(0.001)

    thread = threading.Thread(target=look)

    def result() -> int:
        stop.set()
        thread.join()
        assert all(found)
        return len(found)

    writer.write()
    thread.start()
    yield result
    stop.set()
    thread.join()


@pytest.mark.parametrize("writers", [2, 10])
def test_writes_at_the_same_time_do_not_meet(
    writer: Program, place: Path, tmp_path: Path, writers: int, onlooker: Callable[[], int]
) -> None:
    snapshots = [
        recording(tmp_path / f"s{n}", [f"/opt/{n}/{m}/{'x' * 50}" for m in range(50 * n)])
        for n in range(1, writers + 1)
    ]
    running = [writer.replaying(snapshot).start("write") for snapshot in snapshots]
    shows = [writer.replaying(snapshots[0]).run("show") for _ in range(5)]
    results = [finish(process) for process in running]
    for result in results:
        assert result.code in (0, 3)
        if result.code == 3:
            assert "another psdiff-zbx" in error_of(result, "write")
        else:
            assert result.out == f"Wrote to {place / 'baseline'}\n"
    assert 0 in [result.code for result in results]
    assert {show.err for show in shows} == {""}
    assert {show.code for show in shows} <= {0, 1}
    assert onlooker() > 10
    last = [snapshot for snapshot in snapshots if not writer.replaying(snapshot).run("show").code]
    assert len(last) == 1
    assert set(os.listdir(place)) == OURS


def test_a_write_that_is_held_up_makes_the_next_one_say_so(first: Program, place: Path) -> None:
    holder = f"import fcntl, os; fcntl.flock(os.open({str(place / '.baseline.lock')!r}, 66), 2)"
    code = f"{holder}; print('ready', flush=True); input()"
    line = [sys.executable, "-c", code]
    with subprocess.Popen(line, stdin=-1, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert "another psdiff-zbx" in error_of(first.run("write"), "write")
        process.kill()
    assert first.write().out.startswith("Wrote to")
